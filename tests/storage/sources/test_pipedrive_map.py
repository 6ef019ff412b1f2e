from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.models import FACTS
from storage.sources import BadRow
from storage.sources._entity import columns_of
from storage.sources._pipedrive_map import ACCOUNTS, ACTIVITIES, CONTACTS, DEALS

BERLIN = ZoneInfo("Europe/Berlin")
STAMPS = {"add_time": "2026-01-01T10:00:00Z", "update_time": "2026-02-01T10:00:00Z"}
DEAL = {
    "id": 7, "title": "Pumps", "value": 1200.5, "currency": "EUR", "org_id": 5, "person_id": 3,
    "stage_id": 3, "status": "open", "expected_close_date": "2026-04-01", "close_time": None,
    "won_time": None, "lost_time": None, "is_deleted": False, "_owner": "ann@ours.example",
    "_stage": "Proposal", **STAMPS,
}  # fmt: skip
CALL = {"id": 9, "type": "call", "done": True, "due_date": "2026-02-01", "due_time": "23:30:00",
        "org_id": 5, "marked_as_done_time": "2026-02-03T08:00:00Z", **STAMPS}  # fmt: skip


def test_every_column_is_one_of_its_table():
    for entity in (ACCOUNTS, CONTACTS, DEALS, ACTIVITIES):
        assert set(entity.fields) <= set(columns_of(entity.table))
        assert entity.table in FACTS


def test_an_open_deal():
    row = DEALS.row(DEAL, BERLIN)
    assert (row["account_ref"], row["amount"], row["stage"]) == ("5", Decimal("1200.5"), "Proposal")
    assert (row["is_closed"], row["is_won"], row["closed_at"]) == (False, False, None)
    assert (row["closes_on"], row["owner"]) == (date(2026, 4, 1), "ann@ours.example")


@pytest.mark.parametrize(("status", "is_won"), [("won", True), ("lost", False)])
def test_a_closed_deal_closed_when_it_was_won_or_lost(status, is_won):
    closed = {**DEAL, "status": status, "expected_close_date": None,
              f"{status}_time": "2026-03-01T23:30:00Z"}  # fmt: skip
    row = DEALS.row(closed, BERLIN)
    assert (row["is_closed"], row["is_won"]) == (True, is_won)
    assert row["closed_at"] == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert row["closes_on"] == date(2026, 3, 2)


def test_a_person_has_one_address_and_says_whether_it_may_be_written_to():
    person = {"id": 3, "org_id": 5, "marketing_status": "unsubscribed", **STAMPS,
              "emails": [{"value": "b@x.example", "primary": False},
                         {"value": "a@x.example", "primary": True}, {"value": ""}]}  # fmt: skip
    row = CONTACTS.row(person, BERLIN)
    assert (row["email"], row["may_contact"], row["account_ref"]) == ("a@x.example", False, "5")
    silent = CONTACTS.row({**person, "emails": [], "marketing_status": None}, BERLIN)
    assert (silent["email"], silent["may_contact"]) == (None, None)


def test_an_organization():
    row = ACCOUNTS.row(
        {"id": 5, "name": "Acme", "website": "https://www.acme.example/", "industry": "Pumps",
         "address": {"value": "x", "country": "Sweden"}, "_owner": "Ann", **STAMPS}, BERLIN,
    )  # fmt: skip
    assert (row["name"], row["domain"], row["country"]) == ("Acme", "acme.example", "Sweden")
    assert ACCOUNTS.row({"id": 5, "name": "B", "address": None, **STAMPS}, BERLIN)["domain"] is None
    with pytest.raises(BadRow, match="no name"):
        ACCOUNTS.row({"id": 5, "name": " ", **STAMPS}, BERLIN)


def test_a_call_happened_at_the_time_it_was_planned_for_which_is_in_utc():
    row = ACTIVITIES.row(CALL, BERLIN)
    assert (row["kind"], row["channel"], row["account_ref"]) == ("call", "phone", "5")
    assert row["happened_at"] == datetime(2026, 2, 1, 23, 30, tzinfo=UTC)
    assert row["happened_on"] == date(2026, 2, 2)


def test_without_a_time_it_happened_on_its_day_and_without_a_day_when_it_was_marked():
    assert ACTIVITIES.row({**CALL, "due_time": None}, BERLIN)["happened_on"] == date(2026, 2, 1)
    undated = ACTIVITIES.row({**CALL, "due_time": None, "due_date": None}, BERLIN)
    assert undated["happened_on"] == date(2026, 2, 3)
    with pytest.raises(BadRow, match="not a time"):
        ACTIVITIES.row({**CALL, "due_time": "late"}, BERLIN)
    with pytest.raises(BadRow, match="no due_date"):
        ACTIVITIES.row({**CALL, "due_date": None, "marked_as_done_time": None}, BERLIN)


@pytest.mark.parametrize(
    ("change", "kind"),
    [({"done": False}, None), ({"type": "task"}, None), ({"type": "deadline"}, None),
     ({"type": "lunch"}, "meeting"), ({"type": "site_visit"}, "site_visit")],
)  # fmt: skip
def test_what_reached_nobody_is_no_touch(change, kind):
    row = ACTIVITIES.row({**CALL, **change}, BERLIN)
    assert (row and row["kind"]) == kind
