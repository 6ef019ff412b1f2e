"""Pipedrive's records as facts: which fields are read, and what they alone do not say."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row, event
from storage.sources._entity import Entity, Record, day, flag, instant, moment, needed, of, text
from storage.sources._host import host

# How people are reached, by the types of activities that every account has; one that is a task or
# a deadline reaches nobody, and a type of one's own is a touch of its own kind.
CHANNELS = {"call": "phone", "email": "email"}
KINDS = {"lunch": "meeting"}
NO_TOUCH = frozenset({"task", "deadline"})
CONSENT = {"subscribed": True, "unsubscribed": False, "no_consent": False, "archived": False}


def consent(value: Any, zone: ZoneInfo) -> bool | None:
    return CONSENT.get(str(value))


def deal(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A deal; a closed one closed when it was won or lost."""
    status = str(record.get("status"))
    is_closed = status in ("won", "lost")
    names = ("close_time", "won_time" if status == "won" else "lost_time")
    closed = next((record[name] for name in names if record.get(name)), None)
    at = instant(closed, zone) if is_closed else None
    return {
        **row,
        "is_closed": is_closed,
        "is_won": status == "won",
        "closed_at": at,
        "closes_on": row["closes_on"] or day(at, zone),
    }


def person(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A person with the e-mail address that is the main one."""
    emails = [one for one in record.get("emails") or [] if one.get("value")]
    first = min(emails, key=lambda one: not one.get("primary"), default=None)
    return {**row, "email": text(first["value"], zone) if first else None}


def activity(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """What was done with a customer; what is only planned reached nobody yet."""
    kind = str(record.get("type"))
    if not flag(record.get("done"), zone) or kind in NO_TOUCH:
        return None
    return {
        **row,
        "kind": KINDS.get(kind, kind),
        "channel": CHANNELS.get(kind),
        **event("happened", _when(record, zone), zone),
    }


def _when(record: Record, zone: ZoneInfo) -> datetime | date:
    """The time for which it was planned, which is in UTC; else that when it was marked as done."""
    due, at = day(record.get("due_date"), zone), record.get("due_time")
    if due and at:
        try:
            return datetime.combine(due, time.fromisoformat(str(at)), ZoneInfo("UTC"))
        except ValueError:
            raise BadRow(f"due_time: {at!r} is not a time") from None
    found = due or moment(record.get("marked_as_done_time"), zone)
    if found is None:
        raise BadRow("no due_date")
    return found


STAMP = "update_time"
ACCOUNTS = Entity(
    "organizations", "accounts", "account", ("id",),
    {"name": needed("name"), "domain": of("website", read=host),
     "country": of("address.country"), "segment": of("industry"), "owner": of("_owner"),
     "annual_revenue": of("annual_revenue")},
    updated=STAMP,
)  # fmt: skip
CONTACTS = Entity(
    "persons", "contacts", "contact", ("id",),
    {"account_ref": of("org_id"), "may_contact": of("marketing_status", read=consent)},
    updated=STAMP, also=("emails",), finish=person,
)  # fmt: skip
DEALS = Entity(
    "deals", "deals", "opportunity", ("id",),
    {"account_ref": of("org_id"), "name": of("title"), "stage": of("_stage"),
     "amount": of("value"), "currency": of("currency"), "closes_on": of("expected_close_date"),
     "owner": of("_owner")},
    updated=STAMP, also=("status", "close_time", "won_time", "lost_time"), finish=deal,
)  # fmt: skip
ACTIVITIES = Entity(
    "activities", "activities", "activity", ("id",),
    {"account_ref": of("org_id"), "kind": needed("type")},
    updated=STAMP, also=("done", "due_date", "due_time", "marked_as_done_time"), finish=activity,
)  # fmt: skip
