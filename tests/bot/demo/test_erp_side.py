import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo._cast import customers
from bot.demo._erp_side import Erp
from bot.demo.odoo_tables import Tables

T0 = datetime(2026, 1, 1, tzinfo=UTC)
LATER = T0 + timedelta(days=9)


@pytest.fixture
def erp():
    return Erp(Tables(), random.Random(1), T0)


def bought(erp):
    partner = erp.partner("Acme", erp.country("DE", T0), T0, supplier_rank=1)
    return erp.buy(partner, ["Felt 5 mm", "Washer 8 mm"], LATER, T0)


def states(erp, wanted):
    return {erp.tables.value("stock.move", one.move, "state") for one in wanted}


def test_a_purchase_waits_for_its_goods(erp):
    _, picking, wanted = bought(erp)
    assert states(erp, wanted) == {"assigned"}
    assert erp.tables.value("stock.picking", picking, "state") == "assigned"


def test_what_is_received_is_done_in_full(erp):
    order, picking, wanted = bought(erp)
    assert erp.receive(order, picking, wanted, 1.0, LATER) == (picking, [])
    assert states(erp, wanted) == {"done"}
    for one in wanted:
        assert erp.tables.value("purchase.order.line", one.line, "qty_received") == one.qty


def test_a_part_leaves_the_rest_to_come(erp):
    order, picking, wanted = bought(erp)
    more, rest = erp.receive(order, picking, wanted, 0.5, LATER)
    assert more != picking
    erp.receive(order, more, rest, 1.0, LATER)
    for one in wanted:
        assert erp.tables.value("purchase.order.line", one.line, "qty_received") == one.qty
        moved = [
            erp.tables.value("stock.move", move, "quantity_done")
            for move in erp.tables.value("purchase.order.line", one.line, "move_ids")
        ]
        assert sum(moved) == one.qty


def test_a_cancelled_purchase_is_so_throughout(erp):
    order, picking, wanted = bought(erp)
    erp.cancel_purchase(order, picking, wanted, LATER)
    assert states(erp, wanted) == {"cancel"}
    assert erp.tables.value("purchase.order.line", wanted[0].line, "state") == "cancel"


def test_a_sale_is_shipped(erp):
    partner = erp.partner("Nord", erp.country("DE", T0), T0, customer_rank=1)
    picking, wanted = erp.sell(partner, customers()[0], LATER, T0)
    erp.ship(picking, wanted, LATER)
    assert states(erp, wanted) == {"done"}
    assert erp.tables.value("stock.picking", picking, "date_done")
