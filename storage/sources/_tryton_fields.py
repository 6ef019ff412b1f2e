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
    `module_of`: the model whose module the fields come with; a database without it has nothing
    to read, and that is no fault.
    """

    model: str
    fields: tuple[str, ...]
    domain: tuple[Any, ...] = ()
    follows: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    called_by: tuple[tuple[str, str], ...] = ()
    module_of: str | None = None

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
        ("name", "code", "type", "cost_price", "active", "default_uom.name"),
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
    "stock_moves": Reads("stock.move", (*MOVE, "cost_price"), (["state", "=", "done"],)),
    "make_orders": Reads(
        "production",
        ("number", "product", "quantity", "unit", "state", "warehouse", "planned_start_date",
         "planned_date", "effective_start_date", "effective_date", "create_date", "outputs",
         "product.default_uom"),
        (["product", "!=", None],),
        many=("outputs",),
        module_of="production",
    ),
    "consumption": Reads(
        "stock.move",
        (*MOVE, "production_input"),
        (["production_input", "!=", None], ["state", "=", "done"]),
        module_of="production",
    ),
    "bom_lines": Reads(
        "production.bom.input",
        ("bom", "product", "quantity", "unit", "product.default_uom"),
        (["product", "!=", None],),
        module_of="production",
    ),
    "invoices": Reads(
        "account.invoice",
        ("number", "party", "type", "state", "invoice_date", "untaxed_amount", "currency.code",
         "reconciled", "reconciliation_lines", "lines_to_pay"),
        (["state", "in", ["posted", "paid", "cancelled"]],),
        module_of="account.invoice",
    ),
}  # fmt: skip

LOCATIONS = Reads(
    "stock.location",
    ("name", "code", "type", "parent", "input_location", "output_location", "storage_location"),
    (ARCHIVED_TOO,),
)
LEVELS = Reads(
    "product.product",
    ("quantity", "cost_value", "cost_price"),
    (ARCHIVED_TOO, ["quantity", "!=", 0.0]),
)
BILLS = Reads("product.product-production.bom", ("product", "bom", "sequence"))
OUTPUTS = Reads(
    "production.bom.output", ("bom", "product", "quantity", "unit", "product.default_uom")
)
BOOKED = Reads("account.move.line", ("maturity_date", "date"))
COMPANIES = Reads("company.company", ("timezone", "currency.code"))
UNITS = Reads("product.uom", ("factor", "rate"), (ARCHIVED_TOO,))
MOVES = Reads("stock.move", MOVE)
