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
    "reserved_availability": ("quantity",),
    "created_purchase_line_id": ("created_purchase_line_ids",),
}


@dataclass(frozen=True)
class Reads:
    """What is asked of a model.

    A record without one of the `needed` fields can't become a fact; `wanted` ones are asked for
    where they exist. `follows`: links whose record, when it changes, changes what this one says.
    `called_by`: links from other models; a new record there changes what this one says.
    `one_of`: only records that have one of these links. `is_optional`: a database without the app
    that brings the model or the needed fields has nothing to read, and that is no fault.
    """

    model: str
    needed: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    domain: tuple[tuple[str, str, Any], ...] = ()
    follows: tuple[str, ...] = ()
    called_by: tuple[tuple[str, str], ...] = ()
    one_of: tuple[str, ...] = ()
    is_optional: bool = False

    def condition(self, existing: Collection[str]) -> list[Any]:
        """The domain of the records that are read, with the fields that this database has."""
        links = [[name, "!=", False] for name in self.one_of if name in existing]
        either = ["|"] * (len(links) - 1)
        return [*either, *links, *map(list, self.domain)]

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
        absent = [name for name in self.needed if not _present(name, existing)]
        if self.one_of and not any(name in existing for name in self.one_of):
            absent.append(self.one_of[0])
        return absent


def renamed(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A record with the names of Odoo 16, whatever version it comes from."""
    return {"id": record["id"], **{name: record[shown] for shown, name in names.items()}}


def _present(name: str, existing: Collection[str]) -> str | None:
    return next((one for one in (name, *LATER_NAMES.get(name, ())) if one in existing), None)


ADDRESSES = Reads("res.partner", ("tz",))
COMPANIES = Reads("res.company", ("currency_id",))
WAREHOUSES = Reads(
    "stock.warehouse",
    ("name", "code"),
    ("partner_id", "wh_input_stock_loc_id", "wh_qc_stock_loc_id", "wh_output_stock_loc_id",
     "wh_pack_stock_loc_id"),
)  # fmt: skip
LOCATIONS = Reads("stock.location", ("complete_name", "usage"), ("warehouse_id",))
PICKING_TYPES = Reads("stock.picking.type", ("warehouse_id",))
UNITS = Reads("uom.uom", ("factor_inv",))
PRODUCT_UNITS = Reads("product.product", ("uom_id",))
LAYERS = Reads("stock.valuation.layer", ("stock_move_id", "value"))
BOMS = Reads(
    "mrp.bom",
    ("product_tmpl_id", "product_id", "product_qty", "product_uom"),
    ("sequence",),
    (("active", "=", True),),
)
VARIANTS = Reads(
    "product.product",
    ("product_tmpl_id", "uom_id"),
    ("product_template_attribute_value_ids",),
    (("active", "=", True),),
)
CHOICES = Reads("product.template.attribute.value", ("attribute_id",))
RECONCILED = Reads("account.partial.reconcile", ("debit_move_id", "credit_move_id", "max_date"))
BOOKED = Reads("account.move.line", ("move_id",))
LINE_MOVES = Reads(
    "stock.move",
    ("product_id", "state", "product_uom_qty", "quantity_done", "product_uom", "location_id",
     "location_dest_id", "write_date"),
)  # fmt: skip
ONWARD = Reads(
    "stock.move",
    ("product_id", "state", "date", "quantity_done", "product_uom", "location_dest_id",
     "move_dest_ids"),
)  # fmt: skip
# What a demand, and each move before it, tells of where its goods are to come from.
SUPPLY = (
    "purchase_line_id", "production_id", "created_production_id", "created_purchase_line_id",
    "reserved_availability",
)  # fmt: skip
ORIGINS = Reads(
    "stock.move",
    ("product_id", "state", "product_uom_qty", "product_uom", "location_id", "move_orig_ids"),
    SUPPLY,
)
MADE_FOR = Reads(
    "mrp.production",
    ("state", "product_id", "product_qty", "product_uom", "origin"),
    ("sale_line_id",),
)
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
         "is_company", "street", "zip", "city", "supplier_rank", "customer_rank",
         "purchase_order_count", "sale_order_count"),
        called_by=(("purchase.order", "partner_id"), ("sale.order", "partner_id")),
    ),
    "items": Reads(
        "product.product",
        ("name", "type", "uom_id", "write_date"),
        ("default_code", "categ_id", "standard_price", "cost_currency_id", "currency_id", "active"),
        follows=("product_tmpl_id",),
    ),
    "purchases": PURCHASES,
    "purchase_lines": Reads(
        "purchase.order.line",
        ("order_id", "product_id", "product_qty", "product_uom", "date_planned", "state",
         "price_unit", "write_date"),
        ("price_subtotal", "date_promised", "move_ids"),
        (("display_type", "=", False),),
        follows=("order_id", "move_ids"),
    ),
    "receipts": Reads(
        "stock.move",
        ("product_id", "state", "date", "quantity_done", "product_uom", "location_id",
         "location_dest_id", "purchase_line_id", "write_date"),
        ("picking_id", "origin_returned_move_id", "move_dest_ids"),
        (("purchase_line_id", "!=", False), ("state", "=", "done")),
        follows=("move_dest_ids",),
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
        ("reserved_quantity", "value", "currency_id", "company_id"),
        (("location_id.usage", "in", ["internal", "transit"]),),
    ),
    "stock_moves": Reads(
        "stock.move",
        ("product_id", "state", "date", "quantity_done", "product_uom", "location_id",
         "location_dest_id", "write_date"),
        ("picking_id", "reference", "company_id", "value", "is_in", "is_out"),
        (("state", "=", "done"),),
        follows=("stock_valuation_layer_ids",),
    ),
    "make_orders": Reads(
        "mrp.production",
        ("name", "product_id", "product_qty", "product_uom", "state", "create_date", "date_start",
         "date_finished", "write_date"),
        ("date_planned_start", "date_planned_finished", "qty_produced", "picking_type_id"),
        is_optional=True,
    ),
    "consumptions": Reads(
        "stock.move",
        ("product_id", "state", "date", "quantity_done", "product_uom", "location_id",
         "location_dest_id", "raw_material_production_id", "write_date"),
        domain=(("raw_material_production_id", "!=", False), ("state", "=", "done")),
        is_optional=True,
    ),
    "bom_lines": Reads(
        "mrp.bom.line",
        ("bom_id", "product_id", "product_qty", "product_uom", "write_date"),
        ("bom_product_template_attribute_value_ids",),
        is_optional=True,
    ),
    "pegs": Reads(
        "stock.move",
        (*ORIGINS.needed, "location_dest_id", "write_date"),
        ("sale_line_id", "raw_material_production_id", *SUPPLY),
        follows=("move_orig_ids",),
        one_of=("sale_line_id", "raw_material_production_id"),
        is_optional=True,
    ),
    "invoices": Reads(
        "account.move",
        ("name", "move_type", "state", "partner_id", "invoice_date", "amount_untaxed",
         "write_date"),
        ("invoice_date_due", "payment_state", "currency_id"),
        (("move_type", "in", ["out_invoice", "out_refund", "in_invoice", "in_refund"]),),
    ),
}  # fmt: skip
