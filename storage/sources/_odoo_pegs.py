"""Which supply is meant for which demand, from the links between moves of Odoo."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from storage.sources import BadRow, Row
from storage.sources._odoo_fields import MADE_FOR, ORIGINS, Reads
from storage.sources._odoo_known import Known, scale
from storage.sources._odoo_reader import Asked, Domain, named
from storage.sources._odoo_rpc import NoModel, Rpc
from storage.sources._odoo_stock import spot
from storage.sources._odoo_values import Record, changed, link, links, number, ref, shown

Facts = Iterable[tuple[str, Row]]
Supply = tuple[str, str, Decimal]

DEPTH = 6  # a delivery in three steps of goods received in three
SOLD = Reads("sale.order.line", ("order_id", "product_id"))
DEMANDS = Reads("stock.move", ("product_id",))


def peg(record: Record, known: Known) -> Facts:
    """The supplies of a move to a customer or into production: one row each.

    Moves that one was made from another are followed back to a purchase line or a production
    order. Without such a link it is the order that names the sale as its origin (inferred), else
    what is reserved for it in stock. A supply that is no longer meant for it has a quantity of 0.
    """
    demand = _demand(record, known)
    if demand is None:
        return
    wanted, kind = _qty(record, known), "reserved"
    found, seen = _supplies(record, known, DEPTH), list(_before(record, known, DEPTH))
    if demand[0] == "salesline" and all(one[0] == "stock" for one in found):
        made = known.made_for.get(int(demand[1]), ())
        found = [("makeorder", str(one["id"]), _qty(one, known)) for one in made] or found
        kind = "reserved" if all(link(one.get("sale_line_id")) for one in made) else "inferred"
    summed: dict[tuple[str, str], Decimal] = {}
    for supply_kind, supply_ref, qty in found:
        key = (supply_kind, supply_ref)
        summed[key] = min(wanted, summed.get(key, Decimal(0)) + qty)
    for (supply_kind, supply_ref), qty in summed.items():
        yield (
            "peg",
            {
                "source_id": f"{record['id']}/{supply_kind}/{supply_ref}",
                "source_updated_at": changed(record, *seen),
                "demand_kind": demand[0],
                "demand_ref": demand[1],
                "supply_kind": supply_kind,
                "supply_ref": supply_ref,
                "item_ref": ref(record["product_id"]),
                "qty": qty,
                "kind": kind,
            },
        )


def _demand(record: Record, known: Known) -> tuple[str, str] | None:
    """What a move is for; null where it only leads there, or comes back from there."""
    make, sale = record.get("raw_material_production_id"), record.get("sale_line_id")
    if link(make) and known.sign(record, "production") < 0:
        return ("makeorder", str(link(make)))
    if link(sale) and known.sign(record, "customer") < 0:
        return ("salesline", str(link(sale)))
    return None


def _supplies(move: Record, known: Known, depth: int) -> list[Supply]:
    origins = [known.moves[id_] for id_ in links(move["move_orig_ids"]) if id_ in known.moves]
    if not origins or not depth:
        return list(_unlinked(move, known))
    found: list[Supply] = []
    for origin in origins:
        qty = _qty(origin, known)
        here = _source(origin)
        further = [(*here, qty)] if here else _supplies(origin, known, depth - 1)
        found += [(kind, name, min(qty, rest)) for kind, name, rest in further]
    return found


def _source(move: Record) -> tuple[str, str] | None:
    """The purchase line or production order whose goods a move brings."""
    for name, kind in (("purchase_line_id", "purchaseline"), ("production_id", "makeorder")):
        if found := ref(move.get(name)):
            return (kind, found)
    return None


def _unlinked(move: Record, known: Known) -> Iterator[Supply]:
    """The supply of a move that no other leads to: ordered for it, or in stock."""
    made = [("makeorder", one) for one in links(move.get("created_production_id"))]
    bought = [("purchaseline", one) for one in links(move.get("created_purchase_line_id"))]
    for kind, id_ in (*made, *bought):
        yield (kind, str(id_), _qty(move, known))
    place = spot(move["location_id"])
    if not made and not bought and place:
        yield ("stock", place, _reserved(move, known))


def _reserved(move: Record, known: Known) -> Decimal:
    if move["state"] in ("assigned", "done"):
        return _qty(move, known)
    if move["state"] == "partially_available":
        return (number(move.get("reserved_availability")) or Decimal(0)) * scale(move, known)
    return Decimal(0)


def _qty(record: Record, known: Known) -> Decimal:
    """How much a move or production order is for, in the item's unit; nothing once called off."""
    if record["state"] == "cancel":
        return Decimal(0)
    qty = number(record["product_uom_qty" if "product_uom_qty" in record else "product_qty"])
    if qty is None:
        raise BadRow("a move without a quantity")
    return qty * scale(record, known)


def _before(move: Record, known: Known, depth: int) -> Iterator[Record]:
    for id_ in links(move["move_orig_ids"]) if depth else ():
        if id_ in known.moves:
            yield known.moves[id_]
            yield from _before(known.moves[id_], known, depth - 1)


def moves_before(rpc: Rpc, rows: Sequence[Row]) -> dict[int, Record]:
    """The moves that lead to these, step by step back to where their goods come from."""
    found: dict[int, Record] = {}
    level: Sequence[Record] = rows
    for _ in range(DEPTH):
        ids = {id_ for move in level if not _source(move) for id_ in links(move["move_orig_ids"])}
        ids -= found.keys()
        if not ids:
            break
        level = list(Asked.of(rpc, ORIGINS).all([["id", "in", sorted(ids)]]))
        found |= {move["id"]: move for move in level}
    return found


def made_for(rpc: Rpc, rows: Sequence[Row]) -> dict[int, Sequence[Record]]:
    """Production orders by the sales line they are for.

    Later versions keep the line; before, the order bears the sale's number as its origin.
    """
    lines = list(named(rpc, SOLD, rows, "sale_line_id"))
    if not lines:
        return {}
    numbers = {shown(line["order_id"]) for line in lines} - {None}
    try:
        asked = Asked.of(rpc, MADE_FOR)
    except NoModel:
        return {}
    domain: Domain = [["origin", "in", sorted(map(str, numbers))]]
    if "sale_line_id" in asked.names:
        domain = ["|", ["sale_line_id", "in", [line["id"] for line in lines]], *domain]
    orders = list(asked.all(domain))
    return {
        line["id"]: mine
        for line in lines
        if (mine := [order for order in orders if _is_for(order, line)])
    }


def _is_for(order: Record, line: Record) -> bool:
    named_line = link(order.get("sale_line_id"))
    if named_line:
        return bool(named_line == line["id"])
    same_item = link(order["product_id"]) == link(line["product_id"])
    return bool(same_item and order["origin"] == shown(line["order_id"]))


def newly_supplied(rpc: Rpc, within: Any) -> set[int]:
    """Moves of sales that production orders of a window were made for: nothing stamps those."""
    try:
        asked = Asked.of(rpc, MADE_FOR)
    except NoModel:
        return set()
    orders = list(asked.all(within))
    lines = [found for order in orders if (found := link(order.get("sale_line_id")))]
    origins = sorted({str(order["origin"]) for order in orders if order["origin"]})
    moves: set[int] = set()
    for path, wanted in (("sale_line_id", lines), ("sale_line_id.order_id.name", origins)):
        if wanted:
            moves |= {move["id"] for move in Asked.of(rpc, DEMANDS).all([[path, "in", wanted]])}
    return moves
