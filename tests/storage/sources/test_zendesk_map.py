from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._entity import columns_of
from storage.sources._zendesk_map import (
    ACCOUNTS,
    SURVEYS,
    TICKETS,
    id_of,
    metrics_of,
    stamped,
    with_own,
)

BERLIN = ZoneInfo("Europe/Berlin")
TAKEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICKET = {
    "id": 35436, "subject": "Help", "status": "open", "priority": "high", "organization_id": 509974,
    "created_at": "2026-03-01T23:30:00Z", "updated_at": "2026-03-02T08:00:00Z",
    "generated_timestamp": int(TAKEN.timestamp()),
    "metric_set": {"reply_time_in_minutes": {"calendar": 45, "business": 5}, "solved_at": None},
    "custom_fields": [{"id": 27642, "value": "745"}],
}  # fmt: skip
SOLVED = {**TICKET["metric_set"], "solved_at": "2026-03-02T07:00:00Z"}


def row(entity, record):
    return entity.row(stamped(record), BERLIN)


def test_every_column_is_one_of_its_table():
    for entity in (ACCOUNTS, TICKETS, SURVEYS):
        assert set(entity.fields) <= set(columns_of(entity.table))


def test_a_ticket_was_answered_so_long_after_it_was_opened():
    found = row(TICKETS, TICKET)
    assert (found["source_id"], found["number"], found["account_ref"]) == (
        "35436", "35436", "509974",
    )  # fmt: skip
    assert found["opened_on"] == date(2026, 3, 2)
    assert found["first_response_at"] == datetime(2026, 3, 2, 0, 15, tzinfo=UTC)
    assert (found["closed_at"], found["source_updated_at"]) == (None, TAKEN)
    assert row(TICKETS, {**TICKET, "metric_set": None})["first_response_at"] is None


@pytest.mark.parametrize(
    ("status", "metrics", "closed"),
    [("solved", SOLVED, datetime(2026, 3, 2, 7, tzinfo=UTC)), ("closed", {}, TAKEN),
     ("open", SOLVED, None)],
)  # fmt: skip
def test_a_ticket_is_closed_since_it_was_solved_unless_it_was_opened_again(status, metrics, closed):
    assert row(TICKETS, {**TICKET, "status": status, "metric_set": metrics})["closed_at"] == closed


def test_a_deleted_ticket_and_a_deleted_organization_are_none():
    assert row(TICKETS, {**TICKET, "status": "deleted"}) is None
    gone = {"id": 1, "name": "A", "deleted_at": "2026-03-02T07:00:00Z"}
    assert row(ACCOUNTS, gone) is None


def test_an_organization_has_its_first_domain():
    found = row(ACCOUNTS, {"id": 1, "name": "Acme", "external_id": "C7",
                           "domain_names": ["ACME.example", "b.example"]})  # fmt: skip
    assert (found["name"], found["number"], found["domain"]) == ("Acme", "C7", "acme.example")
    assert row(ACCOUNTS, {"id": 1, "name": "Acme", "domain_names": []})["domain"] is None


@pytest.mark.parametrize(
    ("score", "points"),
    [("good", 5), ("good_with_comment", 5), ("bad", 1), ("offered", None), (None, None)],
)
def test_a_rating_is_one_end_of_the_scale_once_it_was_given(score, points):
    rating = {"id": 62, "score": score, "comment": "Great", "_account": 509974,
              "updated_at": "2026-03-02T07:00:00Z"}  # fmt: skip
    found = row(SURVEYS, rating)
    assert (found and found["score"]) == points
    assert found is None or (found["scale"], found["kind"], found["account_ref"]) == (
        5, "csat", "509974",
    )  # fmt: skip


def test_metrics_come_within_a_ticket_or_beside_it():
    within = metrics_of([TICKET], {})
    beside = metrics_of([{"id": 35436}], {"metric_sets": [{"ticket_id": 35436, "solved_at": None}]})
    assert within[0]["metric_set"]["reply_time_in_minutes"]["calendar"] == 45
    assert beside[0]["metric_set"] == {"ticket_id": 35436, "solved_at": None}


def test_fields_of_ones_own_are_found_by_their_ids_and_a_record_without_an_id_is_bad():
    assert with_own(TICKET)["custom_fields"] == {"27642": "745"}
    with pytest.raises(BadRow, match="no id"):
        id_of({})
