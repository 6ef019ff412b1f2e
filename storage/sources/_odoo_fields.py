"""What is read from which model of Odoo, and under which names its versions have it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from storage.sources import SourceError

# Names of Odoo 16 on the left, what later versions call the same on the right.
LATER_NAMES: dict[str, tuple[str, ...]] = {
    "quantity_done": ("quantity",),
    "product_uom": ("product_uom_id", "uom_id"),
    "factor_inv": ("factor",),
}


@dataclass(frozen=True)
class Reads:
    """What is asked of a model.

    A record without one of the `needed` fields can't become a fact; `wanted` ones are asked for
    where they exist. `follows`: links whose record, when it changes, changes what this one says.
    `called_by`: links from other models; a new record there changes what this one says.
    """

    model: str
    needed: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    domain: tuple[tuple[str, str, Any], ...] = ()
    follows: tuple[str, ...] = ()
    called_by: tuple[tuple[str, str], ...] = ()

    def asked(self, existing: Collection[str], host: str) -> dict[str, str]:
        """The fields to ask for by the names this database has, each with its name in Odoo 16."""
        missing = self.missing(existing)
        if missing:
            raise SourceError(
                f"{host}: {self.model} has no {missing[0]}, or the user may not read it",
                permanent=True,
            )
        found = ((_present(name, existing), name) for name in (*self.needed, *self.wanted))
        return {present: name for present, name in found if present}

    def missing(self, existing: Collection[str]) -> list[str]:
        """The needed fields that this database does not have under any name."""
        return [name for name in self.needed if not _present(name, existing)]


def renamed(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A record with the names of Odoo 16, whatever version it comes from."""
    return {"id": record["id"], **{name: record[shown] for shown, name in names.items()}}


def _present(name: str, existing: Collection[str]) -> str | None:
    return next((one for one in (name, *LATER_NAMES.get(name, ())) if one in existing), None)


ADDRESSES = Reads("res.partner", ("tz",))
WAREHOUSES = Reads("stock.warehouse", ("name", "code"), ("partner_id",))
LOCATIONS = Reads("stock.location", ("complete_name", "usage"), ("warehouse_id",))
PICKING_TYPES = Reads("stock.picking.type", ("warehouse_id",))
UNITS = Reads("uom.uom", ("factor_inv",))
PRODUCT_UNITS = Reads("product.product", ("uom_id",))
PURCHASES = Reads(
    "purchase.order",
    ("name", "partner_id", "state", "date_order", "date_approve", "write_date"),
    ("currency_id", "user_id", "picking_type_id"),
)
SALES = Reads(
    "sale.order",
    ("name", "partner_id", "state", "date_order", "commitment_date", "write_date"),
    ("amount_untaxed", "currency_id", "user_id", "warehouse_id", "picking_ids"),
)

STREAMS: dict[str, Reads] = {
    "partners": Reads(
        "res.partner",
        ("name", "write_date"),
        ("ref", "email", "website", "vat", "country_code", "country_id", "user_id", "parent_id",
         "is_company", "supplier_rank", "customer_rank", "purchase_order_count",
         "sale_order_count"),
        called_by=(("purchase.order", "partner_id"), ("sale.order", "partner_id")),
    ),
    "items": Reads(
        "product.product",
        ("name", "type", "uom_id", "write_date"),
        ("default_code", "categ_id", "standard_price", "cost_currency_id", "currency_id"),
        follows=("product_tmpl_id",),
    ),
    "purchases": PURCHASES,
    "purchase_lines": Reads(
        "purchase.order.line",
        ("order_id", "product_id", "product_qty", "product_uom", "date_planned", "state",
         "price_unit", "write_date"),
        ("price_subtotal", "date_promised"),
        (("display_type", "=", False),),
        follows=("order_id",),
    ),
    "receipts": Reads(
        "stock.move",
        ("product_id", "state", "date", "quantity_done", "product_uom", "location_id",
         "location_dest_id", "purchase_line_id", "write_date"),
        ("picking_id", "origin_returned_move_id"),
        (("purchase_line_id", "!=", False), ("state", "=", "done")),
    ),
    "sales": SALES,
    "sale_lines": Reads(
        "sale.order.line",
        ("order_id", "product_id", "product_uom_qty", "product_uom", "state", "price_unit",
         "write_date"),
        ("price_subtotal", "warehouse_id", "is_downpayment"),
        (("display_type", "=", False),),
        follows=("order_id",),
    ),
    "shipments": Reads(
        "stock.move",
        ("product_id", "state", "date", "quantity_done", "product_uom", "location_id",
         "location_dest_id", "sale_line_id", "write_date"),
        ("picking_id", "origin_returned_move_id"),
        (("sale_line_id", "!=", False), ("state", "=", "done")),
    ),
    "stock_levels": Reads(
        "stock.quant",
        ("product_id", "location_id", "quantity", "write_date"),
        ("reserved_quantity", "value", "currency_id"),
        (("location_id.usage", "in", ["internal", "transit"]),),
    ),
}  # fmt: skip
