"""OTIF against SQL written apart, on random deliveries; and what the ERPs get wrong."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage.known.rates import Rates
from storage.metrics._due import Tolerance, by_value, due_in, of_sales, per_line, per_order
from storage.metrics.otif import holds, how_missed, in_full, misses, on_time
from tests.storage.metrics.deliveries import NOW, TODAY, ago, due, fill, known
from tests.storage.world import World

# what was due in 200 days, judged line by line; a part counts from the day on which it left
JUDGE = """
WITH line AS (
  SELECT l.source_id AS id, l.order_ref, l.qty, l.qty * l.unit_price AS money, o.currency,
         {day} AS day, o.ordered_on, COALESCE(l.cancelled_on, o.cancelled_on) AS off_on
    FROM salesline l JOIN salesorder o ON o.source_id = l.order_ref),
came AS (
  SELECT line_ref, shipped_on AS day, SUM(qty) AS qty FROM shipment
   WHERE shipped_on < :today GROUP BY 1, 2),
running AS (
  SELECT line_ref, day, SUM(MAX(qty, 0)) OVER (PARTITION BY line_ref ORDER BY day) AS total
    FROM came),
gross AS (
  SELECT line_ref, SUM(MAX(qty, 0)) AS total, MAX(shipped_on) FILTER (WHERE qty > 0) AS last_on
    FROM shipment WHERE shipped_on < :today GROUP BY 1),
wanted AS (
  SELECT line.*, COALESCE(g.total, 0) AS gone, g.last_on,
         CASE WHEN off_on <= line.day AND g.total > 0 THEN MIN(g.total, line.qty)
              ELSE line.qty END AS goal
    FROM line LEFT JOIN gross g ON g.line_ref = id),
judged AS (
  SELECT wanted.*,
         COALESCE(
           (SELECT MIN(r.day) FROM running r WHERE r.line_ref = id AND r.total >= goal),
           CASE WHEN off_on < :today AND gone < qty THEN last_on END
         ) <= wanted.day AS in_time,
         COALESCE((SELECT SUM(c.qty) FROM came c WHERE c.line_ref = id AND c.day <= wanted.day), 0)
           >= goal AS whole
    FROM wanted
   WHERE wanted.day >= :since AND wanted.day < :today AND wanted.day >= ordered_on
     AND NOT (off_on IS NOT NULL AND off_on <= wanted.day AND gone = 0))
SELECT id, order_ref, COALESCE(in_time, 0) AS in_time, whole, money, currency FROM judged"""
DAY = {
    "due": "COALESCE(l.promised_first, l.requested_on)", "requested": "l.requested_on",
    "first": "l.promised_first", "latest": "l.promised_on",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("deliveries"))
    fill(world, seed=11, lines=700)
    return world


def judged(world, target="due"):
    with world.reader() as session:
        bound = {"today": TODAY.isoformat(), "since": ago(200).isoformat()}
        return session.execute(text(JUDGE.format(day=DAY[target])), bound).all()


def found(world, target="due"):
    return due_in(of_sales(known(world)), ago(200), TODAY, TODAY, target)


@pytest.mark.parametrize("target", DAY)
def test_lines_on_time_in_full_and_both_are_those_of_a_judge(world, target):
    rows, lines = judged(world, target), found(world, target).lines
    assert {row.id for row in rows} == {one.key[1] for one in lines}
    assert len(rows) > 150
    for test, expected in (
        (on_time(target), {row.id for row in rows if row.in_time}),
        (in_full(target), {row.id for row in rows if row.whole}),
        (holds(target), {row.id for row in rows if row.in_time and row.whole}),
    ):
        assert {one.key[1] for one in lines if test(one)} == expected
        assert per_line(lines, test).rate == pytest.approx(len(expected) / len(rows))


def test_the_judge_saw_all_kinds_of_lines(world):
    kinds = {(bool(row.in_time), bool(row.whole)) for row in judged(world)}
    assert kinds == {(True, True), (True, False), (False, False)}
    assert set(misses(found(world).lines)) == {"late", "short", "not come", "called off"}
    assert found(world).called_off


def test_orders_and_value_are_those_of_a_judge(world):
    rows, lines = judged(world), found(world).lines
    orders = {row.order_ref: True for row in rows}
    for row in rows:
        orders[row.order_ref] &= bool(row.in_time and row.whole)
    assert per_order(lines, holds()).rate == pytest.approx(sum(orders.values()) / len(orders))
    euros = [one for one in lines if one.currency == "EUR"]
    priced = [row for row in rows if row.currency == "EUR" and row.money is not None]
    part = sum(row.money for row in priced if row.in_time and row.whole)
    share = by_value(euros, holds(), Rates("EUR", []))
    assert share.rate == pytest.approx(part / sum(row.money for row in priced))
    assert by_value(lines, holds(), Rates("EUR", [])).rate is None


def test_what_is_due_and_has_not_come_counts():
    """Odoo's own rate leaves out lines of which nothing was received: it would say 75 %."""
    lines = [due(1, (40, 1), first=30) for _ in range(3)] + [due(1, (20, 1), first=30)]
    stuck = [due(first=30)]
    odoo = [one for one in lines + stuck if one.parts]
    assert per_line(odoo, on_time()).rate == 0.75
    assert per_line(lines + stuck, on_time()).rate == 0.6


def test_two_receipts_in_time_are_on_time_where_erpnext_says_late():
    one = due(10, (40, 4), (30, 6), first=30)
    assert per_line([one], holds()).rate == 1


@pytest.mark.parametrize(
    ("one", "how"),
    [
        (due(4, (40, 4), first=30), None),
        (due(4, (20, 4), first=30), "late"),
        (due(4, (40, 2), (20, 2), first=30), "short"),
        (due(4, (40, 2), first=30), "short"),
        (due(4, (40, 4), (35, -1), first=30), "short"),
        (due(4, first=30), "not come"),
        (due(4, first=30, cancelled=20), "called off"),
        (due(4, (40, 2), first=30, cancelled=20), "short"),
        (due(4, (40, 2), first=30, cancelled=35), None),
        (due(4), None),
    ],
    ids=["met", "late", "a part late", "a part", "sent back", "nothing", "called off",
         "the rest called off late", "the rest called off in time", "no day"],
)  # fmt: skip
def test_a_line_is_missed_in_one_way(one, how):
    assert how_missed(one) == how


def test_too_early_and_too_much_are_missed_only_where_one_says_so():
    assert how_missed(due(4, (50, 4), first=30), "due", Tolerance(early=5)) == "early"
    assert how_missed(due(4, (40, 9), first=30), "due", Tolerance(over=0)) == "too much"


PARTS = st.lists(st.tuples(st.integers(1, 50), st.integers(-4, 9)), max_size=6)


@given(PARTS, st.integers(1, 9))
def test_both_means_each_and_what_is_not_both_was_missed(parts, qty):
    one = due(qty, *parts, first=25)
    assert holds()(one) == (on_time()(one) and in_full()(one))
    assert holds()(one) == (how_missed(one) is None)


@given(PARTS, st.integers(1, 9), st.integers(0, 5), st.integers(0, 20))
def test_more_tolerance_never_makes_a_line_late(parts, qty, late, short):
    one = due(qty, *parts, first=25)
    loose = Tolerance(late=late, short=Decimal(short) / 100)
    assert on_time("due", loose)(one) or not on_time()(one)


@given(PARTS, st.integers(1, 9), st.lists(st.tuples(st.integers(1, 24), st.integers(-4, 9))))
def test_a_verdict_stands_whatever_comes_or_goes_back_later(parts, qty, later):
    early = [part for part in parts if part[0] >= 25]
    before = due(qty, *early, first=25)
    after = due(qty, *early, *later, first=25)
    for test in (on_time(), in_full(), holds()):
        assert test(before) == test(after)


@given(st.dates(date(2025, 1, 1), date(2026, 2, 27)), st.integers(0, 40))
def test_windows_side_by_side_hold_each_line_once(start, length):
    lines = [due(first=day, ordered=430) for day in range(1, 430, 3)]
    middle, end = start + timedelta(length), start + timedelta(2 * length)
    whole = due_in(lines, start, end, TODAY).lines
    parts = [due_in(lines, *days, TODAY).lines for days in ((start, middle), (middle, end))]
    assert set(whole) == {*parts[0], *parts[1]}
    assert len(whole) == len(parts[0]) + len(parts[1])


def test_before_a_shipment_was_known_the_line_was_late(world, tmp_path):
    other = World(tmp_path)
    other.sale(None, "2026-01-01", promised="2026-01-10", shipped="2026-01-10")
    before = of_sales(known(other, NOW - timedelta(days=50)))
    assert [holds()(one) for one in before] == [False]
    assert [holds()(one) for one in of_sales(known(other))] == [True]
