import pytest

from bot.demo._production import Production
from bot.demo._range import BY_NAME
from tests.bot.demo.small_works import DAY, T0, fill, of, put, small_works

BENCH = BY_NAME["Pine bench P150"]


@pytest.fixture
def works():
    return small_works()


def make(works, qty=2.0):
    done = []
    bench = works.books.products[BENCH.name]
    move = Production(works).make(bench, qty, "S1", T0 + 20 * DAY, done.append, T0)
    return bench, move, done


def order(works):
    [found] = of(works, "mrp.production", "state", "date_start", "date_finished", "qty_produced")
    return found


def test_an_order_starts_when_all_its_material_is_there(works):
    _, _, done = make(works)
    works.agenda.run_to(T0 + 5 * DAY)
    assert order(works) == ("confirmed", False, False, 0.0)
    for item, each in list(BENCH.needs.items())[1:]:
        put(works, item, each * 2.0, T0 + 5 * DAY)
    works.agenda.run_to(T0 + 9 * DAY)
    assert order(works)[0] == "confirmed"
    first, each = next(iter(BENCH.needs.items()))
    put(works, first, each * 2.0, T0 + 9 * DAY)
    works.agenda.run_to(T0 + 30 * DAY)
    state, start, finish, made = order(works)
    assert (state, made) == ("done", 2.0)
    assert (T0 + 9 * DAY).isoformat(" ")[:19] < start < finish
    assert len(done) == 1


def test_what_is_finished_has_used_up_what_is_on_its_bill(works):
    fill(works, BENCH.needs, 3)
    bench, move, _ = make(works)
    works.agenda.run_to(T0 + 30 * DAY)
    for item, each in BENCH.needs.items():
        assert works.stock.available(works.books.products[item]) == each
    assert works.stock.available(bench) == 2
    assert works.books.tables.value("stock.move", move, "state") == "done"
    used = {
        (works.books.names[product], qty)
        for order, product, qty in of(
            works, "stock.move", "raw_material_production_id", "product_id", "quantity_done"
        )
        if order
    }
    assert used == {(item, each * 2.0) for item, each in BENCH.needs.items()}


def test_material_is_reserved_when_the_order_is_released(works):
    fill(works, BENCH.needs, 2)
    make(works)
    assert all(works.stock.available(works.books.products[item]) == 0 for item in BENCH.needs)
