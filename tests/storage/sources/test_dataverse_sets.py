from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources._dataverse_reader import reads_of
from storage.sources._dataverse_sets import ENTITIES, labelled
from tests.storage.sources.fake_dataverse import SETS

ZONE = ZoneInfo("Europe/Berlin")
BY_NAME = {one.name: one for one in ENTITIES}
SHOWN, KIND = (
    "OData.Community.Display.V1.FormattedValue",
    "Microsoft.Dynamics.CRM.lookuplogicalname",
)
STAMPS = {"createdon": "2026-02-01T08:00:00Z", "modifiedon": "2026-03-01T23:30:00Z"}


def row(name, record, **ours):
    return BY_NAME[name].row({**STAMPS, **labelled(record), **ours}, ZONE)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda one: one.name)
def test_all_that_is_asked_for_is_on_the_vendors_page_of_the_table(entity):
    reads = reads_of(entity)
    assert {*reads.fields, reads.key, reads.stamp} <= set(SETS[entity.name].types)


def test_labels_and_kinds_stand_beside_their_values_and_other_annotations_are_left_out():
    record = {
        "@odata.etag": 'W/"1"', "industrycode": 7, f"industrycode@{SHOWN}": "Consulting",
        "_customerid_value": "x", f"_customerid_value@{KIND}": "contact",
        "_customerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty": "customerid",
    }  # fmt: skip
    assert labelled(record) == {
        "industrycode": 7, "industrycode:shown": "Consulting", "_customerid_value": "x",
        "_customerid_value:kind": "contact",
    }  # fmt: skip


def test_an_account():
    found = row("accounts", {
        "accountid": "a1", "name": "Fourth Coffee", "accountnumber": "ABSS4G45",
        "websiteurl": "https://www.fourthcoffee.com/", "emailaddress1": "x@other.example",
        "address1_country": "U.S.", "industrycode": 7, f"industrycode@{SHOWN}": "Consulting",
        "_ownerid_value": "u", f"_ownerid_value@{SHOWN}": "Ann Smith", "revenue": 100000.0,
        "_masterid_value": None,
    }, iso="USD")  # fmt: skip
    assert found == {
        "source_id": "a1", "name": "Fourth Coffee", "number": "ABSS4G45",
        "source_updated_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        "domain": "fourthcoffee.com", "country": "U.S.", "segment": "Consulting",
        "owner": "Ann Smith", "annual_revenue": Decimal("100000.0"), "currency": "USD",
        "merged_into": None,
    }  # fmt: skip


def test_an_account_that_was_merged_says_into_which():
    assert row("accounts", {"accountid": "a1", "_masterid_value": "a2"})["merged_into"] == "a2"


@pytest.mark.parametrize(("tick", "may"), [(True, False), (False, True), (None, None)])
def test_a_contact_may_be_written_to_unless_a_tick_says_not_to(tick, may):
    found = row("contacts", {"contactid": "c", "emailaddress1": "a@b.example",
                             "donotemail": tick}, account="a1")  # fmt: skip
    assert (found["may_contact"], found["email"], found["account_ref"]) == (
        may, "a@b.example", "a1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "closed", "won"), [(0, False, False), (1, True, True), (2, True, False)]
)
def test_a_deal_is_open_won_or_lost(state, closed, won):
    found = row("opportunities", {
        "opportunityid": "o", "name": "Big", "statecode": state, "estimatedvalue": 10.0,
        "estimatedclosedate": "2026-04-01", "actualclosedate": "2026-03-01T00:00:00Z",
        "statuscode": 1, f"statuscode@{SHOWN}": "In Progress", "stepname": "2-Develop",
        "_parentaccountid_value": "a1",
    }, iso="EUR")  # fmt: skip
    assert (found["is_closed"], found["is_won"]) == (closed, won)
    assert (found["closed_at"] is not None) == closed
    assert (found["stage"], found["closes_on"]) == ("2-Develop", date(2026, 4, 1))
    assert (found["account_ref"], found["amount"]) == ("a1", Decimal("10.0"))


def test_what_a_deal_came_to_counts_before_what_it_was_thought_to():
    found = row("opportunities", {"opportunityid": "o", "actualvalue": 8, "estimatedvalue": 10})
    assert found["amount"] == Decimal(8)


def test_a_ticket_is_closed_about_when_it_was_changed_last():
    record = {"incidentid": "i", "ticketnumber": "CAS-1", "title": "Broken", "statecode": 0,
              f"statuscode@{SHOWN}": "In Progress", f"prioritycode@{SHOWN}": "High"}  # fmt: skip
    found = row("incidents", record, account="a1")
    assert (found["number"], found["priority"], found["closed_on"]) == ("CAS-1", "high", None)
    assert found["opened_on"] == date(2026, 2, 1)
    found = row("incidents", {**record, "statecode": 1}, account="a1")
    assert found["closed_on"] == date(2026, 3, 2)  # half past midnight in Berlin


@pytest.mark.parametrize(
    ("name", "fields", "kind", "channel"),
    [
        ("phonecalls", {"actualend": "2026-02-03T10:00:00Z"}, "call", "phone"),
        ("emails", {"senton": "2026-02-03T10:00:00Z", "actualend": None}, "email", "email"),
        ("appointments", {"scheduledstart": "2026-02-03T10:00:00Z"}, "meeting", None),
    ],
)
def test_what_was_done_is_a_touch_and_what_is_planned_or_called_off_is_none(
    name, fields, kind, channel
):
    record = {"activityid": "t", "directioncode": False, **fields}
    found = row(name, {**record, "statecode": 1}, account="a1")
    assert (found["kind"], found["channel"], found["account_ref"]) == (kind, channel, "a1")
    assert (found["happened_on"], found["direction"]) == (date(2026, 2, 3), "in")
    assert row(name, {**record, "statecode": 1, "directioncode": True})["direction"] == "out"
    assert row(name, {**record, "statecode": 1, "directioncode": None})["direction"] is None
    assert [row(name, {**record, "statecode": state}) for state in (0, 2, 3)] == [None] * 3


@pytest.mark.parametrize(
    ("state", "churned"), [(0, None), (1, None), (2, date(2026, 3, 2)), (3, date(2026, 12, 31))]
)
def test_an_entitlement_is_a_contract_to_be_renewed_when_it_ends(state, churned):
    found = row("entitlements", {
        "entitlementid": "e", "name": "Gold", "statecode": state, f"statecode@{SHOWN}": "Active",
        "startdate": "2025-12-31T23:00:00Z", "enddate": "2026-12-30T23:00:00Z",
    }, account="a1", iso="EUR")  # fmt: skip
    assert (found["starts_on"], found["ends_on"]) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (found["renewal_on"], found["churned_on"]) == (date(2026, 12, 31), churned)
    assert (found["status"], found["currency"]) == ("active", "EUR")


def test_an_answer_without_a_score_is_none():
    record = {"activityid": "s", "msfp_submitdate": "2026-02-03T10:00:00Z"}
    assert row("msfp_surveyresponses", record) is None
    found = row("msfp_surveyresponses", {**record, "msfp_npsscore": 0}, account="a1")
    assert (found["score"], found["scale"], found["kind"]) == (Decimal(0), 10, "nps")
    assert found["responded_on"] == date(2026, 2, 3)
