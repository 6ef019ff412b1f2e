"""The models and fields of the Odoo that the demo plays, under their names in Odoo 16."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True)
class Column:
    """A field: its Odoo type, the model it points to, and for a one2many its inverse field.

    An integer with an inverse counts the records that a one2many would name; a many2many with an
    inverse is the other side of one that is written. `related`: never written, read through a
    path of fields (`order_id.state`).
    """

    type: str
    to: str = ""
    inverse: str = ""
    required: bool = False
    related: str = ""


CHAR, TEXT = Column("char"), Column("text")
INTEGER, FLOAT, MONETARY = Column("integer"), Column("float"), Column("monetary")
BOOLEAN, SELECTION = Column("boolean"), Column("selection")
DATE, DATETIME = Column("date"), Column("datetime")


def _needed(column: Column) -> Column:
    return Column(column.type, column.to, required=True)


def _one(model: str, *, required: bool = False) -> Column:
    return Column("many2one", model, required=required)


def _many(model: str, inverse: str) -> Column:
    return Column("one2many", model, inverse)


def _links(model: str, inverse: str = "") -> Column:
    return Column("many2many", model, inverse)


def _count(model: str, inverse: str) -> Column:
    return Column("integer", model, inverse)


def _via(column: Column, path: str) -> Column:
    return Column(column.type, column.to, related=path)


SCHEMA: dict[str, dict[str, Column]] = {
    "res.users": {
        "name": _needed(CHAR), "login": _needed(CHAR), "tz": CHAR, "active": BOOLEAN,
    },
    "res.currency": {"name": _needed(CHAR), "active": BOOLEAN},
    "res.company": {"name": _needed(CHAR), "currency_id": _one("res.currency", required=True)},
    "res.country": {"name": _needed(CHAR), "code": CHAR},
    "res.partner": {
        "name": _needed(CHAR), "ref": CHAR, "email": CHAR, "website": CHAR, "vat": CHAR,
        "street": CHAR, "zip": CHAR, "city": CHAR,
        "tz": CHAR, "active": BOOLEAN, "is_company": BOOLEAN, "customer_rank": INTEGER,
        "supplier_rank": INTEGER, "parent_id": _one("res.partner"),
        "country_id": _one("res.country"), "country_code": _via(CHAR, "country_id.code"),
        "user_id": _one("res.users"), "on_time_rate": FLOAT,
        "purchase_order_count": _count("purchase.order", "partner_id"),
        "sale_order_count": _count("sale.order", "partner_id"),
    },
    "uom.uom": {"name": _needed(CHAR), "factor_inv": _needed(FLOAT), "active": BOOLEAN},
    "product.category": {"name": _needed(CHAR)},
    "product.template": {
        "name": _needed(CHAR), "active": BOOLEAN,
        "product_variant_ids": _many("product.product", "product_tmpl_id"),
    },
    "product.template.attribute.value": {
        "name": _needed(CHAR), "attribute_id": _one("product.attribute", required=True),
    },
    "product.attribute": {"name": _needed(CHAR)},
    "product.product": {
        "product_tmpl_id": _one("product.template"),
        "product_template_attribute_value_ids": _links("product.template.attribute.value"),
        "name": _needed(CHAR), "default_code": CHAR, "type": _needed(SELECTION),
        "active": BOOLEAN, "categ_id": _one("product.category"),
        "uom_id": _one("uom.uom", required=True), "standard_price": FLOAT,
        "currency_id": _one("res.currency"),
    },
    "stock.warehouse": {
        "name": _needed(CHAR), "code": _needed(CHAR), "active": BOOLEAN,
        "partner_id": _one("res.partner"), "lot_stock_id": _one("stock.location"),
        "wh_input_stock_loc_id": _one("stock.location"),
        "wh_qc_stock_loc_id": _one("stock.location"),
        "wh_output_stock_loc_id": _one("stock.location"),
        "wh_pack_stock_loc_id": _one("stock.location"),
    },
    "stock.location": {
        "name": _needed(CHAR), "complete_name": CHAR, "usage": _needed(SELECTION),
        "active": BOOLEAN, "warehouse_id": _one("stock.warehouse"),
    },
    "stock.picking.type": {
        "name": _needed(CHAR), "code": _needed(SELECTION), "active": BOOLEAN,
        "warehouse_id": _one("stock.warehouse"),
    },
    "purchase.order": {
        "name": _needed(CHAR), "state": _needed(SELECTION),
        "partner_id": _one("res.partner", required=True), "date_order": _needed(DATETIME),
        "date_approve": DATETIME, "date_planned": DATETIME, "effective_date": DATETIME,
        "date_calendar_start": DATETIME, "receipt_status": SELECTION, "on_time_rate": FLOAT,
        "currency_id": _one("res.currency"), "user_id": _one("res.users"),
        "picking_type_id": _one("stock.picking.type"),
        "order_line": _many("purchase.order.line", "order_id"),
        "picking_ids": _many("stock.picking", "purchase_id"),
    },
    "purchase.order.line": {
        "order_id": _one("purchase.order", required=True), "display_type": SELECTION,
        "product_id": _one("product.product"), "product_qty": _needed(FLOAT),
        "product_uom": _one("uom.uom"), "qty_received": FLOAT, "price_unit": FLOAT,
        "price_subtotal": MONETARY, "date_planned": DATETIME, "date_promised": DATETIME,
        "state": _via(SELECTION, "order_id.state"),
        "date_order": _via(DATETIME, "order_id.date_order"),
        "date_approve": _via(DATETIME, "order_id.date_approve"),
        "partner_id": _via(_one("res.partner"), "order_id.partner_id"),
        "currency_id": _via(_one("res.currency"), "order_id.currency_id"),
        "move_ids": _many("stock.move", "purchase_line_id"),
    },
    "sale.order": {
        "name": _needed(CHAR), "state": _needed(SELECTION),
        "partner_id": _one("res.partner", required=True), "date_order": _needed(DATETIME),
        "commitment_date": DATETIME, "expected_date": DATETIME, "effective_date": DATETIME,
        "amount_untaxed": MONETARY, "amount_total": MONETARY, "delivery_status": SELECTION,
        "invoice_status": SELECTION, "currency_id": _one("res.currency"),
        "user_id": _one("res.users"), "warehouse_id": _one("stock.warehouse"),
        "order_line": _many("sale.order.line", "order_id"),
        "picking_ids": _many("stock.picking", "sale_id"),
    },
    "sale.order.line": {
        "order_id": _one("sale.order", required=True), "display_type": SELECTION,
        "product_id": _one("product.product"), "product_uom_qty": _needed(FLOAT),
        "product_uom": _one("uom.uom"), "qty_delivered": FLOAT, "price_unit": FLOAT,
        "price_subtotal": MONETARY, "customer_lead": FLOAT, "is_downpayment": BOOLEAN,
        "state": _via(SELECTION, "order_id.state"),
        "warehouse_id": _via(_one("stock.warehouse"), "order_id.warehouse_id"),
        "currency_id": _via(_one("res.currency"), "order_id.currency_id"),
        "move_ids": _many("stock.move", "sale_line_id"),
    },
    "stock.picking": {
        "name": _needed(CHAR), "state": _needed(SELECTION), "picking_type_code": SELECTION,
        "scheduled_date": DATETIME, "date_deadline": DATETIME, "date_done": DATETIME,
        "date": DATETIME, "origin": CHAR, "partner_id": _one("res.partner"),
        "has_deadline_issue": BOOLEAN, "delay_alert_date": DATETIME,
        "backorder_id": _one("stock.picking"), "purchase_id": _one("purchase.order"),
        "sale_id": _one("sale.order"), "move_ids": _many("stock.move", "picking_id"),
    },
    "stock.move": {
        "product_id": _one("product.product", required=True), "state": _needed(SELECTION),
        "date": _needed(DATETIME), "date_deadline": DATETIME, "delay_alert_date": DATETIME,
        "product_uom_qty": FLOAT, "quantity_done": FLOAT,
        "product_uom": _one("uom.uom", required=True),
        "location_id": _one("stock.location", required=True),
        "location_dest_id": _one("stock.location", required=True),
        "purchase_line_id": _one("purchase.order.line"),
        "sale_line_id": _one("sale.order.line"), "picking_id": _one("stock.picking"),
        "picking_code": _via(SELECTION, "picking_id.picking_type_code"), "origin": CHAR,
        "origin_returned_move_id": _one("stock.move"), "to_refund": BOOLEAN,
        "reference": CHAR, "company_id": _one("res.company"), "procure_method": SELECTION,
        "reserved_availability": FLOAT,
        "move_orig_ids": _links("stock.move"),
        "move_dest_ids": _links("stock.move", "move_orig_ids"),
        "production_id": _one("mrp.production"),
        "raw_material_production_id": _one("mrp.production"),
        "created_production_id": _one("mrp.production"),
        "created_purchase_line_id": _one("purchase.order.line"),
        "stock_valuation_layer_ids": _many("stock.valuation.layer", "stock_move_id"),
        "value": MONETARY, "is_in": BOOLEAN, "is_out": BOOLEAN,
    },
    "stock.valuation.layer": {
        "stock_move_id": _one("stock.move"), "product_id": _one("product.product", required=True),
        "quantity": FLOAT, "value": MONETARY, "company_id": _one("res.company"),
    },
    "mrp.bom": {
        "product_tmpl_id": _one("product.template", required=True),
        "product_id": _one("product.product"), "product_qty": _needed(FLOAT),
        "product_uom_id": _one("uom.uom", required=True), "type": SELECTION, "active": BOOLEAN,
        "sequence": INTEGER, "bom_line_ids": _many("mrp.bom.line", "bom_id"),
    },
    "mrp.bom.line": {
        "bom_id": _one("mrp.bom", required=True),
        "product_id": _one("product.product", required=True), "product_qty": _needed(FLOAT),
        "product_uom_id": _one("uom.uom", required=True),
        "bom_product_template_attribute_value_ids": _links("product.template.attribute.value"),
    },
    "mrp.production": {
        "name": _needed(CHAR), "state": _needed(SELECTION), "origin": CHAR,
        "product_id": _one("product.product", required=True), "product_qty": _needed(FLOAT),
        "product_uom_id": _one("uom.uom", required=True), "qty_produced": FLOAT,
        "date_planned_start": DATETIME, "date_planned_finished": DATETIME,
        "date_deadline": DATETIME, "date_start": DATETIME, "date_finished": DATETIME,
        "bom_id": _one("mrp.bom"), "picking_type_id": _one("stock.picking.type"),
        "sale_line_id": _one("sale.order.line"),
        "move_raw_ids": _many("stock.move", "raw_material_production_id"),
        "move_finished_ids": _many("stock.move", "production_id"),
    },
    "account.move": {
        "name": CHAR, "move_type": _needed(SELECTION), "state": _needed(SELECTION),
        "partner_id": _one("res.partner"), "invoice_date": DATE, "invoice_date_due": DATE,
        "amount_untaxed": MONETARY, "amount_total": MONETARY, "currency_id": _one("res.currency"),
        "payment_state": SELECTION, "invoice_origin": CHAR,
        "line_ids": _many("account.move.line", "move_id"),
    },
    "account.move.line": {
        "move_id": _one("account.move", required=True), "date": DATE, "balance": MONETARY,
    },
    "account.partial.reconcile": {
        "debit_move_id": _one("account.move.line", required=True),
        "credit_move_id": _one("account.move.line", required=True),
        "max_date": DATE, "amount": MONETARY,
    },
    "stock.quant": {
        "product_id": _one("product.product", required=True),
        "location_id": _one("stock.location", required=True), "quantity": _needed(FLOAT),
        "reserved_quantity": FLOAT, "value": MONETARY, "currency_id": _one("res.currency"),
    },
}  # fmt: skip

# Since which major version a field has another name, or is there at all.
RENAMED: dict[tuple[str, str], tuple[int, str]] = {
    ("stock.move", "quantity_done"): (17, "quantity"),
    ("stock.move", "product_uom"): (20, "uom_id"),
    ("purchase.order.line", "product_uom"): (20, "uom_id"),
    ("sale.order.line", "product_uom"): (19, "product_uom_id"),
    ("uom.uom", "factor_inv"): (19, "factor"),
    ("mrp.production", "product_uom_id"): (20, "uom_id"),
    ("mrp.bom", "product_uom_id"): (20, "uom_id"),
    ("mrp.bom.line", "product_uom_id"): (20, "uom_id"),
}
ADDED: dict[tuple[str, str], int] = {
    ("purchase.order.line", "date_promised"): 20,
    ("mrp.production", "sale_line_id"): 18,
    **{("stock.move", name): 19 for name in ("value", "is_in", "is_out")},
}
# Since which major version a field, or with "" a whole model, is not there any more.
REMOVED: dict[tuple[str, str], int] = {
    ("mrp.production", "date_planned_start"): 17,
    ("mrp.production", "date_planned_finished"): 17,
    ("stock.move", "reserved_availability"): 17,
    ("stock.move", "stock_valuation_layer_ids"): 19,
    ("stock.valuation.layer", ""): 19,
}

LOGGED = {"id": INTEGER, "create_date": DATETIME, "write_date": DATETIME, "display_name": CHAR}


@cache
def columns(model: str) -> Mapping[str, Column]:
    """All fields of a model, those that every model has included; KeyError: no such model."""
    return MappingProxyType({**SCHEMA[model], **LOGGED})


@cache
def needed(model: str) -> tuple[str, ...]:
    """The fields that a new record must have."""
    return tuple(name for name, column in SCHEMA[model].items() if column.required)


@cache
def shown(model: str, major: int) -> Mapping[str, str]:
    """The fields that an Odoo of this major version shows, each with its name in the tables."""
    names = {}
    for name in columns(model):
        since, other = RENAMED.get((model, name), (0, name))
        if ADDED.get((model, name), 0) <= major < REMOVED.get((model, name), major + 1):
            names[other if major >= since else name] = name
    return MappingProxyType(names)


def has_model(model: str, major: int) -> bool:
    """Whether an Odoo of this major version, with all apps that the demo plays, has the model."""
    return model in SCHEMA and major < REMOVED.get((model, ""), major + 1)
