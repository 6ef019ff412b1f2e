from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources._odoo_context import reference_data, with_page
from storage.sources._odoo_fields import STREAMS
from storage.sources._odoo_reader import Asked
from storage.sources._odoo_rpc import connect
from tests.storage.sources.odoo_world import CUSTOMERS, DOCK, STOCK, SUPPLIERS, World


@pytest.fixture(params=["16.0", "20.0"])
def world(request):
    return World(request.param)


@pytest.fixture
def rpc(world):
    return connect(world.http(), "demo", "leadline", "demo-key")


def page(rpc, stream):
    asked = Asked.of(rpc, STREAMS[stream])
    rows = asked.page(asked.domain, 0)
    return rows, with_page(rpc, reference_data(rpc, stream, ZoneInfo("UTC")), stream, rows)


def test_what_all_pages_need_is_read_once(rpc):
    known = reference_data(rpc, "receipts", ZoneInfo("UTC"))
    assert known.at("warehouse/1").key == "Europe/Berlin"
    assert known.usage[STOCK] == "internal"
    assert known.place == {STOCK: "warehouse/1", DOCK: "warehouse/1"}
    assert known.factor[2] == Decimal(12)
    assert known.waiting == {DOCK}
    assert reference_data(rpc, "stock_levels", ZoneInfo("UTC")).currency == {1: "EUR"}


def test_lines_come_with_their_orders_and_the_units_of_their_items(world, rpc):
    world.buy(1, unit=2)
    [row], known = page(rpc, "purchase_lines")
    assert (row["id"], known.orders[1]["name"], known.base[1]) == (1, "P1", (1, "Units"))


def test_receipts_come_with_the_moves_that_put_them_away(world, rpc):
    world.buy(1)
    world.move(1, 1, 4.0, end=DOCK)
    world.transfer(2, 4.0, DOCK, STOCK, move_orig_ids=[1])
    world.transfer(3, 4.0, STOCK, CUSTOMERS, move_orig_ids=[2])
    _, known = page(rpc, "receipts")
    assert set(known.moves) == {2}  # what lies in stock is not followed further


def test_moves_come_with_their_values_where_layers_are_kept(world, rpc):
    world.transfer(1, 4.0, SUPPLIERS, STOCK)
    for id_, value in ((1, 40.0), (2, 2.5)):
        world.write("stock.valuation.layer", id_, stock_move_id=1, product_id=1, value=value)
    _, known = page(rpc, "stock_moves")
    assert known.value == ({1: Decimal("42.5")} if world.face.major < 19 else {})


def test_a_stream_that_needs_nothing_asks_for_nothing(world, rpc):
    before = len(world.asked)
    reference_data(rpc, "partners", ZoneInfo("UTC"))
    assert len(world.asked) == before
