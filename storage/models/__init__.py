"""The tables. Every fact table is in `FACTS`, by table name."""

from storage.models._base import BOOKKEEPING, Fact
from storage.models.customers import (
    Account,
    Activity,
    Contact,
    Contract,
    FxRate,
    Invoice,
    Opportunity,
    SurveyResponse,
    Ticket,
    UsageDay,
)
from storage.models.delivery import (
    AlertMessage,
    AlertRule,
    Audit,
    Deed,
    DigestPlan,
    Episode,
    Heartbeat,
    MethodPace,
    Outbox,
    OwnerLink,
    RuleState,
    ScheduledRun,
    Silence,
    SlackName,
)
from storage.models.forecasts import ForecastFit, ForecastIssued
from storage.models.ledger import FieldChange, PageChange, PartyLink, Quarantine, SyncRun, SyncState
from storage.models.orders import (
    BomLine,
    Consumption,
    Item,
    Location,
    MakeOrder,
    Party,
    Peg,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    SalesLine,
    SalesOrder,
    Shipment,
    TrackingEvent,
)
from storage.models.reminders import Reminder
from storage.models.seen import SeenRequest
from storage.models.sensors import SensorReading
from storage.models.stock import Lot, StockLevel, StockMove

FACTS: dict[str, type[Fact]] = {
    model.__name__.lower(): model
    for model in (
        Account, Activity, BomLine, Consumption, Contact, Contract, FxRate, Invoice, Item,
        Location, Lot, MakeOrder, Opportunity, Party, Peg, PurchaseLine, PurchaseOrder, Receipt,
        SalesLine, SalesOrder, SensorReading, Shipment, StockLevel, StockMove, SurveyResponse,
        Ticket, TrackingEvent, UsageDay,
    )
}  # fmt: skip

# What a source overwrites and cannot tell later: every value is kept in FieldChange.
KEPT: dict[str, tuple[str, ...]] = {
    "purchaseline": ("requested_on", "promised_on", "planned_on", "status", "cancelled_qty"),
    "salesline": ("requested_on", "promised_on", "status"),
    "contract": ("renewal_on", "ends_on", "notice_days", "status", "mrr"),
    "purchaseorder": ("status",),
    "salesorder": ("status",),
    "opportunity": ("stage", "closes_on"),
}

# Written at first sight and never again.
INSERT_ONLY: dict[str, tuple[str, ...]] = {
    "purchaseline": ("promised_first",),
    "salesline": ("promised_first",),
}

__all__ = [
    "BOOKKEEPING", "FACTS", "INSERT_ONLY", "KEPT", "Account", "Activity", "AlertMessage",
    "AlertRule", "Audit", "BomLine", "Consumption", "Contact", "Contract", "Deed", "DigestPlan",
    "Episode", "Fact", "FieldChange", "ForecastFit", "ForecastIssued", "FxRate", "Heartbeat",
    "Invoice", "Item", "Location", "Lot", "MakeOrder", "MethodPace", "Opportunity", "Outbox",
    "OwnerLink", "PageChange", "Party", "PartyLink", "Peg", "PurchaseLine", "PurchaseOrder",
    "Quarantine", "Receipt", "Reminder", "RuleState", "SalesLine", "SalesOrder", "ScheduledRun",
    "SeenRequest", "SensorReading", "Shipment", "Silence", "SlackName", "StockLevel", "StockMove",
    "SurveyResponse", "SyncRun", "SyncState", "Ticket", "TrackingEvent", "UsageDay",
]  # fmt: skip
