"""Supply: parties, items, sites, purchases, receipts, production, sales and shipments."""

from sqlmodel import Index

from storage.models._base import (
    At,
    Day,
    Fact,
    MaybeAt,
    MaybeDay,
    MaybeMoney,
    MaybeQty,
    Quantity,
    fact_key,
)


class Party(Fact, table=True):
    """A supplier or customer as the ERP knows it. kind: supplier, customer, both or other.

    `address`: street, postcode and town of a company in one line.
    """

    __table_args__ = fact_key("party")
    name: str
    kind: str = "other"
    number: str | None = None
    domain: str | None = None
    vat: str | None = None
    country: str | None = None
    category: str | None = None
    owner: str | None = None
    parent_ref: str | None = None
    address: str | None = None


class Item(Fact, table=True):
    """What is bought, made or sold. A service has no lead time of goods.

    `is_active` is false for what is no longer bought or sold; null where the source can't tell.
    """

    __table_args__ = fact_key("item")
    name: str
    sku: str | None = None
    category: str | None = None
    uom: str | None = None
    unit_cost: MaybeMoney = None
    currency: str | None = None
    is_service: bool = False
    is_active: bool | None = None


class Location(Fact, table=True):
    """A site or a place in it; `tz` is the IANA zone in which its days are counted.

    `site_ref` is the site that a place is in; null for a site. kind: warehouse, or for a place
    internal, input (not put away yet), output, transit, supplier, customer, production, inventory.
    Stock lies at the first four of a place; goods from or to the others come, go or are used up.
    """

    __table_args__ = fact_key("location")
    name: str
    code: str | None = None
    kind: str | None = None
    site_ref: str | None = None
    tz: str | None = None


class PurchaseOrder(Fact, table=True):
    """An order sent to a supplier; `ordered` is when it was confirmed or sent, not drafted."""

    __table_args__ = fact_key(
        "purchaseorder",
        Index("ix_purchaseorder_supplier", "source", "supplier_ref"),
        Index("ix_purchaseorder_ordered", "ordered_at"),
    )
    number: str
    supplier_ref: str | None = None
    status: str | None = None
    ordered_at: MaybeAt = None
    ordered_on: MaybeDay = None
    approved_at: MaybeAt = None
    approved_on: MaybeDay = None
    acknowledged_at: MaybeAt = None
    acknowledged_on: MaybeDay = None
    shipped_at: MaybeAt = None
    shipped_on: MaybeDay = None
    cancelled_at: MaybeAt = None
    cancelled_on: MaybeDay = None
    currency: str | None = None
    buyer: str | None = None
    country: str | None = None


class PurchaseLine(Fact, table=True):
    """A line of a purchase. `promised_first` is the first promise ever seen and never changes.

    `shipment_ref` is set where the source keeps one shipment per row: such a line is an
    observation of its own. `is_manual_date`: the delivery date was set by hand.
    """

    __table_args__ = fact_key("purchaseline", Index("ix_purchaseline_order", "source", "order_ref"))
    order_ref: str
    number: str | None = None
    item_ref: str | None = None
    location_ref: str | None = None
    shipment_ref: str | None = None
    qty: Quantity
    uom: str | None = None
    unit_price: MaybeMoney = None
    requested_on: MaybeDay = None
    promised_first: MaybeDay = None
    promised_on: MaybeDay = None
    planned_on: MaybeDay = None
    is_manual_date: bool = False
    status: str | None = None
    cancelled_at: MaybeAt = None
    cancelled_on: MaybeDay = None
    cancelled_qty: MaybeQty = None


class Receipt(Fact, table=True):
    """Goods of a purchase line taken in; never changes. A return or reversal is negative.

    `available`: when all of it could be used, for example was put away; null while it can't.
    """

    __table_args__ = fact_key(
        "receipt",
        Index("ix_receipt_line", "source", "line_ref"),
        Index("ix_receipt_received", "received_at"),
    )
    line_ref: str | None = None
    order_ref: str | None = None
    item_ref: str | None = None
    location_ref: str | None = None
    doc: str | None = None
    qty: Quantity
    received_at: At
    received_on: Day
    posted_at: MaybeAt = None
    available_at: MaybeAt = None
    available_on: MaybeDay = None
    reversal_of: str | None = None


class MakeOrder(Fact, table=True):
    """A production order; `released` is when it became more than a plan."""

    __table_args__ = fact_key("makeorder", Index("ix_makeorder_item", "source", "item_ref"))
    number: str
    item_ref: str | None = None
    location_ref: str | None = None
    qty: Quantity
    done_qty: MaybeQty = None
    status: str | None = None
    released_at: MaybeAt = None
    released_on: MaybeDay = None
    planned_start_on: MaybeDay = None
    planned_finish_on: MaybeDay = None
    started_at: MaybeAt = None
    started_on: MaybeDay = None
    finished_at: MaybeAt = None
    finished_on: MaybeDay = None
    cancelled_at: MaybeAt = None
    cancelled_on: MaybeDay = None


class SalesOrder(Fact, table=True):
    """An order of a customer."""

    __table_args__ = fact_key(
        "salesorder",
        Index("ix_salesorder_customer", "source", "customer_ref"),
        Index("ix_salesorder_ordered", "ordered_at"),
    )
    number: str
    customer_ref: str | None = None
    status: str | None = None
    ordered_at: MaybeAt = None
    ordered_on: MaybeDay = None
    requested_on: MaybeDay = None
    cancelled_at: MaybeAt = None
    cancelled_on: MaybeDay = None
    amount: MaybeMoney = None
    currency: str | None = None
    owner: str | None = None


class SalesLine(Fact, table=True):
    """A line of a customer's order; prices are net, per unit of `uom`."""

    __table_args__ = fact_key("salesline", Index("ix_salesline_order", "source", "order_ref"))
    order_ref: str
    number: str | None = None
    item_ref: str | None = None
    location_ref: str | None = None
    qty: Quantity
    uom: str | None = None
    unit_price: MaybeMoney = None
    requested_on: MaybeDay = None
    promised_first: MaybeDay = None
    promised_on: MaybeDay = None
    status: str | None = None
    cancelled_at: MaybeAt = None
    cancelled_on: MaybeDay = None


class Shipment(Fact, table=True):
    """Goods of a sales line sent out; never changes. A return is negative."""

    __table_args__ = fact_key("shipment", Index("ix_shipment_line", "source", "line_ref"))
    line_ref: str | None = None
    order_ref: str | None = None
    item_ref: str | None = None
    location_ref: str | None = None
    doc: str | None = None
    qty: Quantity
    shipped_at: At
    shipped_on: Day
    delivered_at: MaybeAt = None
    delivered_on: MaybeDay = None
    carrier: str | None = None
    tracking: str | None = None
    reversal_of: str | None = None


class TrackingEvent(Fact, table=True):
    """A scan of a carrier."""

    __table_args__ = fact_key("trackingevent")
    tracking: str
    status: str
    seen_at: At
    seen_on: Day
    place: str | None = None


class BomLine(Fact, table=True):
    """How much of a component goes into one unit of an item."""

    __table_args__ = fact_key(
        "bomline",
        Index("ix_bomline_item", "source", "item_ref"),
        Index("ix_bomline_component", "source", "component_ref"),
    )
    item_ref: str
    component_ref: str
    qty: Quantity


class Consumption(Fact, table=True):
    """A component used by a production order; what comes back from it is negative."""

    __table_args__ = fact_key("consumption", Index("ix_consumption_make", "source", "make_ref"))
    make_ref: str
    item_ref: str
    qty: Quantity
    consumed_at: At
    consumed_on: Day


class Peg(Fact, table=True):
    """A demand that a supply is meant for. kind: reserved (the source says so) or inferred.

    A demand is a salesline, or a makeorder that needs the component `item_ref`. A supply is a
    purchaseline, a makeorder, or stock: then `supply_ref` is the place where it is reserved.
    `qty` is in the item's own unit; 0: this supply is not meant for the demand any more.
    """

    __table_args__ = fact_key(
        "peg",
        Index("ix_peg_demand", "source", "demand_kind", "demand_ref"),
        Index("ix_peg_supply", "source", "supply_kind", "supply_ref"),
    )
    demand_kind: str = "salesline"
    demand_ref: str
    supply_kind: str = "purchaseline"
    supply_ref: str
    item_ref: str | None = None
    qty: Quantity
    kind: str = "reserved"
