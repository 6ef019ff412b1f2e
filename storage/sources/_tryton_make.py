"""Production orders, what they use up, and bills of material of Tryton as facts."""

from collections.abc import Iterable
from decimal import Decimal

from storage.sources import BadRow, event
from storage.sources._tryton_known import Facts, Known, base, effective, scale, sign
from storage.sources._tryton_values import Record, changed, day, moment, number, ref, words

PLANNED = ("request", "draft")


def make_order(record: Record, known: Known) -> Facts:
    """A production order. Released is when it was entered, for all that is more than a draft.

    Tryton keeps no time of that step. What was entered afterwards was released when it began.
    """
    state, qty = record["state"], number(record["quantity"])
    if qty is None:
        raise BadRow("a production order without a quantity")
    started, entered = day(record["effective_start_date"]), moment(record["create_date"])
    is_late = started and entered and started < entered.astimezone(known.zone).date()
    released = None if state in PLANNED else started if is_late else entered
    finished = day(record["effective_date"]) if state == "done" else None
    times = scale(record, known)
    outputs = [known.moves[id_] for id_ in record["outputs"] if id_ in known.moves]
    yield (
        "makeorder",
        {
            **base(record, *outputs),
            "number": words(record["number"]) or f"(draft {record['id']})",
            "item_ref": ref(record["product"]),
            "location_ref": known.place.get(record["warehouse"]),
            "qty": qty * times,
            "done_qty": _done(record, outputs, known),
            "status": state,
            **event("released", released, known.zone),
            "planned_start_on": day(record["planned_start_date"]),
            "planned_finish_on": day(record["planned_date"]),
            **event("started", started, known.zone),
            **event("finished", finished, known.zone),
            **event("cancelled", changed(record) if state == "cancelled" else None, known.zone),
        },
    )


def _done(record: Record, outputs: Iterable[Record], known: Known) -> Decimal:
    """How much of the item itself has come out; by-products are not it."""
    done = [move for move in outputs
            if move["state"] == "done" and move["product"] == record["product"]]  # fmt: skip
    return sum(((number(move["quantity"]) or Decimal(0)) * scale(move, known) for move in done),
               Decimal(0))  # fmt: skip


def consumption(record: Record, known: Known) -> Facts:
    """A done move of a component into production; one back out of it is negative."""
    qty, way = number(record["quantity"]), -sign(record, known, "production")
    if qty is None:
        raise BadRow("a done move without a quantity")
    if way:
        yield (
            "consumption",
            {
                **base(record),
                "make_ref": ref(record["production_input"]),
                "item_ref": ref(record["product"]),
                "qty": way * qty * scale(record, known),
                **event("consumed", effective(record), known.zone),
            },
        )


def recipes(
    links: Iterable[Record], outputs: Iterable[Record], known: Known
) -> dict[int, dict[int, Decimal]]:
    """How much of each item a bill makes, where it is the item's first choice, by the bill's id.

    `links` name the bills of an item in the order of choice, `outputs` what a bill gives.
    """
    first: dict[int, int] = {}
    for link in sorted(links, key=_rank):
        first.setdefault(link["product"], link["bom"])
    found: dict[int, dict[int, Decimal]] = {}
    for one in outputs:
        if first.get(one["product"]) == one["bom"]:
            made = (number(one["quantity"]) or Decimal(0)) * scale(one, known)
            batch = found.setdefault(one["bom"], {})
            batch[one["product"]] = batch.get(one["product"], Decimal(0)) + made
    return found


def _rank(link: Record) -> tuple[bool, int, int]:
    return (link["sequence"] is None, link["sequence"] or 0, link["id"])


def bom_line(record: Record, known: Known) -> Facts:
    """A component of every item that the line's bill is the first choice for, for one of it."""
    qty = (number(record["quantity"]) or Decimal(0)) * scale(record, known)
    for item, batch in known.recipes.get(record["bom"], {}).items():
        if not batch:
            raise BadRow("its bill is for a quantity of nothing")
        yield (
            "bomline",
            {
                "source_id": f"{record['id']}/{item}",
                "item_ref": str(item),
                "component_ref": ref(record["product"]),
                "qty": qty / batch,
            },
        )
