import pytest

from bot.demo._accounts import Accounts
from bot.demo._books import DOCK, STOCK, TO_CUSTOMERS
from bot.demo._cast import SLOW_SINCE, SLOWING, SUPPLIERS
from bot.demo._purchasing import Purchasing, reach
from bot.demo._stockroom import Need
from tests.bot.demo.small_works import DAY, T0, of, small_works

BOLTS = next(one for one in SUPPLIERS if one.name == "Danube Fasteners")
STEEL = next(one for one in SUPPLIERS if one.name == SLOWING)


def bought(days, *, per_day=10.0):
    """A company that uses some bolts a day and had none, after so many days."""
    works = small_works()
    for item in BOLTS.items if per_day else ():
        works.stock.start_with(works.books.products[item], per_day, T0)
        for day in range(days):
            works.agenda.at(T0 + day * DAY, "use", lambda at, item=item: use(works, item, per_day))
    Purchasing(works, Accounts(works))
    works.agenda.run_to(T0 + days * DAY)
    return works


def use(works, item, qty):
    product = works.books.products[item]
    move = works.stock.plan(product, qty, (STOCK, TO_CUSTOMERS), T0, T0)
    works.stock.ask(Need(move, product, qty, lambda at: None), T0)


def test_what_is_short_is_bought_up_to_what_will_be_used_until_the_next_comes():
    works = bought(60)
    for item in BOLTS.items:
        product = works.books.products[item]
        level = works.stock.per_day(product, T0 + 60 * DAY) * reach(BOLTS)
        # at most what has been used since it was last looked after, and some lots too many
        assert level * 0.75 < works.stock.position(product) <= level * 1.15 + 10
    assert all(qty % 10 == 0 for (qty,) in of(works, "purchase.order.line", "product_qty"))


def test_nothing_is_bought_that_nobody_needs():
    works = bought(60, per_day=0.0)
    assert of(works, "purchase.order", "name") == []


def test_goods_come_to_the_dock_and_are_put_away_later():
    works = bought(40)
    tables = works.books.tables
    arrived = [
        (tables.value("stock.move", move, "date"), nexts)
        for move in tables.ids("stock.move")
        if tables.value("stock.move", move, "location_dest_id") == DOCK
        and tables.value("stock.move", move, "state") == "done"
        for nexts in [tables.value("stock.move", move, "move_dest_ids")]
    ]
    assert len(arrived) > 5
    for when, [away] in arrived:
        assert tables.value("stock.move", away, "location_dest_id") == STOCK
        if tables.value("stock.move", away, "state") == "done":
            assert tables.value("stock.move", away, "date") > when


@pytest.mark.slow
def test_every_line_is_received_in_the_end_in_one_or_two_parts_or_called_off():
    works = bought(700)
    tables = works.books.tables
    parts, states = set(), set()
    early = [line for line in tables.ids("purchase.order.line")
             if tables.value("purchase.order.line", line, "date_planned") < "2027-10"]  # fmt: skip
    for line in early:
        state = tables.value("purchase.order.line", line, "state")
        states.add(state)
        moves = tables.value("purchase.order.line", line, "move_ids")
        got = sum(tables.value("stock.move", move, "quantity_done") for move in moves)
        wanted = tables.value("purchase.order.line", line, "product_qty")
        assert got == (0 if state == "cancel" else wanted)
        assert tables.value("purchase.order.line", line, "qty_received") == got
        parts.add(len(moves))
    assert (parts, states) == ({1, 2}, {"purchase", "cancel"})


def test_what_is_received_is_billed():
    works = bought(60)
    billed = sum(amount for kind, amount in of(works, "account.move", "move_type", "amount_untaxed")
                 if kind == "in_invoice")  # fmt: skip
    layers = sum(value for (value,) in of(works, "stock.valuation.layer", "value"))
    assert billed == pytest.approx(layers)
    assert billed > 0


def test_the_slow_supplier_is_slow_for_orders_of_the_last_weeks_only():
    works = small_works(opened_at=T0 + 300 * DAY)
    purchasing = Purchasing(works, Accounts(works))
    before = works.days_ago(SLOW_SINCE + 1)
    assert purchasing._days(STEEL, before) == STEEL.days
    assert purchasing._days(STEEL, before + 2 * DAY) == 47
    assert purchasing._days(BOLTS, before + 2 * DAY) == BOLTS.days
