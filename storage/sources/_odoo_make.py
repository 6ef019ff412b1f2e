"""Production orders, what they use up, and bills of material of Odoo as facts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from storage.sources import BadRow, Row, event
from storage.sources._odoo_known import Known, Recipe, scale
from storage.sources._odoo_values import Record, changed, day, link, links, moment, number, ref

Facts = Iterable[tuple[str, Row]]

RUNNING = ("progress", "to_close", "done")


def make_order(record: Record, known: Known) -> Facts:
    """A production order. Released is when it was made, for all that is more than a draft.

    Odoo keeps no time of confirmation; orders that it makes itself are confirmed at once. Until
    version 16 plans have fields of their own; from 17 on the plan is overwritten by what happened,
    and a plan that can't be seen any more is null.
    """
    state, place = record["state"], known.depot_of(record)
    zone = known.at(place)
    start, finish = moment(record["date_start"]), moment(record["date_finished"])
    started = start if state in RUNNING else None
    finished = finish if state == "done" else None
    if "date_planned_start" in record:
        plan = (record["date_planned_start"], record.get("date_planned_finished"))
    else:
        plan = (None if started else record["date_start"],
                None if finished else record["date_finished"])  # fmt: skip
    times = scale(record, known)
    qty, done = number(record["product_qty"]), number(record.get("qty_produced"))
    if qty is None:
        raise BadRow("a production order without a quantity")
    is_off = state == "cancel"
    yield (
        "makeorder",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "number": record["name"] or f"(no number, {record['id']})",
            "item_ref": ref(record["product_id"]),
            "location_ref": place,
            "qty": qty * times,
            "done_qty": None if done is None else done * times,
            "status": state,
            **event("released", None if state == "draft" else moment(record["create_date"]), zone),
            "planned_start_on": day(plan[0], zone),
            "planned_finish_on": day(plan[1], zone),
            **event("started", started, zone),
            **event("finished", finished, zone),
            **event("cancelled", changed(record) if is_off else None, zone),
        },
    )


def consumption(record: Record, known: Known) -> Facts:
    """A done move of a component into production; one back out of it is negative."""
    make, sign = ref(record["raw_material_production_id"]), -known.sign(record, "production")
    if record["state"] != "done" or not make or not sign:
        return
    qty = number(record["quantity_done"])
    if qty is None:
        raise BadRow("a done move without a quantity")
    place = known.place.get(link(record["location_id" if sign > 0 else "location_dest_id"]) or 0)
    yield (
        "consumption",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "make_ref": make,
            "item_ref": ref(record["product_id"]),
            "qty": sign * qty * scale(record, known),
            **event("consumed", moment(record["date"]), known.at(place)),
        },
    )


def recipes(
    boms: Iterable[Record],
    variants: Iterable[Record],
    attribute: Mapping[int, int],
    known: Known,
) -> dict[int, Recipe]:
    """The recipe of every bill that is the first choice for some product, by the bill's id.

    `attribute` is that of a choice; `known` has the units. A product may have many bills:
    Odoo takes the one of the lowest sequence, among those one of the product itself rather than
    of all its variants, and then the oldest.
    """
    by_template: dict[int, list[Record]] = {}
    for bom in boms:
        by_template.setdefault(link(bom["product_tmpl_id"]) or 0, []).append(bom)
    makes: dict[int, dict[int, Decimal]] = {}
    choices: dict[int, frozenset[int]] = {}
    for variant in variants:
        fitting = [bom for bom in by_template.get(link(variant["product_tmpl_id"]) or 0, ())
                   if link(bom["product_id"]) in (None, variant["id"])]  # fmt: skip
        if not fitting:
            continue
        first = min(fitting, key=_rank)
        unit = replace(known, base={variant["id"]: tuple(variant["uom_id"])})
        qty = number(first["product_qty"]) or Decimal(0)
        times = scale({**first, "product_id": variant["id"]}, unit)
        makes.setdefault(first["id"], {})[variant["id"]] = qty * times
        found = links(variant.get("product_template_attribute_value_ids"))
        choices[variant["id"]] = frozenset(found)
    return {bom: Recipe(made, choices, attribute) for bom, made in makes.items()}


def _rank(bom: Record) -> tuple[Decimal, bool, int]:
    return (number(bom.get("sequence")) or Decimal(0), link(bom["product_id"]) is None, bom["id"])


def bom_line(record: Record, known: Known) -> Facts:
    """A component of every product that the line's bill is for, in units for one of it."""
    recipe = known.recipes.get(link(record["bom_id"]) or 0)
    if recipe is None:
        return
    wanted = links(record.get("bom_product_template_attribute_value_ids"))
    qty = (number(record["product_qty"]) or Decimal(0)) * scale(record, known)
    for product, batch in recipe.makes.items():
        if not recipe.needs(product, wanted):
            continue
        if not batch:
            raise BadRow("its bill is for a quantity of nothing")
        yield (
            "bomline",
            {
                "source_id": f"{record['id']}/{product}",
                "source_updated_at": None,
                "item_ref": str(product),
                "component_ref": ref(record["product_id"]),
                "qty": qty / batch,
            },
        )
