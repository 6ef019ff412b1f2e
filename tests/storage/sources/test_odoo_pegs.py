"""Demands and their supplies, followed through the moves of an Odoo on the wire."""

from datetime import timedelta

import pytest

from storage.bulk import check, shape
from storage.sources import BadRow
from storage.sources._odoo_known import Known
from storage.sources._odoo_pegs import made_for, moves_before, newly_supplied, peg
from storage.sources._odoo_rpc import connect
from tests.storage.sources.odoo_world import CUSTOMERS, DOCK, FACTORY, STOCK, SUPPLIERS, World


@pytest.fixture(params=["16.0", "18.0", "20.0"])
def world(request):
    made = World(request.param)
    made.write("product.product", 3, name="Table", type="product", uom_id=1)
    made.sell(1, product=3)
    return made


def deliver(world, id_=1, qty=3.0, state="waiting", **more):
    world.transfer(id_, qty, STOCK, CUSTOMERS, state=state, product=3, sale_line_id=1, **more)


def pegs(world, state=None):
    """{(demand, supply): (quantity, kind)}"""
    world.later(minutes=20)
    rows, rejected, _ = world.rows("pegs", state)
    assert rejected == []
    for row in rows:
        check(row, shape("peg"))
    return {
        (f"{row['demand_kind']} {row['demand_ref']}", f"{row['supply_kind']} {row['supply_ref']}"):
        (row["qty"], row["kind"])
        for row in rows
    }  # fmt: skip


def test_a_sale_is_followed_to_production_and_production_to_a_purchase(world):
    world.buy(1, qty=10)
    world.make(7, product=3)
    world.move(10, 1, 10.0, state="assigned", end=DOCK)
    world.transfer(11, 10.0, DOCK, STOCK, state="waiting", move_orig_ids=[10])
    world.transfer(12, 6.0, STOCK, FACTORY, state="waiting", raw_material_production_id=7,
                   move_orig_ids=[11])  # fmt: skip
    world.transfer(13, 3.0, FACTORY, STOCK, state="confirmed", product=3, production_id=7)
    deliver(world, 14, move_orig_ids=[13])
    assert pegs(world) == {
        ("makeorder 7", "purchaseline 1"): (6, "reserved"),
        ("salesline 1", "makeorder 7"): (3, "reserved"),
    }


def test_a_delivery_in_two_steps_is_one_demand(world):
    world.transfer(1, 3.0, STOCK, DOCK, state="assigned", product=3, sale_line_id=1)
    world.transfer(2, 3.0, DOCK, CUSTOMERS, state="waiting", product=3, sale_line_id=1,
                   move_orig_ids=[1])  # fmt: skip
    assert pegs(world) == {("salesline 1", f"stock location/{STOCK}"): (3, "reserved")}


@pytest.mark.parametrize(
    ("state", "reserved"), [("confirmed", 0), ("assigned", 3), ("cancel", 0), ("done", 3)]
)
def test_what_no_move_leads_to_is_reserved_in_stock_or_not(world, state, reserved):
    deliver(world, state=state)
    assert pegs(world)["salesline 1", f"stock location/{STOCK}"] == (reserved, "reserved")


def test_a_part_that_is_reserved_counts_as_such(world):
    deliver(world, state="partially_available")
    name = "reserved_availability" if world.face.major < 17 else "quantity_done"
    world.write("stock.move", 1, **{name: 2.0})
    assert pegs(world)["salesline 1", f"stock location/{STOCK}"] == (2, "reserved")


def test_a_supply_that_is_called_off_is_meant_for_nothing(world):
    world.buy(1)
    world.move(10, 1, 10.0, state="cancel")
    deliver(world, move_orig_ids=[10])
    assert pegs(world) == {("salesline 1", "purchaseline 1"): (0, "reserved")}


def test_an_order_made_for_a_demand_that_no_move_leads_to_yet_is_its_supply(world):
    world.make(7, product=3)
    deliver(world, created_production_id=7)
    assert pegs(world) == {("salesline 1", "makeorder 7"): (3, "reserved")}


def test_two_supplies_share_a_demand_and_one_gives_no_more_than_is_asked(world):
    world.buy(1)
    world.move(10, 1, 1.0, state="assigned")
    world.move(11, 1, 9.0, state="assigned")
    world.buy(2)
    world.move(12, 2, 2.0, state="assigned")
    deliver(world, move_orig_ids=[10, 11, 12])
    assert pegs(world) == {
        ("salesline 1", "purchaseline 1"): (3, "reserved"),
        ("salesline 1", "purchaseline 2"): (2, "reserved"),
    }


def test_an_order_that_names_the_sale_as_its_origin_is_taken_to_be_for_it(world):
    world.make(7, product=3, origin="S1", qty=2.0)
    world.make(8, product=1, origin="S1")  # of another product
    deliver(world)
    assert pegs(world) == {("salesline 1", "makeorder 7"): (2, "inferred")}


def test_where_an_order_keeps_its_sales_line_nothing_is_inferred(world):
    world.make(7, product=3, sale_line_id=1)
    deliver(world)
    found = pegs(world)
    if world.face.major >= 18:
        assert found == {("salesline 1", "makeorder 7"): (3, "reserved")}
    else:
        assert found == {("salesline 1", f"stock location/{STOCK}"): (0, "reserved")}


def test_an_order_that_is_made_later_for_a_sale_is_found(world):
    deliver(world)
    world.later(minutes=20)
    _, _, state = world.rows("pegs")
    world.later(hours=2)
    world.make(7, product=3, origin="S1")
    assert pegs(world, state) == {("salesline 1", "makeorder 7"): (3, "inferred")}


def test_a_demand_is_read_again_when_the_move_before_it_changes(world):
    world.buy(1)
    world.move(10, 1, 10.0, state="assigned")
    deliver(world, move_orig_ids=[10])
    world.later(minutes=20)
    _, _, state = world.rows("pegs")
    world.later(hours=2)
    world.write("stock.move", 10, state="cancel")
    assert pegs(world, state) == {("salesline 1", "purchaseline 1"): (0, "reserved")}


def test_what_comes_back_and_what_only_leads_there_is_no_demand(world):
    world.transfer(1, 1.0, CUSTOMERS, STOCK, product=3, sale_line_id=1)
    world.transfer(2, 1.0, STOCK, DOCK, product=3, sale_line_id=1)
    world.transfer(3, 1.0, SUPPLIERS, STOCK, product=3)
    assert pegs(world) == {}


def test_a_move_without_a_quantity_is_refused():
    known = Known(None, usage={STOCK: "internal", CUSTOMERS: "customer"})
    record = {"id": 1, "product_id": [3, "T"], "product_uom": False, "product_uom_qty": False,
              "state": "assigned", "location_id": [STOCK, "a"], "sale_line_id": [1, "x"],
              "location_dest_id": [CUSTOMERS, "b"], "move_orig_ids": []}  # fmt: skip
    with pytest.raises(BadRow, match="without a quantity"):
        list(peg(record, known))


def test_without_production_there_are_pegs_of_purchases_still():
    world = World(without=("mrp",))
    world.sell(1)
    world.buy(1)
    world.move(10, 1, 10.0, state="assigned")
    world.transfer(11, 3.0, STOCK, CUSTOMERS, state="waiting", sale_line_id=1, move_orig_ids=[10])
    assert pegs(world) == {("salesline 1", "purchaseline 1"): (3, "reserved")}


def test_links_are_followed_in_one_call_a_step(world):
    rpc = connect(world.http(), "demo", "leadline", "demo-key")
    for id_ in range(1, 5):
        world.transfer(id_, 1.0, DOCK, STOCK, move_orig_ids=[id_ - 1] if id_ > 1 else [])
    found = moves_before(rpc, [{"id": 5, "move_orig_ids": [4]}])
    assert set(found) == {1, 2, 3, 4}
    assert made_for(rpc, []) == {}
    assert newly_supplied(rpc, [["create_date", ">", str(world.now + timedelta(days=9))]]) == set()
