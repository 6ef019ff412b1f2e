"""Dataverse as a table of contents: which table of Dynamics 365 becomes which facts, and how.

A value has its label beside it as `name:shown`, a lookup the table that it leads to as `name:kind`
(`labelled`). Names of our own: `iso` is the currency's code, `account` the account that a record
belongs to, also where it is linked to one of its contacts, deals or tickets.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row, event
from storage.sources._entity import Entity, Record, day, flag, moment, needed, of, text, whole
from storage.sources._host import host

STAMP = "modifiedon"
SHOWN, KIND = (
    "OData.Community.Display.V1.FormattedValue",
    "Microsoft.Dynamics.CRM.lookuplogicalname",
)
ANNOTATIONS = f"{SHOWN},{KIND}"
OURS = frozenset({"iso", "account"})
CURRENCY = "_transactioncurrencyid_value"

OPEN, WON, COMPLETED = 0, 1, 1
CANCELLED, EXPIRED = 2, 3
NPS = 10


def labelled(record: Row) -> Row:
    """The record with labels and kinds beside their values, under names without dots."""
    names = {SHOWN: "shown", KIND: "kind"}
    found = {}
    for name, value in record.items():
        field, _, annotation = name.partition("@")
        if not annotation:
            found[name] = value
        elif field and annotation in names:
            found[f"{field}:{names[annotation]}"] = value
    return found


def _state(record: Record, zone: ZoneInfo) -> int:
    return whole(record.get("statecode"), zone) or 0


def _label(value: Any, zone: ZoneInfo) -> str | None:
    found = text(value, zone)
    return found.lower() if found else None


def _may_contact(value: Any, zone: ZoneInfo) -> bool | None:
    """From a tick that says not to."""
    is_barred = flag(value, zone)
    return None if is_barred is None else not is_barred


def _deal(row: Row, record: Record, zone: ZoneInfo) -> Row:
    state, closed = _state(record, zone), record.get("actualclosedate")
    at = event("x", moment(closed, zone), zone)["x_at"] if state != OPEN else None
    return {**row, "is_closed": state != OPEN, "is_won": state == WON, "closed_at": at}


def _ticket(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """Nothing says when a ticket was closed: its last change is near, as few are touched again."""
    closed = row["source_updated_at"] if _state(record, zone) != OPEN else None
    return {**row, **event("closed", closed, zone)}


def _touch(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """What was done, not what is planned or was called off."""
    if _state(record, zone) != COMPLETED:
        return None
    is_out = flag(record.get("directioncode"), zone)
    return {**row, "direction": None if is_out is None else "out" if is_out else "in"}


def _contract(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """An entitlement, which is to be renewed when it ends."""
    state = _state(record, zone)
    ended: datetime | date | None = row["source_updated_at"] if state == CANCELLED else None
    if state == EXPIRED:
        ended = row["ends_on"]
    return {**row, **event("churned", ended, zone)}


def _answer(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    return row if row["score"] is not None else None


def _activity(name: str, kind: str, channel: str | None, *happened: str) -> Entity:
    directed = () if kind == "meeting" else ("directioncode",)
    return Entity(
        name, "activities", "activity", ("activityid",),
        {"account_ref": of("account"), "happened": needed(*happened, STAMP, read=moment)},
        STAMP, {"kind": kind, "channel": channel},
        ("statecode", "_regardingobjectid_value", *directed), _touch,
    )  # fmt: skip


ENTITIES: Sequence[Entity] = (
    Entity(
        "accounts", "accounts", "account", ("accountid",),
        {
            "name": needed("name", "accountid"), "number": of("accountnumber"),
            "domain": of("websiteurl", "emailaddress1", read=host),
            "country": of("address1_country"), "segment": of("industrycode:shown"),
            "owner": of("_ownerid_value:shown"), "annual_revenue": of("revenue"),
            "currency": of("iso"), "merged_into": of("_masterid_value"),
        },
        STAMP, also=(CURRENCY,),
    ),
    Entity(
        "contacts", "contacts", "contact", ("contactid",),
        {
            "account_ref": of("account"), "email": of("emailaddress1"),
            "may_contact": of("donotemail", read=_may_contact),
        },
        STAMP, also=("_parentcustomerid_value",),
    ),
    Entity(
        "opportunities", "opportunities", "opportunity", ("opportunityid",),
        {
            "account_ref": of("_parentaccountid_value", "account"), "name": of("name"),
            "stage": of("stepname", "statuscode:shown"),
            "amount": of("actualvalue", "estimatedvalue"), "currency": of("iso"),
            "closes_on": of("estimatedclosedate", read=day), "owner": of("_ownerid_value:shown"),
        },
        STAMP, also=("statecode", "actualclosedate", "_customerid_value", CURRENCY), finish=_deal,
    ),
    Entity(
        "incidents", "tickets", "ticket", ("incidentid",),
        {
            "account_ref": of("account"), "number": of("ticketnumber"), "subject": of("title"),
            "status": of("statuscode:shown"), "priority": of("prioritycode:shown", read=_label),
            "opened": needed("createdon"),
        },
        STAMP, also=("statecode", "_customerid_value"), finish=_ticket,
    ),
    _activity("phonecalls", "call", "phone", "actualend"),
    _activity("emails", "email", "email", "senton", "actualend"),
    _activity("appointments", "meeting", None, "actualstart", "scheduledstart", "actualend"),
    Entity(
        "entitlements", "contracts", "contract", ("entitlementid",),
        {
            "account_ref": of("account"), "number": of("name"), "starts_on": of("startdate"),
            "ends_on": of("enddate"), "renewal_on": of("enddate"), "currency": of("iso"),
            "status": of("statecode:shown", read=_label),
        },
        STAMP, also=("statecode", "_customerid_value", CURRENCY), finish=_contract,
    ),
    Entity(
        "msfp_surveyresponses", "surveys", "surveyresponse", ("activityid",),
        {
            "account_ref": of("account"), "score": of("msfp_npsscore"),
            "responded": needed("msfp_submitdate", "createdon"),
        },
        STAMP, {"kind": "nps", "scale": NPS}, ("_regardingobjectid_value",), _answer,
    ),
)  # fmt: skip

# The lookups that may lead to an account, the likeliest first.
LINKS = ("_parentcustomerid_value", "_customerid_value", "_regardingobjectid_value")
# By the table a lookup leads to: its set, its key, and the lookup from there.
BESIDE: Mapping[str, tuple[str, str, str]] = {
    "contact": ("contacts", "contactid", "_parentcustomerid_value"),
    "opportunity": ("opportunities", "opportunityid", "_parentaccountid_value"),
    "incident": ("incidents", "incidentid", "_customerid_value"),
}
