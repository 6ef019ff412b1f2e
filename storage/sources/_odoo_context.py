"""What the records of a stream mean only together with others, read before and with its pages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row
from storage.sources._odoo_fields import (
    BOMS,
    CHOICES,
    COMPANIES,
    LAYERS,
    LINE_MOVES,
    LOCATIONS,
    ONWARD,
    PICKING_TYPES,
    PRODUCT_UNITS,
    PURCHASES,
    SALES,
    UNITS,
    VARIANTS,
)
from storage.sources._odoo_invoice import paid
from storage.sources._odoo_known import Known
from storage.sources._odoo_make import recipes
from storage.sources._odoo_pegs import made_for, moves_before
from storage.sources._odoo_reader import STORED, Asked, named, place_of, steps_of, warehouses
from storage.sources._odoo_rpc import NoAccess, NoModel, Rpc
from storage.sources._odoo_values import Record, link, links, number, shown

PUT_AWAY_STEPS = 3
MOVED = ("receipts", "shipments", "stock_moves", "consumptions")
MEASURED = ("purchase_lines", "sale_lines", "make_orders", "bom_lines", "pegs", *MOVED)
ORDERS = {"purchase_lines": PURCHASES, "sale_lines": SALES}


def reference_data(rpc: Rpc, stream: str, zone: ZoneInfo) -> Known:
    """What all pages of a stream need: zones of sites, locations, picking types, units, bills."""
    known = Known(zone)
    for load, streams in _NEEDS:
        if stream in streams:
            known = load(rpc, known)
    return known


def with_page(rpc: Rpc, known: Known, stream: str, rows: Sequence[Row]) -> Known:
    """The same with what the records of one page link to."""
    moves: dict[int, Record] = {}
    if stream in ORDERS:
        orders = {row["id"]: row for row in named(rpc, ORDERS[stream], rows, "order_id")}
        known = replace(known, orders=orders)
    if stream == "purchase_lines":
        ids = sorted({id_ for row in rows for id_ in links(row.get("move_ids"))})
        found = Asked.of(rpc, LINE_MOVES).all([["id", "in", ids]]) if ids else ()
        moves = {row["id"]: row for row in found}
    if stream == "receipts" and known.waiting:
        moves = _moves_behind(rpc, rows, known.waiting)
    if stream == "pegs":
        moves = moves_before(rpc, rows)
        known = replace(known, made_for=made_for(rpc, rows))
    if stream == "stock_moves":
        known = replace(known, value=_values(rpc, rows))
    if stream == "invoices":
        known = replace(known, paid=paid(rpc, rows))
    if stream not in MEASURED:
        return known
    made = [order for orders in known.made_for.values() for order in orders]
    products = named(rpc, PRODUCT_UNITS, [*rows, *moves.values(), *made], "product_id")
    base = {row["id"]: tuple(row["uom_id"]) for row in products if row["uom_id"]}
    return replace(known, base=base, moves=moves)


def _zones(rpc: Rpc, known: Known) -> Known:
    sites = ((row["source_id"], row.get("tz")) for row in warehouses(rpc))
    return replace(known, zones={site: ZoneInfo(tz) for site, tz in sites if tz})


def _places(rpc: Rpc, known: Known) -> Known:
    rows = list(Asked.of(rpc, LOCATIONS).all())
    place = {row["id"]: place_of(row) for row in rows if row["usage"] in STORED}
    return replace(known, usage={row["id"]: row["usage"] for row in rows}, place=place)


def _waiting(rpc: Rpc, known: Known) -> Known:
    steps = steps_of(rpc)
    return replace(known, waiting=frozenset(id_ for id_ in steps if steps[id_] == "input"))


def _depots(rpc: Rpc, known: Known) -> Known:
    types = Asked.of(rpc, PICKING_TYPES).all()
    found = ((row["id"], link(row["warehouse_id"])) for row in types)
    return replace(known, depot={id_: f"warehouse/{house}" for id_, house in found if house})


def _factors(rpc: Rpc, known: Known) -> Known:
    units = Asked.of(rpc, UNITS).all()
    return replace(known, factor={row["id"]: Decimal(str(row["factor_inv"])) for row in units})


def _currencies(rpc: Rpc, known: Known) -> Known:
    rows = Asked.of(rpc, COMPANIES).all()
    found = {row["id"]: shown(row["currency_id"]) for row in rows}
    return replace(known, currency={id_: name for id_, name in found.items() if name})


def _recipes(rpc: Rpc, known: Known) -> Known:
    boms = list(Asked.of(rpc, BOMS).all())
    templates = sorted({found for bom in boms if (found := link(bom["product_tmpl_id"]))})
    variants = list(Asked.of(rpc, VARIANTS).all([["product_tmpl_id", "in", templates]]))
    field = "product_template_attribute_value_ids"
    asked = sorted({one for variant in variants for one in links(variant.get(field))})
    choices = Asked.of(rpc, CHOICES).all([["id", "in", asked]]) if asked else ()
    attribute = {row["id"]: link(row["attribute_id"]) or 0 for row in choices}
    return replace(known, recipes=recipes(boms, variants, attribute, known))


# What is loaded for which streams, in this order.
_NEEDS: Sequence[tuple[Callable[[Rpc, Known], Known], Sequence[str]]] = (
    (_zones, ("purchases", "sales", "purchase_lines", "sale_lines", "make_orders", *MOVED)),
    (_places, ("purchase_lines", "pegs", *MOVED)),
    (_waiting, ("receipts",)),
    (_depots, ("purchases", "purchase_lines", "make_orders")),
    (_factors, MEASURED),
    (_currencies, ("stock_moves", "stock_levels")),
    (_recipes, ("bom_lines",)),
)


def _moves_behind(rpc: Rpc, rows: Sequence[Row], waiting: frozenset[int]) -> dict[int, Record]:
    """The moves that put away what these moves brought to a dock."""
    found: dict[int, Record] = {}
    level: Sequence[Record] = rows
    for _ in range(PUT_AWAY_STEPS):
        ids = {id_ for move in level if link(move["location_dest_id"]) in waiting
               for id_ in links(move.get("move_dest_ids"))} - found.keys()  # fmt: skip
        if not ids:
            break
        level = list(Asked.of(rpc, ONWARD).all([["id", "in", sorted(ids)]]))
        found |= {move["id"]: move for move in level}
    return found


def _values(rpc: Rpc, rows: Sequence[Row]) -> dict[int, Decimal]:
    """What each move added to or took from the stock's value; none where that can't be told."""
    ids: Any = [row["id"] for row in rows if "value" not in row]
    values: dict[int, Decimal] = {}
    if not ids:
        return values
    try:
        layers = list(Asked.of(rpc, LAYERS).all([["stock_move_id", "in", ids]]))
    except (NoModel, NoAccess):
        return values
    for layer in layers:
        move, value = link(layer["stock_move_id"]), number(layer["value"])
        if move and value is not None:
            values[move] = values.get(move, Decimal(0)) + value
    return values
