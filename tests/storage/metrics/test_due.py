"""The one shape of what is due: both sides, windows, shares."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known.purchases import purchase_lines
from storage.known.rates import Rates
from storage.metrics._due import (
    Tolerance,
    by_value,
    due_in,
    of_purchases,
    of_sales,
    per_line,
    per_order,
    split,
    without_day,
)
from storage.metrics.otif import holds, how_missed
from tests.storage.metrics.deliveries import NOW, TODAY, ago, due, known, sold
from tests.storage.world import World

EURO = Rates("EUR", [])


def window(*lines, since=90, until=0, **how):
    return due_in(lines, ago(since), ago(until), TODAY, **how)


def test_a_purchase_and_a_sale_with_the_same_facts_are_due_alike(tmp_path):
    world = World(tmp_path)
    bought = world.purchase(None, None, "2026-01-01", qty=10, promised="2026-01-20")
    sold = world.sale(None, "2026-01-01", qty=10, promised="2026-01-20")
    for day, qty in (("2026-01-10", 4), ("2026-01-20", 6)):
        world.receive(bought, day, qty=qty)
        world.ship(sold, day, qty=qty)
    with world.reader() as session:
        (purchase,) = of_purchases(purchase_lines(session, NOW, NOW - timedelta(900), NOW))
    (sale,) = of_sales(known(world))
    assert purchase.parts == sale.parts
    assert purchase.day() == sale.day() == date(2026, 1, 20)
    assert holds()(purchase) is holds()(sale) is True


def test_what_is_owed_is_what_is_still_to_come(tmp_path):
    world = World(tmp_path)
    bought = world.purchase(None, None, "2026-01-01", qty=10)
    sold = world.sale(None, "2026-01-01", qty=10)
    for qty in (6, -2):
        world.receive(bought, "2026-01-10", qty=qty)
        world.ship(sold, "2026-01-10", qty=qty)
    with world.reader() as session:
        (purchase,) = of_purchases(purchase_lines(session, NOW, NOW - timedelta(900), NOW))
    (sale,) = of_sales(known(world))
    # what went back to the supplier is to be replaced, what a customer sent back is not wanted
    assert (purchase.owed, sale.owed) == (6, 4)
    assert due(5, (40, 5)).owed == due(5, cancelled=3).owed == 0


@pytest.mark.parametrize(
    ("called_off", "how"), [("2026-01-15", None), ("2026-01-20", None), ("2026-01-25", "short")]
)
def test_what_was_called_off_of_a_purchase_in_time_was_not_wanted(tmp_path, called_off, how):
    """Six of ten came in time; the other four were given up before the day, on it, or after."""
    world = World(tmp_path)
    order = world.fact("purchaseorder", number="P", **world.when("ordered", "2026-01-01"))
    line = world.purchase_line(
        order, None, qty=10, promised="2026-01-20", cancelled_qty=Decimal(4),
        **world.when("cancelled", called_off),
    )  # fmt: skip
    world.receive(line, "2026-01-10", qty=6)
    with world.reader() as session:
        (one,) = of_purchases(purchase_lines(session, NOW))
    assert (one.is_open, one.owed) == (False, 0)
    assert window(one).lines == (one,)
    assert how_missed(one) == how


def test_the_day_is_the_first_promise_else_the_day_asked_for():
    one = due(requested=30, first=20, latest=10)
    assert [one.day(target) for target in ("due", "requested", "first", "latest")] == [
        ago(20), ago(30), ago(20), ago(10),
    ]  # fmt: skip
    assert due(requested=30).day() == ago(30)
    assert due(requested=30).day("first") is None
    assert due().day() is None


def test_a_window_holds_what_was_due_in_it_whenever_it_was_ordered():
    old, edge, after = due(first=90, ordered=900), due(first=91, ordered=95), due(first=1)
    assert window(old, edge, after).lines == (old, after)
    assert window(old, edge, after, until=1).lines == (old,)


def test_a_line_is_judged_when_its_day_and_its_tolerance_are_over():
    assert window(due(first=0), until=-1).lines == ()
    yesterday = due(first=1)
    assert window(yesterday).lines == (yesterday,)
    assert window(yesterday, tolerance=Tolerance(late=1)).lines == ()


def test_what_was_called_off_in_time_is_not_due_and_what_was_later_is():
    in_time, on_the_day, later = (due(first=30, cancelled=day) for day in (40, 30, 29))
    found = window(in_time, on_the_day, later)
    assert (found.lines, found.called_off) == ((later,), (in_time, on_the_day))


def test_a_day_before_the_order_is_absurd_and_as_good_as_none():
    absurd, same = due(first=61, ordered=60), due(first=60, ordered=60)
    assert window(absurd, same).lines == (same,)
    assert without_day([absurd, same], ago(90), TODAY) == [absurd]


def test_lines_of_no_or_a_negative_quantity_are_no_deliveries():
    assert of_sales([sold(0, first=10), sold(-3, first=10), sold(1, first=10)])[0].qty == 1


def test_lines_without_any_day_are_counted_by_the_day_they_were_ordered():
    lines = [due(ordered=10), due(ordered=100), due(ordered=10, requested=2)]
    assert without_day(lines, ago(90), TODAY) == lines[:1]


def test_parts_add_up_and_returns_are_taken_off():
    one = due(10, (30, 4), (20, 6), (15, -1))
    assert [one.came_by(ago(day)) for day in (31, 30, 20, 15)] == [0, 4, 10, 9]
    assert one.reached(Decimal(10)) == ago(20)
    assert one.reached(Decimal(11)) is None


def test_what_is_reversed_on_its_day_never_came():
    assert due(10, (30, 10), (30, -10), (20, 10)).reached(Decimal(10)) == ago(20)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(-5, 9)), max_size=6), st.integers(1, 9))
def test_less_is_never_reached_later(parts, qty):
    one = due(qty, *parts)
    days = [one.reached(Decimal(part)) for part in range(1, qty + 1)]
    known_ = [day for day in days if day]
    assert known_ == sorted(known_)
    assert None not in days[: len(known_)]


def test_a_share_of_nothing_is_null_and_never_0_or_100_percent():
    for share in (per_line([], holds()), per_order([], holds()), by_value([], holds(), EURO)):
        assert (share.rate, share.n, share.low) == (None, 0, None)


def test_an_order_is_met_when_all_its_lines_are():
    met, missed = due(1, (40, 1), first=30), due(first=30)
    assert per_order([met, missed], holds()).rate == 0
    assert per_order([met, due(1, (40, 1), first=30, order="S2"), missed], holds()).rate == 0.5


def test_value_is_weighed_in_one_currency_or_not_at_all():
    lines = [due(1, (40, 1), first=30, price=90), due(first=30, price=30, currency="USD")]
    assert by_value(lines, holds(), EURO).rate is None
    rates = Rates("EUR", [("USD", ago(100), Decimal("0.5"))])
    share = by_value(lines, holds(), rates)
    assert (share.hits, share.n, share.currency) == (90, 105, "EUR")
    unpriced = due(first=30, price=None)
    assert by_value([*lines[:1], unpriced], holds(), EURO).rate == 1


def test_lines_without_a_value_of_a_dimension_stand_under_null():
    one = due()
    assert split([one], "carrier") == {None: [one]}
    assert split([one], "customer") == {one.party: [one]}


def test_the_days_are_local_ones_across_the_change_of_the_clock(tmp_path):
    """Shipped at 23:30 on the day due, the night before the clock goes forward."""
    world = World(tmp_path)
    world.sale(
        None, "2026-03-01", promised="2026-03-28",
        shipped=datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
    )  # fmt: skip
    (one,) = of_sales(known(world, datetime(2026, 3, 29, 6, tzinfo=UTC)))
    assert holds()(one)
    assert due_in([one], date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 29)).lines == (one,)
