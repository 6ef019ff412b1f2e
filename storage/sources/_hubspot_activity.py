"""Calls, e-mails, meetings and notes of HubSpot as touches with a customer."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from storage.sources import BadRow, Row, event
from storage.sources._hubspot_record import ObjectType, Record

STREAM = "activities"
REREAD = timedelta(days=7)  # there are very many of them

CALLS = {"at": "hs_timestamp", "direction": "hs_call_direction", "outcome": "hs_call_status"}
EMAILS = {"at": "hs_timestamp", "direction": "hs_email_direction", "outcome": "hs_email_status"}
MEETINGS = {
    "at": "hs_meeting_start_time hs_timestamp", "direction": "", "outcome": "hs_meeting_outcome",
}  # fmt: skip
NOTES = {"at": "hs_timestamp", "direction": "", "outcome": ""}

# A forwarded e-mail tells not who wrote it.
DIRECTIONS = {"inbound": "in", "outbound": "out", "incoming_email": "in", "email": "out"}
# Nobody was reached, or nothing has been said yet.
NO_TOUCH = frozenset({
    "busy", "canceled", "failed", "missed", "no_answer", "queued", "ringing", "connecting",
    "calling_crm_user", "bounced", "sending", "no_show", "rescheduled",
})  # fmt: skip


def _touch(kind: str, channel: str | None) -> Callable[[Record], Row | None]:
    """How records of a type are read; null for what did not reach anyone."""

    def row(record: Record) -> Row | None:
        outcome = (record.text("outcome") or "").lower()
        if outcome in NO_TOUCH or (kind == "email" and outcome == "scheduled"):
            return None
        at = record.when("at")
        if at is None:
            raise BadRow(f"no {record.names['at'].split()[-1]}")
        return {
            "account_ref": record.account,
            "kind": kind,
            "channel": channel,
            "direction": DIRECTIONS.get((record.text("direction") or "").lower()),
            **event("happened", at, record.zone),
        }

    return row


def _type(name: str, fields: Mapping[str, str], kind: str, channel: str | None) -> ObjectType:
    return ObjectType(
        name, "activity", fields, _touch(kind, channel), stream=STREAM, prefix=f"{name}-",
        reread_every=REREAD,
    )  # fmt: skip


ACTIVITIES = (
    _type("calls", CALLS, "call", "phone"),
    _type("emails", EMAILS, "email", "email"),
    _type("meetings", MEETINGS, "meeting", None),
    _type("notes", NOTES, "note", None),
)
