"""Zendesk's records as facts: which fields are read, and what they alone do not say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row, event
from storage.sources._entity import Entity, Record, instant, needed, number, of, within

SOLVED = frozenset({"solved", "closed"})
# A rating has two steps. They are told as the ends of the scale that its newer surveys have, so
# that the share of satisfied answers is that of Zendesk.
SCORES = {"good": Decimal(5), "bad": Decimal(1)}
SCALE = 5


def domain(value: Any, zone: ZoneInfo) -> str | None:
    """The first of an organization's domains."""
    return str(value[0]).strip().lower() or None if isinstance(value, list) and value else None


def account(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    return None if record.get("deleted_at") else row


def ticket(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A ticket: answered so many minutes after it was opened, closed when it was last solved."""
    if record.get("status") == "deleted":
        return None
    minutes = number(within(record, "metric_set.reply_time_in_minutes.calendar"), zone)
    answered = None if minutes is None else row["opened_at"] + timedelta(minutes=float(minutes))
    solved = instant(within(record, "metric_set.solved_at"), zone)
    is_solved = record.get("status") in SOLVED
    closed = (solved or row["source_updated_at"]) if is_solved else None
    return {**row, "first_response_at": answered, **event("closed", closed, zone)}


def rating(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A rating that was given; one that was only offered is none."""
    score = SCORES.get(str(record.get("score")).partition("_")[0])
    return None if score is None else {**row, "score": score}


def stamped(record: Row) -> Row:
    """The record with `_stamp`: when the export last took it up, else when it was changed.

    A change of the system's own, of its metrics for example, does not set `updated_at`.
    """
    taken = record.get("generated_timestamp")
    if isinstance(taken, int):
        return {**record, "_stamp": datetime.fromtimestamp(taken, UTC)}
    return {**record, "_stamp": record.get("updated_at")}


def with_own(record: Row) -> Row:
    """The ticket with its fields of one's own by their ids."""
    fields = record.get("custom_fields") or []
    own = {str(one["id"]): one.get("value") for one in fields if isinstance(one, Mapping)}
    return {**record, "custom_fields": own}


def metrics_of(tickets: list[Row], body: Row) -> list[Row]:
    """The tickets with their metrics, which come within them or in a list beside them."""
    beside = {one.get("ticket_id"): one for one in body.get("metric_sets") or []}
    return [
        {**one, "metric_set": one.get("metric_set") or beside.get(one.get("id"))} for one in tickets
    ]


def id_of(record: Row) -> str:
    if record.get("id") is None:
        raise BadRow("no id")
    return str(record["id"])


ACCOUNTS = Entity(
    "organizations", "accounts", "account", ("id",),
    {"name": needed("name"), "number": of("external_id"),
     "domain": of("domain_names", read=domain)},
    updated="_stamp", finish=account,
)  # fmt: skip
TICKETS = Entity(
    "tickets", "tickets", "ticket", ("id",),
    {"account_ref": of("organization_id"), "number": of("id"), "subject": of("subject"),
     "status": of("status"), "priority": of("priority"), "opened": needed("created_at")},
    updated="_stamp", finish=ticket,
)  # fmt: skip
SURVEYS = Entity(
    "satisfaction_ratings", "surveys", "surveyresponse", ("id",),
    {"account_ref": of("_account"), "comment": of("comment"), "responded": needed("updated_at")},
    updated="_stamp", constants={"kind": "csat", "scale": SCALE}, finish=rating,
)  # fmt: skip
