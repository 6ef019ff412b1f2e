"""Goods of S/4HANA: material documents as receipts, consumptions and moves; deliveries; stock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.sources import Row, event
from storage.sources._entity import Record, needed, of, text, within
from storage.sources._odata2 import at_time
from storage.sources._odata2_reading import Join, Reading, Stamp
from storage.sources._s4hana_movements import OUTSIDE, USED, Ends, ends
from storage.sources._s4hana_orders import GOODS, RECEIVED
from storage.sources._s4hana_values import (
    ZERO,
    Numbered,
    amount,
    days,
    is_set,
    joined,
    posted,
    ref,
)

DELIVERIES = "API_OUTBOUND_DELIVERY_SRV;v=2"
STOCK = "API_MATERIAL_STOCK_SRV"
DOCUMENT = ("MaterialDocumentYear", "MaterialDocument")
ITEM = (*DOCUMENT, "MaterialDocumentItem")
POSTED = ("header.PostingDate", "header.CreationDate", "header.CreationTime")
ISSUED = "C"
# Kinds of stock that belong to somebody else: of a supplier, or packaging of one.
NOT_OURS = frozenset({"K", "M"})
FOR_AN_ORDER = "E"


def _receipt(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    sign = RECEIVED.get(str(record.get("GoodsMovementType")))
    line = joined(record, "PurchaseOrder", "PurchaseOrderItem")
    if sign is None or line is None:
        return None
    reversed_by = ("ReversedMaterialDocumentYear", "ReversedMaterialDocument")
    return {
        **row,
        "qty": sign * row["qty"],
        "line_ref": line,
        "posted_at": posted(record, "header.CreationDate", "header.CreationTime", zone),
        "reversal_of": joined(record, *reversed_by, "ReversedMaterialDocumentItem"),
    }


RECEIPT = Numbered(
    "A_MaterialDocumentItem", "receipts", "receipt", ITEM,
    {
        "order_ref": of("PurchaseOrder", read=ref()),
        "item_ref": of("Material", read=ref()),
        "location_ref": of("Plant"),
        "doc": of("MaterialDocument"),
        "qty": needed("QuantityInBaseUnit"),
        "received": days("header.PostingDate"),
    },
    also=(
        "GoodsMovementType", "PurchaseOrderItem", "ReversedMaterialDocumentYear",
        "ReversedMaterialDocument", "ReversedMaterialDocumentItem", *POSTED,
    ),
    finish=_receipt,
)  # fmt: skip


def _consumption(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    sign = USED.get(str(record.get("GoodsMovementType")))
    if sign is None or row["make_ref"] is None or row["item_ref"] is None:
        return None
    return {**row, "qty": sign * row["qty"]}


CONSUMPTION = Numbered(
    "A_MaterialDocumentItem", "consumptions", "consumption", ITEM,
    {
        "make_ref": of("ManufacturingOrder", read=ref()),
        "item_ref": of("Material", read=ref()),
        "qty": needed("QuantityInBaseUnit"),
        "consumed": days("header.PostingDate"),
    },
    also=("GoodsMovementType", "header.PostingDate"), finish=_consumption,
)  # fmt: skip


def stock_move(alike: Mapping[str, str]) -> Numbered:
    """The entity of moves; `alike`: by a type of one's own the standard one that it is like."""

    def finish(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
        if row["item_ref"] is None or is_set(record.get("IsAutomaticallyCreated")):
            return None  # the other half of a transfer, which its first half tells in full
        found = ends(_moved(record, alike))
        if found is None:
            return None
        worth = abs(amount(record, "GdsMvtExtAmtInCoCodeCrcy", zone))
        is_within = not OUTSIDE & {found[0], found[1]}
        value = None if is_within or not worth else worth
        currency = row["currency"] if value is not None else None
        return {**row, "from_ref": found[0], "to_ref": found[1], "value": value,
                "currency": currency}  # fmt: skip

    return replace(STOCK_MOVE, finish=finish)


def _moved(record: Record, alike: Mapping[str, str]) -> Ends:
    kind = str(record.get("GoodsMovementType") or "")
    return Ends(
        alike.get(kind, kind),
        str(record.get("Plant") or ""),
        str(record.get("IssuingOrReceivingPlant") or ""),
        is_made=bool(joined(record, "ManufacturingOrder")),
        is_bought=bool(joined(record, "PurchaseOrder")),
        has_supplier=bool(record.get("Supplier")),
    )


STOCK_MOVE = Numbered(
    "A_MaterialDocumentItem", "stock_moves", "stockmove", ITEM,
    {
        "item_ref": of("Material", read=ref()),
        "qty": needed("QuantityInBaseUnit"),
        "currency": of("CompanyCodeCurrency"),
        "moved": days("header.PostingDate"),
        "doc": of("MaterialDocument"),
    },
    also=(
        "GoodsMovementType", "Plant", "IssuingOrReceivingPlant", "IsAutomaticallyCreated",
        "ManufacturingOrder", "PurchaseOrder", "Supplier", "GdsMvtExtAmtInCoCodeCrcy",
        "header.PostingDate",
    ),
)  # fmt: skip


def _shipment(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """An item of a delivery whose goods are issued; none before, and none once that is undone."""
    on, clock = (within(record, f"header.ActualGoodsMovement{one}") for one in ("Date", "Time"))
    status = record.get("GoodsMovementStatus") or within(
        record, "header.OverallGoodsMovementStatus"
    )
    shipped = at_time(on, clock, zone)
    if shipped is None or status != ISSUED or row["qty"] <= 0:
        return None
    row["line_ref"] = joined(record, "ReferenceSDDocument", "ReferenceSDDocumentItem")
    return {**row, **event("shipped", shipped, zone)}


SHIPMENT = Numbered(
    "A_OutbDeliveryItem", "shipments", "shipment", ("DeliveryDocument", "DeliveryDocumentItem"),
    {
        "order_ref": of("ReferenceSDDocument", read=ref()),
        "item_ref": of("Material", read=ref()),
        "location_ref": of("Plant"),
        "doc": of("DeliveryDocument"),
        "qty": needed("ActualDeliveredQtyInBaseUnit"),
        "delivered": days("header.ProofOfDeliveryDate"),
    },
    also=(
        "ReferenceSDDocumentItem", "GoodsMovementStatus", "header.OverallGoodsMovementStatus",
        "header.ActualGoodsMovementDate", "header.ActualGoodsMovementTime",
    ),
    finish=_shipment,
)  # fmt: skip


@dataclass(frozen=True)
class Levels(Numbered):
    """What lies of a material at each plant when `today` ends, all kinds of stock together.

    A posting has a day and no time, so that what is there now counts as there at that day's end.
    """

    today: date = date.min

    def rows(self, record: Record, zone: ZoneInfo) -> Iterable[tuple[str, Row]]:
        item = self.id_of(record)
        as_of = event("counted", self.today, zone)["counted_at"]
        for plant, (on_hand, reserved) in sorted(_by_plant(record, zone).items()):
            row = {
                "source_id": f"{item}/{plant}", "item_ref": item, "location_ref": plant,
                "as_of": as_of, "on_hand": on_hand, "reserved": reserved,
            }  # fmt: skip
            yield self.table, row


def _by_plant(material: Record, zone: ZoneInfo) -> dict[str, list[Decimal]]:
    """By plant what is on hand, and how much of it is kept for orders."""
    sums: dict[str, list[Decimal]] = {}
    for one in material.get("stock") or []:
        plant, special = text(one.get("Plant"), zone), one.get("InventorySpecialStockType")
        if plant is None or special in NOT_OURS:
            continue
        qty = amount(one, "MatlWrhsStkQtyInMatlBaseUnit", zone)
        total = sums.setdefault(plant, [ZERO, ZERO])
        total[0] += qty
        total[1] += qty if special == FOR_AN_ORDER else ZERO
    return sums


LEVELS = Levels(
    "A_MaterialStock", "stock_levels", "stocklevel", ("Material",), {},
    also=("stock.Plant", "stock.InventorySpecialStockType", "stock.MatlWrhsStkQtyInMatlBaseUnit"),
)  # fmt: skip
SPOT = (
    "Material", "Plant", "StorageLocation", "Batch", "Supplier", "Customer",
    "WBSElementInternalID", "SDDocument", "SDDocumentItem", "InventorySpecialStockType",
    "InventoryStockType",
)  # fmt: skip
STOCK_LEVELS = Reading(
    STOCK, "A_MaterialStock", ("Material",), (LEVELS,),
    joins=(Join("stock", STOCK, "A_MatlStkInAcctMod", SPOT, {"Material": "Material"}),),
)  # fmt: skip


def _documents(entity: Numbered) -> Reading:
    """Items of material documents, which never change: by when they were made.

    The clock of a document is that of the server, whose zone nobody tells; a whole day is looked
    back now and then, and a little every time.
    """
    return Reading(
        GOODS, "A_MaterialDocumentHeader", DOCUMENT, (entity,),
        (Stamp("CreationDate", "day", "CreationTime"),),
        joins=(Join("items", GOODS, "A_MaterialDocumentItem", ITEM,
                    {"MaterialDocument": "MaterialDocument",
                     "MaterialDocumentYear": "MaterialDocumentYear"}),),
        each="items", near=timedelta(minutes=15),
    )  # fmt: skip


RECEIPTS, CONSUMPTIONS = _documents(RECEIPT), _documents(CONSUMPTION)
SHIPMENTS = Reading(
    DELIVERIES, "A_OutbDeliveryHeader", ("DeliveryDocument",), (SHIPMENT,),
    # one that was never changed has a date of creation only
    (Stamp("LastChangeDate", "day"), Stamp("CreationDate", "day")),
    joins=(Join("items", DELIVERIES, "A_OutbDeliveryItem",
                ("DeliveryDocument", "DeliveryDocumentItem"),
                {"DeliveryDocument": "DeliveryDocument"}),),
    each="items", can_cease=True,
)  # fmt: skip


def stock_moves(alike: Mapping[str, str]) -> Reading:
    return _documents(stock_move(alike))


def stock_levels(today: date) -> Reading:
    return replace(STOCK_LEVELS, entities=(replace(LEVELS, today=today),))
