from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.bulk import check, shape
from storage.sources import BadRow
from storage.sources._odoo_known import Known
from storage.sources._odoo_make import bom_line, consumption, make_order, recipes
from tests.storage.sources.odoo_world import CUSTOMERS, FACTORY, SCRAP, STOCK, World, sample

KNOWN = Known(
    ZoneInfo("Europe/Berlin"),
    depot={1: "warehouse/1"},
    base={1: (1, "Units"), 2: (1, "Units"), 3: (1, "Units")},
    factor={1: Decimal(1), 2: Decimal(12)},
    usage={8: "internal", 15: "production", 9: "inventory"},
    place={8: "warehouse/1"},
)


def order(**more):
    return {"id": 5, "name": "MO5", "product_id": [1, "Table"], "product_qty": 2.0,
            "product_uom": [1, "Units"], "state": "confirmed", "create_date": "2026-01-02 08:00:00",
            "date_start": False, "date_finished": False, "qty_produced": 0.0,
            "date_planned_start": "2026-01-10 08:00:00", "picking_type_id": [1, "Make"],
            "date_planned_finished": "2026-01-12 08:00:00", "write_date": "2026-01-02 09:00:00",
            **more}  # fmt: skip


def one(facts):
    [(table, row)] = facts
    check(row, shape(table))
    return row


def later_version(**more):
    """As from version 17 on, where the plan and what happened are the same fields."""
    return {name: value for name, value in order(**more).items() if "planned" not in name}


def test_an_order_is_released_when_it_is_made_and_a_draft_is_not():
    row = one(make_order(order(), KNOWN))
    assert row["released_at"] == datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert (row["started_at"], row["finished_at"], row["location_ref"]) == (
        None, None, "warehouse/1",
    )  # fmt: skip
    assert one(make_order(order(state="draft"), KNOWN))["released_on"] is None


def test_an_order_keeps_its_plan_beside_what_happened():
    done = order(state="done", date_start="2026-01-11 07:00:00", qty_produced=2.0,
                 date_finished="2026-01-14 15:00:00")  # fmt: skip
    row = one(make_order(done, KNOWN))
    assert (row["planned_start_on"], row["started_on"]) == (date(2026, 1, 10), date(2026, 1, 11))
    assert (row["planned_finish_on"], row["finished_on"]) == (date(2026, 1, 12), date(2026, 1, 14))
    assert (row["qty"], row["done_qty"]) == (2, 2)


def test_where_the_plan_is_overwritten_it_is_not_made_up():
    dates = {"date_start": "2026-01-11 07:00:00", "date_finished": "2026-01-14 15:00:00"}
    plan = one(make_order(later_version(**dates), KNOWN))
    assert (plan["planned_start_on"], plan["started_on"]) == (date(2026, 1, 11), None)
    running = one(make_order(later_version(state="progress", **dates), KNOWN))
    assert (running["planned_start_on"], running["started_on"]) == (None, date(2026, 1, 11))
    assert (running["planned_finish_on"], running["finished_on"]) == (date(2026, 1, 14), None)
    done = one(make_order(later_version(state="done", **dates), KNOWN))
    assert (done["planned_finish_on"], done["finished_on"]) == (None, date(2026, 1, 14))


def test_a_cancelled_order_ends_at_its_change_and_is_never_finished():
    row = one(make_order(order(state="cancel", date_finished="2026-01-14 15:00:00"), KNOWN))
    assert row["cancelled_at"] == datetime(2026, 1, 2, 9, tzinfo=UTC)
    assert row["finished_at"] is None


def test_dozens_are_made_in_pieces():
    row = one(make_order(order(product_uom=[2, "Dozens"], qty_produced=1.0), KNOWN))
    assert (row["qty"], row["done_qty"]) == (24, 12)


def used(start=8, end=15, **more):
    return {"id": 7, "state": "done", "date": "2026-01-11 23:30:00", "quantity_done": 4.0,
            "product_id": [2, "Leg"], "product_uom": [1, "Units"], "location_id": [start, "a"],
            "location_dest_id": [end, "b"], "raw_material_production_id": [5, "MO5"],
            "write_date": "2026-01-11 23:30:01", **more}  # fmt: skip


def test_a_component_is_used_up_on_the_day_of_the_site():
    row = one(consumption(used(), KNOWN))
    assert (row["make_ref"], row["item_ref"], row["qty"]) == ("5", "2", 4)
    assert row["consumed_on"] == date(2026, 1, 12)


def test_what_comes_back_is_negative_and_scrap_is_not_used():
    assert one(consumption(used(15, 8), KNOWN))["qty"] == -4
    assert list(consumption(used(8, 9), KNOWN)) == []
    assert list(consumption(used(state="assigned"), KNOWN)) == []


@pytest.mark.parametrize("fault", [{"location_id": [99, "?"]}, {"quantity_done": False}])
def test_a_use_that_makes_no_sense_is_refused(fault):
    with pytest.raises(BadRow):
        list(consumption(used(**fault), KNOWN))


def test_recorded_production_orders_become_facts():
    for record in sample("odoo16_jsonrpc.json")["mrp.production"]["response"]["result"]:
        made = "2026-11-23 19:31:28"
        full = {"product_uom": [1, "Units"], "create_date": made, "write_date": made, **record}
        row = one(make_order(full, KNOWN))
        assert False not in row.values()
        assert (row["finished_at"] is not None) == (record["state"] == "done")
        assert (row["released_at"] is None) == (record["state"] == "draft")


# bills of material


def bill(id_, **more):
    return {"id": id_, "product_tmpl_id": [1, "Table"], "product_id": False, "product_qty": 1.0,
            "product_uom": [1, "Units"], "sequence": 0, **more}  # fmt: skip


def variant(id_, *choices):
    return {"id": id_, "product_tmpl_id": [1, "Table"], "uom_id": [1, "Units"],
            "product_template_attribute_value_ids": list(choices)}  # fmt: skip


def line(bom, *choices, qty=4.0, unit=1):
    return {"id": 9, "bom_id": [bom, "x"], "product_id": [2, "Leg"], "product_qty": qty,
            "product_uom": [unit, "u"], "write_date": "2026-01-01 00:00:00",
            "bom_product_template_attribute_value_ids": list(choices)}  # fmt: skip


def components(boms, variants, *lines, attribute=None):
    known = replace(KNOWN, recipes=recipes(boms, variants, attribute or {}, KNOWN))
    return {(row["item_ref"], row["qty"]) for one in lines for _, row in bom_line(one, known)}


def test_a_bill_of_a_template_is_one_of_each_of_its_variants():
    assert components([bill(1)], [variant(1), variant(3)], line(1)) == {("1", 4), ("3", 4)}


def test_a_component_is_counted_for_one_unit_of_the_product():
    batch = bill(1, product_qty=2.0, product_uom=[2, "Dozens"])
    assert components([batch], [variant(1)], line(1, qty=8.0, unit=2)) == {("1", 4)}


@pytest.mark.parametrize(
    ("other", "taken"),
    [({"sequence": 5}, 1), ({"sequence": -1}, 2), ({"product_id": [1, "Table"]}, 2), ({}, 1)],
)
def test_of_many_bills_a_product_has_the_one_that_odoo_takes(other, taken):
    found = components([bill(1), bill(2, **other)], [variant(1)], line(1, qty=1.0),
                       line(2, qty=2.0))  # fmt: skip
    assert found == {("1", taken)}


def test_a_line_for_some_choices_is_for_the_variants_that_have_one_of_each_attribute():
    red, blue, oak = 11, 12, 21
    variants = [variant(1, red, oak), variant(3, blue, oak), variant(4, red)]
    colour = {red: 1, blue: 1, oak: 2}
    assert components([bill(1)], variants, line(1, red), attribute=colour) == {("1", 4), ("4", 4)}
    both = components([bill(1)], variants, line(1, red, blue, oak), attribute=colour)
    assert both == {("1", 4), ("3", 4)}


def test_a_bill_that_nothing_is_made_by_has_no_lines_and_one_for_nothing_is_refused():
    assert components([], [variant(1)], line(1)) == set()
    with pytest.raises(BadRow, match="nothing"):
        components([bill(1, product_qty=0.0)], [variant(1)], line(1))


@pytest.mark.parametrize("series", ["16.0", "17.0", "20.0"])
def test_production_is_read_from_every_version(series):
    world = World(series)
    world.write("product.template", 1, name="Table")
    world.write("product.product", 3, name="Table", type="product", uom_id=1, product_tmpl_id=1)
    world.bill(1, 1, [(1, 4.0)])
    world.make(1, product=3, qty=2.0, state="done", date_start=world.now, date_finished=world.now,
               qty_produced=2.0)  # fmt: skip
    world.transfer(1, 8.0, STOCK, FACTORY, raw_material_production_id=1)
    world.transfer(2, 1.0, STOCK, SCRAP, raw_material_production_id=1)
    world.transfer(3, 1.0, STOCK, CUSTOMERS)
    world.later(minutes=20)
    [make], _, _ = world.rows("make_orders")
    assert (make["number"], make["done_qty"], make["location_ref"]) == ("MO1", 2, "warehouse/1")
    [use], _, _ = world.rows("consumptions")
    assert (use["make_ref"], use["item_ref"], use["qty"]) == ("1", "1", 8)
    [need], _, _ = world.rows("bom_lines")
    assert (need["item_ref"], need["component_ref"], need["qty"]) == ("3", "1", 4)
