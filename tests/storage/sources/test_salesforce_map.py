from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._salesforce_map import ENTITIES, survey

BERLIN = ZoneInfo("Europe/Berlin")
STAMP = {"SystemModstamp": "2026-03-02T09:00:00.000+0000", "IsDeleted": False}


def row(name, /, **record):
    entity = next(one for one in ENTITIES if one.name == name)
    return entity.row({"Id": "x1", **STAMP, **record}, BERLIN)


def test_an_account():
    made = row(
        "Account", Name="GenePoint", AccountNumber="CC978213", Website="http://www.genepoint.com",
        BillingCountry="Germany", Industry="Biotechnology", AnnualRevenue=30000000.0,
        Owner={"Email": "anna@example.com"}, MasterRecordId=None,
    )  # fmt: skip
    assert made == {
        "source_id": "x1", "source_updated_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "name": "GenePoint", "number": "CC978213", "domain": "genepoint.com",
        "country": "Germany", "segment": "Biotechnology", "owner": "anna@example.com",
        "annual_revenue": Decimal("30000000.0"), "currency": None, "merged_into": None,
    }  # fmt: skip


def test_of_a_contact_no_more_than_whom_to_ask():
    made = row("Contact", AccountId="a1", Email="p@example.com", HasOptedOutOfEmail=True)
    assert set(made) == {"source_id", "source_updated_at", "account_ref", "email", "may_contact"}
    assert made["may_contact"] is False
    assert row("Contact")["may_contact"] is None


def test_an_opportunity_is_closed_at_the_end_of_its_day():
    made = row("Opportunity", Name="Big", StageName="Closed Won", Amount=15000.5, IsWon=True,
               IsClosed=True, CloseDate="2026-02-27",
               Type="Existing Customer - Upgrade")  # fmt: skip
    assert made["closed_at"] == datetime(2026, 2, 27, 22, 59, 59, 999_999, UTC)
    assert (made["kind"], made["amount"]) == ("upsell", Decimal("15000.5"))
    assert row("Opportunity", StageName="New", CloseDate="2026-02-27")["closed_at"] is None
    with pytest.raises(BadRow, match="StageName"):
        row("Opportunity")


def test_a_draft_is_no_contract_and_one_that_ended_says_when():
    assert row("Contract", StatusCode="Draft", Status="Draft") is None
    running = row("Contract", StatusCode="Activated", Status="Activated", EndDate="2026-12-31")
    assert running["churned_at"] is None
    expired = row("Contract", StatusCode="Activated", Status="Expired", EndDate="2025-12-31")
    assert expired["churned_on"] == date(2025, 12, 31)
    ended = row("Contract", StatusCode="Activated", Status="Terminated", EndDate="2027-12-31")
    assert ended["churned_on"] == date(2026, 3, 2)


def test_a_case_is_a_ticket():
    made = row("Case", CaseNumber="00001027", Priority="High", Status="Closed",
               CreatedDate="2026-02-01T23:30:00.000+0000",
               ClosedDate="2026-02-03T10:00:00.000+0000")  # fmt: skip
    assert (made["opened_on"], made["closed_on"]) == (date(2026, 2, 2), date(2026, 2, 3))
    assert made["priority"] == "high"


@pytest.mark.parametrize(
    ("record", "touch"),
    [
        ({"TaskSubtype": "Call", "CallType": "Inbound"}, ("call", "phone", "in")),
        ({"TaskSubtype": "Email"}, ("email", "email", None)),
        ({"TaskSubtype": "Task", "Type": "Meeting"}, ("meeting", None, None)),
        ({"TaskSubtype": "Task"}, None),
        ({"TaskSubtype": "Call", "IsClosed": False}, None),
        ({"TaskSubtype": "Call", "IsRecurrence": True}, None),
    ],
)
def test_a_task_is_a_touch_when_it_is_done_and_reached_someone(record, touch):
    made = row("Task", **{"IsClosed": True, "ActivityDate": "2026-03-01", **record})
    assert (made and (made["kind"], made["channel"], made["direction"])) == touch


def test_a_task_that_is_done_at_no_time_is_held_back():
    with pytest.raises(BadRow, match="ActivityDate"):
        row("Task", TaskSubtype="Call", IsClosed=True)


def test_a_meeting_counts_once_however_many_guests_have_a_copy():
    start = "2026-03-01T09:00:00.000+0000"
    assert row("Event", StartDateTime=start)["kind"] == "meeting"
    assert row("Event", StartDateTime=start, IsChild=True) is None
    assert row("Event", StartDateTime=start, IsRecurrence=True) is None


def test_an_order_is_ordered_when_it_was_activated():
    made = row("Order", OrderNumber="00000100", AccountId="a1", StatusCode="Activated",
               ActivatedDate="2026-02-01T08:00:00.000+0000",
               EffectiveDate="2026-02-10")  # fmt: skip
    assert made["ordered_at"] == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert row("Order", OrderNumber="1", StatusCode="Draft") is None
    off = row("Order", OrderNumber="1", StatusCode="Canceled", EffectiveDate="2026-02-10")
    assert (off["ordered_on"], off["cancelled_on"]) == (date(2026, 2, 10), date(2026, 3, 2))


def test_a_line_of_an_order_and_a_product():
    made = row("OrderItem", OrderId="o1", Quantity=2.0, UnitPrice=9.5, Product2Id="p1")
    assert (made["order_ref"], made["qty"], made["item_ref"]) == ("o1", Decimal("2.0"), "p1")
    assert row("Product2", Name="Hose", ProductCode="H1", IsActive=False)["is_active"] is False


def test_answers_to_a_survey_of_ones_own():
    entity = survey("NPS__c", "nps", 10)
    made = entity.row(
        {"Id": "s1", **STAMP, "Account__c": "a1", "Score__c": 9.0,
         "CreatedDate": "2026-03-01T10:00:00.000+0000"}, BERLIN,
    )  # fmt: skip
    assert (made["kind"], made["scale"], made["score"]) == ("nps", 10, Decimal("9.0"))
    assert made["responded_on"] == date(2026, 3, 1)
