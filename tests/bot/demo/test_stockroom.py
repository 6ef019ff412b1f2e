import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo._books import DOCK, FROM_SUPPLIERS, STOCK, TO_CUSTOMERS
from bot.demo._stockroom import MEMORY_DAYS, Need, Supply
from tests.bot.demo.small_works import DAY, T0, of, put, small_works

AWAY, OUT = (DOCK, STOCK), (STOCK, TO_CUSTOMERS)


@pytest.fixture
def works():
    return small_works()


def need(works, qty, seen=None, name="Foot"):
    product = works.books.products[name]
    move = works.stock.plan(product, qty, OUT, T0, T0)
    return Need(move, product, qty, lambda at: seen.append(qty) if seen is not None else None)


def state(works, one):
    return works.books.tables.value("stock.move", one.move, "state")


def test_what_is_there_is_reserved_at_once_and_for_one_only(works):
    foot, seen = put(works, "Foot", 10.0), []
    first, second = need(works, 7.0, seen), need(works, 4.0, seen)
    works.stock.ask(first, T0)
    works.stock.ask(second, T0)
    assert seen == [7.0]
    assert (state(works, first), state(works, second)) == ("assigned", "waiting")
    assert works.stock.available(foot) == 3


def test_who_came_first_gets_goods_first_even_if_less_would_do_for_another(works):
    foot, seen = put(works, "Foot", 3.0), []
    for qty in (7.0, 2.0):
        works.stock.ask(need(works, qty, seen), T0)
    assert seen == []
    put(works, "Foot", 5.0)
    assert seen == [7.0]
    put(works, "Foot", 1.0)
    assert seen == [7.0, 2.0]
    assert works.stock.available(foot) == 0


def test_those_who_wait_are_linked_to_goods_on_their_way_in_their_order(works):
    foot = works.books.products["Foot"]
    needs = [need(works, qty) for qty in (6.0, 6.0)]
    for one in needs:
        works.stock.ask(one, T0)
    moves = [works.stock.plan(foot, 8.0, AWAY, T0, T0) for _ in range(2)]
    supplies = [Supply(foot, [move], 8.0) for move in moves]
    for supply in supplies:
        works.stock.expect(supply, T0)
    origins = [works.books.tables.value("stock.move", one.move, "move_orig_ids") for one in needs]
    assert origins == [[moves[0]], moves]
    assert [supply.free for supply in supplies] == [0, 4]
    late = need(works, 3.0)
    works.stock.ask(late, T0)
    assert works.books.tables.value("stock.move", late.move, "move_orig_ids") == [moves[1]]


def test_goods_that_will_not_come_leave_those_who_wait_without_a_promise(works):
    foot, one = works.books.products["Foot"], need(works, 6.0)
    works.stock.ask(one, T0)
    supply = Supply(foot, [works.stock.plan(foot, 8.0, AWAY, T0, T0)], 8.0)
    works.stock.expect(supply, T0)
    assert (one.unpromised, works.stock.position(foot)) == (0, 2)
    works.stock.arrived(supply, 8.0)
    works.stock.forget(supply)
    assert (one.unpromised, works.stock.position(foot)) == (6, -6)


def test_a_part_that_comes_later_is_awaited_too(works):
    foot, one = works.books.products["Foot"], need(works, 6.0)
    works.stock.ask(one, T0)
    first, second = (works.stock.plan(foot, 8.0, AWAY, T0, T0) for _ in range(2))
    supply = Supply(foot, [first], 8.0)
    works.stock.expect(supply, T0)
    works.stock.divert(supply, second, T0)
    assert works.books.tables.value("stock.move", one.move, "move_orig_ids") == [first, second]


def test_what_comes_in_or_goes_out_is_valued_and_what_only_moves_is_not(works):
    stock, foot = works.stock, works.books.products["Foot"]
    come, away, out = (stock.plan(foot, 10.0, way, T0, T0)
                       for way in ((FROM_SUPPLIERS, DOCK), AWAY, OUT))  # fmt: skip
    stock.done(come, foot, 10.0, (FROM_SUPPLIERS, DOCK), T0, value=11.0)
    stock.done(away, foot, 10.0, AWAY, T0)
    stock.done(out, foot, 4.0, OUT, T0)
    assert of(works, "stock.valuation.layer", "stock_move_id", "value") == [
        (come, 11.0), (out, -4.8),
    ]  # fmt: skip


def test_more_than_there_is_cannot_go_out(works):
    foot = put(works, "Foot", 3.0)
    with pytest.raises(ValueError, match="Foot: more goes out"):
        works.stock.done(works.stock.plan(foot, 4.0, OUT, T0, T0), foot, 4.0, OUT, T0)


def test_the_count_is_what_the_moves_left_and_what_is_reserved(works):
    put(works, "Foot", 10.0)
    works.stock.ask(need(works, 4.0), T0 + DAY)
    works.stock.count()
    assert of(works, "stock.quant", "location_id", "quantity", "reserved_quantity", "value") == [
        (STOCK, 10.0, 4.0, 12.0),
    ]  # fmt: skip


def test_what_is_asked_for_is_remembered_and_fades(works):
    foot = put(works, "Foot", 1e6)
    works.stock.start_with(foot, 5.0, T0)
    assert works.stock.per_day(foot, T0) == pytest.approx(5.0)
    for day in range(600):
        works.stock.ask(need(works, 2.0), T0 + day * DAY)
    assert works.stock.per_day(foot, T0 + 599 * DAY) == pytest.approx(2.0, rel=0.02)
    much_later = T0 + (599 + MEMORY_DAYS) * DAY
    assert works.stock.per_day(foot, much_later) == pytest.approx(2.0 / 2.718, rel=0.02)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["ask", "put"]), st.integers(1, 9)), max_size=30))
def test_nobody_gets_what_is_not_there_and_nobody_is_passed_over(steps):
    works, met, asked, there = small_works(), [], [], 0.0
    for what, qty in steps:
        if what == "put":
            put(works, "Foot", float(qty))
            there += qty
        else:
            asked.append(float(qty))
            works.stock.ask(need(works, float(qty), met), T0)
    assert met == asked[: len(met)]
    assert sum(met) <= there
    if len(met) < len(asked):
        assert sum(met) + asked[len(met)] > there
