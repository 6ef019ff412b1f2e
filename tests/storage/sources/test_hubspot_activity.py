from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._hubspot_activity import ACTIVITIES
from storage.sources._hubspot_record import Record

AT = "2026-03-01T23:30:00Z"
TYPES = {one.name: one for one in ACTIVITIES}


def row(kind, **properties):
    one = TYPES[kind]
    raw = {"id": "501", "properties": {"hs_timestamp": AT, **properties}}
    return one.row(Record(raw, one.fields, one.modified, ZoneInfo("Europe/Berlin"), "7001"))


def test_a_call_is_read():
    assert row("calls", hs_call_direction="INBOUND", hs_call_status="COMPLETED") == {
        "account_ref": "7001", "kind": "call", "channel": "phone", "direction": "in",
        "happened_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        "happened_on": date(2026, 3, 2),  # half past midnight in Berlin
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "properties", "read"),
    [
        ("calls", {"hs_call_direction": "OUTBOUND"}, ("call", "phone", "out")),
        ("calls", {}, ("call", "phone", None)),
        ("emails", {"hs_email_direction": "EMAIL"}, ("email", "email", "out")),
        ("emails", {"hs_email_direction": "INCOMING_EMAIL"}, ("email", "email", "in")),
        ("emails", {"hs_email_direction": "FORWARDED_EMAIL"}, ("email", "email", None)),
        ("meetings", {"hs_meeting_outcome": "SCHEDULED"}, ("meeting", None, None)),
        ("notes", {}, ("note", None, None)),
    ],
)
def test_who_turned_to_whom_and_how(kind, properties, read):
    made = row(kind, **properties)
    assert (made["kind"], made["channel"], made["direction"]) == read


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("calls", {"hs_call_status": "NO_ANSWER"}),
        ("calls", {"hs_call_status": "MISSED"}),
        ("emails", {"hs_email_status": "BOUNCED"}),
        ("emails", {"hs_email_status": "SCHEDULED"}),
        ("meetings", {"hs_meeting_outcome": "CANCELED"}),
        ("meetings", {"hs_meeting_outcome": "NO_SHOW"}),
    ],
)
def test_what_reached_nobody_is_no_touch(kind, properties):
    assert row(kind, **properties) is None


def test_a_meeting_is_when_it_begins():
    made = row("meetings", hs_meeting_start_time="2026-04-01T08:00:00Z")
    assert made["happened_at"] == datetime(2026, 4, 1, 8, tzinfo=UTC)


def test_a_touch_without_a_time_is_refused():
    with pytest.raises(BadRow, match="no hs_timestamp"):
        row("calls", hs_timestamp="")
