from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.bulk import check, shape
from storage.sources import BadRow
from storage.sources._hubspot_map import OBJECTS
from storage.sources._hubspot_record import Record

BERLIN = ZoneInfo("Europe/Berlin")
STAMP = "2026-03-02T09:00:00.123Z"


def record(kind, zone=BERLIN, account="7001", **properties):
    one = OBJECTS[kind]
    raw = {"id": "501", "createdAt": "2026-01-05T08:00:00Z", "updatedAt": STAMP,
           "archived": False, "properties": {one.modified: STAMP, **properties}}  # fmt: skip
    return Record(raw, one.fields, one.modified, zone, account)


def row(kind, **properties):
    return OBJECTS[kind].row(record(kind, **properties))


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_record_with_the_least_fits_its_table(kind):
    survey = {"hs_survey_type": "CES", "hs_submission_timestamp": STAMP}
    least = {"feedback_submissions": survey} | {
        one: {"hs_timestamp": STAMP} for one in ("calls", "emails", "meetings", "notes")
    }
    one = record(kind, **least.get(kind, {}))
    made = OBJECTS[kind].row(one)
    fact = {"source_id": one.id, "source_updated_at": one.updated, **made}
    assert check(fact, shape(OBJECTS[kind].table)).source_id == "501"


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({"name": " Acme ", "domain": "acme.com"}, "Acme"),
        ({"name": "", "domain": "acme.com"}, "acme.com"),
        ({"name": None, "domain": None}, "company 501"),
    ],
)
def test_a_company_has_a_name_in_any_case(properties, name):
    assert row("companies", **properties)["name"] == name


def test_a_company_is_read():
    made = row("companies", name="Acme", domain="ACME.com", country="DE", industry="RETAIL",
               hubspot_owner_id="77", annualrevenue="1200000.50")  # fmt: skip
    assert made == {
        "name": "Acme", "number": None, "domain": "acme.com", "vat": None, "country": "DE",
        "segment": "RETAIL", "owner": "77", "annual_revenue": Decimal("1200000.50"),
        "currency": None, "address": None,
    }  # fmt: skip
    made = row("companies", name="Acme", address="Mill Rd 1", zip=" ", city="Leeds")
    assert made["address"] == "Mill Rd 1, Leeds"


@pytest.mark.parametrize(
    ("opted_out", "may"), [("true", False), ("false", True), ("", None), (None, None)]
)
def test_who_did_not_say_may_not_be_taken_to_have_agreed(opted_out, may):
    assert row("contacts", hs_email_optout=opted_out)["may_contact"] is may


def test_a_won_deal_is_read():
    made = row("deals", dealname="Big", dealtype="existingbusiness", dealstage="closedwon",
               amount="10.5", deal_currency_code="EUR", closedate="2026-03-31T22:30:00Z",
               hs_is_closed="true", hs_is_closed_won="true")  # fmt: skip
    assert (made["kind"], made["amount"], made["account_ref"]) == (
        "upsell",
        Decimal("10.5"),
        "7001",
    )
    assert made["closes_on"] == date(2026, 4, 1)  # half past midnight in Berlin
    assert made["closed_at"] == datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    assert (made["is_closed"], made["is_won"]) == (True, True)


def test_an_open_deal_is_expected_to_close_and_is_not_closed():
    made = row("deals", closedate="2026-03-31T00:00:00Z", hs_is_closed="false")
    assert (made["closes_on"], made["closed_at"]) == (date(2026, 3, 31), None)


def test_a_ticket_is_read():
    made = row("tickets", hs_ticket_id="T9", subject="It broke", hs_pipeline_stage="4",
               hs_ticket_priority="HIGH", createdate="2026-02-28T23:30:00Z",
               first_agent_reply_date="2026-03-01T08:00:00Z",
               closed_date="1772442000000")  # fmt: skip
    assert made == {
        "account_ref": "7001", "number": "T9", "subject": "It broke", "status": "4",
        "priority": "high", "opened_at": datetime(2026, 2, 28, 23, 30, tzinfo=UTC),
        "opened_on": date(2026, 3, 1),
        "first_response_at": datetime(2026, 3, 1, 8, tzinfo=UTC),
        "closed_at": datetime(2026, 3, 2, 9, tzinfo=UTC), "closed_on": date(2026, 3, 2),
    }  # fmt: skip


def test_a_ticket_without_a_date_was_opened_when_it_was_made():
    assert row("tickets", createdate="")["opened_at"] == datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "read"),
    [("newbusiness", "new"), ("existingbusiness", "upsell"), ("Renewal", "renewal"),
     ("land_grab", "land_grab"), ("", None)],
)  # fmt: skip
def test_a_deal_is_of_a_kind(kind, read):
    assert row("deals", dealtype=kind)["kind"] == read


def test_a_subscription_is_read_by_either_name_of_its_dates():
    old = {"hs_start_date": "2026-01-01", "hs_end_date": "2026-12-31"}
    made = row("subscriptions", hs_name="Gold", hs_renewal_date="2026-12-01", notice_days="30",
               auto_renew="Yes", hs_mrr="99.5", hs_currency_code="EUR", hs_status="active",
               **old)  # fmt: skip
    assert (made["starts_on"], made["ends_on"]) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (made["renewal_on"], made["notice_days"]) == (date(2026, 12, 1), 30)
    assert (made["auto_renew"], made["mrr"], made["currency"]) == (True, Decimal("99.5"), "EUR")
    new = {"hs_recurring_billing_start_date": "2026-02-01", "hs_recurring_billing_end_date": ""}
    made = row("subscriptions", **old, **new)
    assert (made["starts_on"], made["ends_on"]) == (date(2026, 2, 1), date(2026, 12, 31))


def test_what_an_account_does_not_have_is_null():
    made = row("subscriptions", hs_name="Gold")
    assert (made["renewal_on"], made["notice_days"], made["auto_renew"]) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "ends", "churned_on"),
    [
        ("active", "2026-02-01", None),
        ("expired", "2026-02-01", date(2026, 2, 1)),
        ("canceled", "2027-02-01", date(2026, 3, 2)),  # as it was changed, not at its far end
        ("expired", "", date(2026, 3, 2)),
    ],
)
def test_a_subscription_ends_when_it_is_over(status, ends, churned_on):
    made = row("subscriptions", hs_status=status, hs_recurring_billing_end_date=ends)
    assert made["churned_on"] == churned_on


@pytest.mark.parametrize(
    ("kind", "question", "read", "scale"),
    [("NPS", "", "nps", 10), ("CES", "", "ces", 7), ("CSAT", "", "csat", None),
     ("CUSTOM", "NPS", "nps", 10)],
)  # fmt: skip
def test_an_answer_to_a_survey_has_the_scale_of_its_kind(kind, question, read, scale):
    made = row("feedback_submissions", hs_survey_type=kind, hs_value="9",
               hs_industry_standard_question_type=question, hs_content=" fine ",
               hs_submission_timestamp=STAMP)  # fmt: skip
    assert (made["kind"], made["scale"], made["score"]) == (read, scale, Decimal(9))
    assert made["comment"] == "fine"


def test_an_answer_to_a_survey_of_another_sort_is_no_fact():
    assert row("feedback_submissions", hs_survey_type="CUSTOM", hs_value="blue") is None


@pytest.mark.parametrize(
    ("kind", "properties", "reason"),
    [
        ("deals", {"amount": "a lot"}, "amount 'a lot' is not a number"),
        ("deals", {"amount": "NaN"}, "can be meant"),
        ("deals", {"amount": "1e15"}, "can be meant"),
        ("deals", {"closedate": "soon"}, "closedate 'soon' is not a date"),
        ("deals", {"closedate": "2026-02-30"}, "is not a date"),
        ("deals", {"closedate": "2026-02-03T10:00:00"}, "has no time zone"),
        ("deals", {"closedate": "9" * 20}, "is not a date"),
        ("deals", {"hs_is_closed": "maybe"}, "neither true nor false"),
        ("feedback_submissions", {"hs_survey_type": "NPS"}, "no hs_submission_timestamp"),
    ],
)
def test_what_cannot_be_believed_is_refused_with_its_reason(kind, properties, reason):
    with pytest.raises(BadRow, match=reason):
        row(kind, **properties)
