"""The objects of Salesforce that become facts: which field is read for which column."""

from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row, event
from storage.sources._entity import Entity, Record, flag, needed, of, text
from storage.sources._host import host

KINDS = {
    "new business": "new", "new customer": "new", "new": "new", "renewal": "renewal",
    "existing business": "upsell", "upsell": "upsell", "existing customer - upgrade": "upsell",
    "existing customer - replacement": "upsell",
}  # fmt: skip
DRAFTS = frozenset({"draft", "inapproval"})  # the codes behind an organisation's own statuses
ENDED = frozenset({"terminated", "expired", "cancelled", "canceled"})
# What a task was, by its subtype or type: a touch and its channel. A plain to-do is none.
TOUCHES = {"call": ("call", "phone"), "email": ("email", "email"), "meeting": ("meeting", None)}
DIRECTIONS = {"inbound": "in", "outbound": "out"}


def small(value: Any, zone: ZoneInfo) -> str | None:
    found = text(value, zone)
    return found.lower() if found else None


def allowed(value: Any, zone: ZoneInfo) -> bool | None:
    """Whether someone may be written to who did, or did not, refuse."""
    refused = flag(value, zone)
    return None if refused is None else not refused


def kind(value: Any, zone: ZoneInfo) -> str | None:
    found = text(value, zone)
    return KINDS.get(found.lower(), found) if found else None


def _closed(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """An opportunity has no time at which it was closed: it is the end of its close date."""
    day = row["closes_on"] if row["is_closed"] else None
    return {**row, "closed_at": event("closed", day, zone)["closed_at"]}


def _contract(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A draft is none; one that ended did so when it says, at its end, or when it was changed."""
    if small(record.get("StatusCode"), zone) in DRAFTS:
        return None
    if (row["status"] or "").lower() in ENDED and row["churned_at"] is None:
        by_term = row["ends_on"] if row["status"].lower() == "expired" else None
        return {**row, **event("churned", by_term or row["source_updated_at"], zone)}
    return row


def _order(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    code = small(record.get("StatusCode"), zone)
    if code in DRAFTS:
        return None
    is_off = code in ("canceled", "cancelled") and row["cancelled_at"] is None
    return {**row, **event("cancelled", row["source_updated_at"], zone)} if is_off else row


def _task(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A call, a mail or a meeting that is done; when it was due is when it was, if nobody says."""
    said = (small(record.get("TaskSubtype"), zone), small(record.get("Type"), zone))
    touch = next((TOUCHES[one] for one in said if one in TOUCHES), None)
    is_done = flag(record.get("IsClosed"), zone)
    if touch is None or not is_done or flag(record.get("IsRecurrence"), zone):
        return None
    if row["happened_at"] is None:
        raise BadRow("no CompletedDateTime and no ActivityDate")
    return {**row, "kind": touch[0], "channel": touch[1]}


def _event(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A meeting; the plan of a series and the copies that its guests have are none."""
    is_copy = flag(record.get("IsChild"), zone) or flag(record.get("IsRecurrence"), zone)
    return None if is_copy else row


def direction(value: Any, zone: ZoneInfo) -> str | None:
    return DIRECTIONS.get(small(value, zone) or "")


OWNER = of("Owner.Email", "Owner.Name")
SALESFORCE: dict[str, Any] = {"key": ("Id",), "updated": "SystemModstamp"}

ACCOUNT = Entity("Account", "accounts", "account", fields={
    "name": needed("Name"), "number": of("AccountNumber"), "domain": of("Website", read=host),
    "country": of("BillingCountryCode", "BillingCountry"), "segment": of("Industry"),
    "owner": OWNER, "annual_revenue": of("AnnualRevenue"), "currency": of("CurrencyIsoCode"),
    "merged_into": of("MasterRecordId"),
}, **SALESFORCE)  # fmt: skip
CONTACT = Entity("Contact", "contacts", "contact", fields={
    "account_ref": of("AccountId"), "email": of("Email"),
    "may_contact": of("HasOptedOutOfEmail", read=allowed),
}, **SALESFORCE)  # fmt: skip
OPPORTUNITY = Entity("Opportunity", "opportunities", "opportunity", fields={
    "account_ref": of("AccountId"), "name": of("Name"), "kind": of("Type", read=kind),
    "stage": needed("StageName"), "amount": of("Amount"), "currency": of("CurrencyIsoCode"),
    "closes_on": of("CloseDate"), "is_closed": of("IsClosed"), "is_won": of("IsWon"),
    "owner": OWNER,
}, finish=_closed, **SALESFORCE)  # fmt: skip
CONTRACT = Entity("Contract", "contracts", "contract", fields={
    "account_ref": of("AccountId"), "number": of("ContractNumber"), "starts_on": of("StartDate"),
    "ends_on": of("EndDate"), "status": of("Status"), "churned": of(), "notice_days": of(),
    "renewal_on": of(), "auto_renew": of(), "mrr": of(), "currency": of("CurrencyIsoCode"),
}, also=("StatusCode",), finish=_contract, **SALESFORCE)  # fmt: skip
CASE = Entity("Case", "tickets", "ticket", fields={
    "account_ref": of("AccountId"), "number": of("CaseNumber"), "subject": of("Subject"),
    "status": of("Status"), "priority": of("Priority", read=small),
    "opened": needed("CreatedDate"), "closed": of("ClosedDate"),
}, **SALESFORCE)  # fmt: skip
TASK = Entity("Task", "activities", "activity", fields={
    "account_ref": of("AccountId"), "happened": of("CompletedDateTime", "ActivityDate"),
    "direction": of("CallType", read=direction),
}, also=("TaskSubtype", "Type", "IsClosed", "IsRecurrence"), finish=_task,
    **SALESFORCE)  # fmt: skip
EVENT = Entity("Event", "activities", "activity", fields={
    "account_ref": of("AccountId"), "happened": needed("StartDateTime", "ActivityDate"),
}, constants={"kind": "meeting", "channel": None, "direction": None},
    also=("IsChild", "IsRecurrence"), finish=_event, **SALESFORCE)  # fmt: skip
ORDER = Entity("Order", "sales", "salesorder", fields={
    "number": needed("OrderNumber"), "customer_ref": of("AccountId"), "status": of("Status"),
    "ordered": of("ActivatedDate", "EffectiveDate"), "requested_on": of(), "cancelled": of(),
    "amount": of("TotalAmount"), "currency": of("CurrencyIsoCode"), "owner": OWNER,
}, also=("StatusCode",), finish=_order, **SALESFORCE)  # fmt: skip
ORDER_ITEM = Entity("OrderItem", "sale_lines", "salesline", fields={
    "order_ref": needed("OrderId"), "number": of("OrderItemNumber"), "item_ref": of("Product2Id"),
    "qty": needed("Quantity"), "unit_price": of("UnitPrice"), "requested_on": of(),
    "promised_on": of(),
}, **SALESFORCE)  # fmt: skip
PRODUCT = Entity("Product2", "items", "item", fields={
    "name": needed("Name"), "sku": of("ProductCode"), "category": of("Family"),
    "uom": of("QuantityUnitOfMeasure"), "is_active": of("IsActive"),
}, **SALESFORCE)  # fmt: skip

ENTITIES = (
    ACCOUNT, CONTACT, OPPORTUNITY, CONTRACT, CASE, TASK, EVENT, PRODUCT, ORDER, ORDER_ITEM,
)  # fmt: skip
# What an organisation may not have switched on.
OPTIONAL = frozenset({"Contract", "Order", "OrderItem"})


def survey(name: str, what: str, scale: int | None) -> Entity:
    """The answers to a survey that an object of one's own keeps; its fields are one's own too."""
    return Entity(name, "survey_responses", "surveyresponse", fields={
        "account_ref": of("Account__c"), "score": of("Score__c"), "comment": of("Comment__c"),
        "responded": needed("CreatedDate"),
    }, constants={"kind": what, "scale": scale}, **SALESFORCE)  # fmt: skip
