"""What is read of Tryton's models: fields, conditions, and whose changes count."""

from dataclasses import dataclass
from typing import Any

Domain = list[Any]

STAMP = "last_modified_at"
ARCHIVED_TOO = ["active", "in", [True, False]]
LINE = (["type", "=", "line"], ["product", "!=", None], ["quantity", ">", 0])


@dataclass(frozen=True)
class Reads:
    """A model, its fields (dotted ones of linked records) and which of its records.

    `follows`: links whose records' changes are changes of this one; `many`: the same for links to
    many. `called_by`: (model, field) of records that make another fact of this one when created.
    """

    model: str
    fields: tuple[str, ...]
    domain: tuple[Any, ...] = ()
    follows: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    called_by: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> list[str]:
        return [*self.fields, STAMP, *(f"{path}.{STAMP}" for path in self.follows)]


MOVE = (
    "origin", "state", "product", "quantity", "unit", "planned_date", "origin_planned_date",
    "effective_date", "shipment", "from_location", "to_location", "product.default_uom",
)  # fmt: skip

STREAMS = {
    "partners": Reads(
        "party.party",
        ("name", "code", "website", "email", "tax_identifier.code"),
        (ARCHIVED_TOO,),
        called_by=(("purchase.purchase", "party"), ("sale.sale", "party")),
    ),
    "items": Reads(
        "product.product",
        ("name", "code", "type", "cost_price", "default_uom.name"),
        (ARCHIVED_TOO,),
        follows=("template",),
    ),
    "purchases": Reads(
        "purchase.purchase", ("number", "party", "state", "purchase_date", "currency.code")
    ),
    "purchase_lines": Reads(
        "purchase.line",
        ("purchase", "product", "quantity", "unit", "unit_price", "delivery_date",
         "delivery_date_store", "moves", "moves_ignored", "product.default_uom",
         "product.default_uom.name", "purchase.state", "purchase.purchase_date",
         "purchase.delivery_date", "purchase.warehouse"),
        LINE,
        ("purchase",),
        ("moves",),
    ),
    "receipts": Reads(
        "stock.move", MOVE, (["origin", "like", "purchase.line,%"], ["state", "=", "done"])
    ),
    "sales": Reads(
        "sale.sale",
        ("number", "party", "state", "sale_date", "untaxed_amount", "currency.code"),
    ),
    "sale_lines": Reads(
        "sale.line",
        ("sale", "product", "quantity", "unit", "unit_price", "shipping_date", "moves",
         "moves_ignored", "product.default_uom", "product.default_uom.name", "sale.state",
         "sale.sale_date", "sale.warehouse"),
        LINE,
        ("sale",),
        ("moves",),
    ),
    "shipments": Reads(
        "stock.move", MOVE, (["origin", "like", "sale.line,%"], ["state", "=", "done"])
    ),
}  # fmt: skip

LOCATIONS = Reads("stock.location", ("name", "code", "type", "parent"), (ARCHIVED_TOO,))
UNITS = Reads("product.uom", ("factor", "rate"), (ARCHIVED_TOO,))
MOVES = Reads("stock.move", MOVE)
