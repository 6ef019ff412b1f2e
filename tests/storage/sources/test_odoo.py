"""The Odoo source against an Odoo on the wire, and through the suite that all sources pass."""

import random
from datetime import timedelta

import pytest

from storage.sources import SourceError
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import FEW, Life
from tests.storage.sources.odoo_harness import KINDS, OdooHarness
from tests.storage.sources.odoo_world import CUSTOMERS, DOCK, STOCK, SUPPLIERS, World, sample

PURCHASES, MAKE_ORDERS, INVOICES, CONSUMPTIONS, STOCK_MOVES, PEGS, BOM_LINES = KINDS


class TestPurchases(Conformance):
    @pytest.fixture
    def harness(self):
        return OdooHarness(PURCHASES)


@pytest.mark.slow
class TestOthers(Conformance):
    """Rows that hang on other records."""

    changes = FEW

    @pytest.fixture(params=[CONSUMPTIONS, PEGS, BOM_LINES], ids=lambda kind: kind.stream)
    def harness(self, request):
        return OdooHarness(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [MAKE_ORDERS, INVOICES, STOCK_MOVES], ids=lambda kind: kind.stream)
def test_what_is_read_as_purchases_are_lives_for_a_while(kind):
    life = Life(OdooHarness(kind), random.Random(5))
    life.live(FEW)
    assert life.changes >= FEW


@pytest.fixture(params=["16.0", "17.0", "20.0"])
def world(request):
    return World(request.param)


def test_a_purchase_that_comes_in_two_parts_and_partly_goes_back(world):
    world.buy(1, qty=10)
    world.later(days=3)
    world.move(1, 1, 4.0)
    world.later(days=2)
    world.move(2, 1, 6.0)
    world.move(3, 1, 1.0, start=STOCK, end=SUPPLIERS, origin_returned_move_id=2)
    world.move(4, 1, 9.0, state="assigned")
    world.later(minutes=20)
    [order], _, _ = world.rows("purchases")
    [line], _, _ = world.rows("purchase_lines")
    receipts, _, _ = world.rows("receipts")
    assert order["ordered_on"].isoformat() == "2026-01-05"
    assert line["promised_on"].isoformat() == "2026-01-19"
    assert [(row["received_on"].isoformat(), row["qty"]) for row in receipts] == [
        ("2026-01-08", 4), ("2026-01-10", 6), ("2026-01-10", -1),
    ]  # fmt: skip


def test_a_rest_without_a_backorder_is_called_off_when_its_move_is(world):
    world.buy(1, qty=10)
    world.later(days=3)
    world.move(1, 1, 6.0)
    world.move(2, 1, 4.0, state="assigned")
    world.later(minutes=20)
    [line], _, state = world.rows("purchase_lines")
    assert (line["cancelled_on"], line["cancelled_qty"]) == (None, None)
    world.later(days=1)
    world.write("stock.move", 2, state="cancel")
    world.later(minutes=20)
    [line], _, _ = world.rows("purchase_lines", state)
    assert (line["cancelled_on"].isoformat(), line["cancelled_qty"]) == ("2026-01-09", 4)


def test_dozens_are_one_quantity_throughout(world):
    world.buy(1, qty=2, unit=2)
    world.later(minutes=20)
    [line], _, _ = world.rows("purchase_lines")
    assert (line["qty"], line["uom"]) == (24, "Units")


def test_a_sale_and_its_shipment(world):
    world.write("sale.order", 1, name="S1", state="sale", partner_id=11, date_order=world.now,
                commitment_date=world.now + timedelta(days=7), warehouse_id=1)  # fmt: skip
    world.write("sale.order.line", 1, order_id=1, product_id=1, product_uom=1,
                product_uom_qty=3.0, price_unit=5.0)  # fmt: skip
    world.write("stock.move", 1, product_id=1, product_uom=1, state="done", date=world.now,
                location_id=STOCK, location_dest_id=CUSTOMERS, quantity_done=3.0,
                sale_line_id=1)  # fmt: skip
    world.later(minutes=20)
    assert world.rows("sales")[0][0]["customer_ref"] == "11"
    assert world.rows("sale_lines")[0][0]["promised_on"].isoformat() == "2026-01-12"
    assert [row["qty"] for row in world.rows("shipments")[0]] == [3]


def test_only_what_changed_is_read_again(world):
    world.buy(1)
    world.buy(2)
    world.later(minutes=20)
    first, _, state = world.rows("purchases")
    assert len(first) == 2
    world.later(hours=1)
    world.write("purchase.order", 2, state="cancel")
    world.tables.touch("purchase.order.line", [2], world.now)
    world.later(minutes=20)
    [changed], _, _ = world.rows("purchases", state)
    assert (changed["source_id"], changed["status"]) == ("2", "cancel")


def test_a_service_is_told_apart(world):
    world.later(minutes=20)
    items, _, _ = world.rows("items")
    assert {row["name"]: row["is_service"] for row in items} == {"Bolt": False, "Advice": True}


def test_an_item_that_is_archived_is_no_longer_used(world):
    world.write("product.product", 2, active=False)
    world.later(minutes=20)
    items, _, _ = world.rows("items")
    assert {row["name"]: row["is_active"] for row in items} == {"Bolt": True, "Advice": False}


def test_a_check_names_what_is_missing_and_the_zone(world):
    health = world.source().check()
    assert (health.zone, health.missing) == ("UTC", ())


PRODUCTION = ("make_orders", "consumptions", "bom_lines")


def test_a_database_without_production_has_none_and_that_is_no_fault():
    world = World(without=("mrp",))
    source = world.source()
    assert source.check().missing == ()
    for name in PRODUCTION:
        rows, rejected, state = world.rows(name)
        assert (rows, rejected) == ([], [])
        assert state["high"]
        spec = next(one for one in source.streams if one.name == name)
        assert [ids for _, batch in source.ids(spec) for ids in batch] == []


def test_a_database_that_lacks_what_every_one_has_is_told(world):
    health = World(without=("account",)).source().check()
    assert health.missing == ("invoices: account.move",)


def test_goods_are_valued_in_every_version(world):
    world.transfer(1, 4.0, SUPPLIERS, STOCK, company_id=1, value=10.0, is_in=True)
    world.write("stock.valuation.layer", 1, stock_move_id=1, product_id=1, value=10.0)
    world.later(minutes=20)
    [move], _, state = world.rows("stock_moves")
    assert (move["value"], move["currency"], move["to_ref"]) == (10, "EUR", f"location/{STOCK}")
    if world.face.major < 19:
        world.later(hours=2)  # freight comes on top of it: the move itself is not touched
        world.write("stock.valuation.layer", 2, stock_move_id=1, product_id=1, value=2.0)
        world.later(minutes=20)
        [move], _, _ = world.rows("stock_moves", state)
        assert move["value"] == 12


def test_a_receipt_is_told_again_when_it_is_put_away(world):
    world.buy(1)
    world.move(1, 1, 4.0, end=DOCK)
    world.transfer(2, 4.0, DOCK, STOCK, state="assigned", move_orig_ids=[1])
    world.later(minutes=20)
    [at_dock], _, state = world.rows("receipts")
    assert at_dock["available_at"] is None
    world.later(days=2)
    world.write("stock.move", 2, state="done", date=world.now)
    put_away = world.now
    world.later(minutes=20)
    [in_stock], _, _ = world.rows("receipts", state)
    assert in_stock["available_at"] == put_away
    assert in_stock["received_at"] == at_dock["received_at"]


def test_a_stream_that_does_not_exist_cannot_be_skipped(world):
    with pytest.raises(SourceError, match="no stream 'nonsense'"):
        world.source(skip=("nonsense",))
    assert "sales" not in [one.name for one in world.source(skip=("sales",)).streams]


@pytest.mark.parametrize("model", ["purchase.order", "purchase.order.line", "stock.picking"])
def test_the_demo_answers_in_the_shapes_of_a_real_odoo(model):
    recorded = sample("odoo16_jsonrpc.json")[model]["response"]["result"][0]
    world = World()
    world.buy(1)
    world.write("stock.picking", 1, name="WH/IN/1", state="done", purchase_id=1,
                scheduled_date=world.now, date_done=world.now)  # fmt: skip
    names = [name for name in recorded if name in world.face.tables.read(model, 1, ["id"])
             or name in _known(model)]  # fmt: skip
    made = world.tables.read(model, 1, [name for name in names if name != "id"])
    assert len(names) > 3
    for name in names:
        real, ours = recorded[name], made[name]
        if real is False or ours is False:
            continue
        assert _kind(real) == _kind(ours), name


def _known(model):
    from bot.demo.odoo_schema import columns

    return columns(model)


def _kind(value):
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "link" if len(value) == 2 and isinstance(value[1], str) else "ids"
    return f"text of {len(value)}" if str(value)[:4].isdigit() and ":" in value else "text"
