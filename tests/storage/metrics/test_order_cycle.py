"""Order cycle times: whole orders, what customers made us wait for, and lifelines as the judge."""

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.metrics.order_cycle import course, dwell, now, orders, placed, split, usual_cycle
from tests.storage.metrics.deliveries import TODAY, ago, fill, known, sold
from tests.storage.world import World


def one(*args, **more):
    (found,) = orders([sold(*args, **more)])
    return found


def days(order):
    span = order.span
    return ((span.end or span.left or TODAY) - span.start).days


def test_an_order_ends_when_its_last_line_does():
    (found,) = orders([sold(1, (50, 1)), sold(1, (45, 1)), sold(4, (55, 2), (40, 2))])
    assert found.span.end == ago(40)


def test_an_order_is_open_while_a_line_is():
    (found,) = orders([sold(1, (50, 1)), sold(1)])
    assert (found.span.end, found.span.left) == (None, None)


def test_lines_called_off_do_not_count_and_all_of_them_end_it_unfinished():
    (part,) = orders([sold(1, (50, 1)), sold(1, cancelled=30)])
    assert part.span.end == ago(50)
    (whole,) = orders([sold(1, cancelled=40), sold(1, cancelled=30)])
    assert (whole.span.end, whole.span.left) == (None, ago(30))


def test_the_day_at_the_customer_counts_where_it_is_known():
    assert one(1, (50, 1, 47)).span.end == ago(47)


@pytest.mark.parametrize(
    ("order", "waited", "net"),
    [
        (one(1, (50, 1)), 0, 10),
        (one(1, (50, 1), requested=57), 0, 10),
        (one(1, (30, 1), requested=30), 25, 5),
        (one(1, (25, 1), requested=30), 25, 10),
        (one(1, (50, 1), requested=30), 5, 5),
        (one(1, (57, 1), requested=30), 0, 3),
        (one(1, (50, 1), requested=70), 0, 10),
    ],
    ids=[
        "no day asked for", "a day within the usual", "delivered on its day", "5 days late",
        "early: it waited less", "faster than usual", "a day before the order",
    ],
)  # fmt: skip
def test_dwell_is_the_waiting_asked_for_less_the_usual_cycle(order, waited, net):
    assert dwell(order, order.span.end, usual=5) == waited
    assert placed([order], TODAY, 5).gross.median == waited + net
    if order.requested_on:
        assert placed([order], TODAY, 5).net.median == net


@given(st.integers(0, 200), st.one_of(st.none(), st.integers(-50, 200)), st.integers(0, 60))
def test_net_time_never_runs_backwards_nor_below_0(took, wish, usual):
    order = one(ordered=200, requested=None if wish is None else 200 - wish)
    net = [
        after - dwell(order, order.span.start + timedelta(after), usual) for after in range(took)
    ]
    assert net == sorted(net)
    assert all(0 <= days_ <= after for after, days_ in enumerate(net))


def test_the_usual_cycle_is_that_of_orders_that_do_not_wait():
    at_once = [one(1, (56, 1), order=f"A{n}") for n in range(6)]
    waiting = [one(1, (20, 1), requested=20, order=f"B{n}") for n in range(20)]
    assert usual_cycle(at_once + waiting, TODAY) == 4
    # too few of them: what a quarter of all are delivered within
    assert usual_cycle(at_once[:4] + waiting, TODAY) == 40
    assert usual_cycle([], TODAY) is None


def test_net_is_null_where_no_order_says_for_when():
    found = placed([one(1, (50, 1))], TODAY, 5)
    assert (found.net, found.waiting, found.dwell) == (None, 0, None)
    assert placed([one(1, (30, 1), requested=30)], TODAY, None).net is None


def test_how_many_wait_and_how_long_is_said():
    found = placed(
        [one(1, (30, 1), requested=30), one(requested=10, order="S2"), one(order="S3")], TODAY, 5
    )
    assert (found.waiting, found.dwell) == (2, 35)


def test_now_is_what_was_under_way_lately_and_the_course_what_it_was_before():
    lines = []
    for day in range(1, 300, 2):
        takes = 4 if day > 100 else 9
        sent = ((day - takes, 1),) if takes < day else ()
        lines.append(sold(1, *sent, ordered=day, order=f"S{day}", requested=day - 1))
    every = orders(lines)
    found = now(every, TODAY, usual_cycle(every, TODAY))
    assert (found.gross.method, found.gross.median, found.net.median) == ("period", 9, 9)
    (before,) = course(every, [ago(120)])
    assert before.median == 4


def test_split_by_item_an_order_counts_in_each_with_its_lines_there(tmp_path):
    world = World(tmp_path)
    order = world.fact("salesorder", number="S1", **world.when("ordered", "2026-01-01"))
    for name, day in (("Bolt", "2026-01-05"), ("Pane", "2026-01-09")):
        world.ship(world.sales_line(order, item=world.item(name)), day)
    groups = split(orders(known(world)), "item")
    assert {item.name: days(found[0]) for item, found in groups.items()} == {
        "Bolt": 4, "Pane": 8,
    }  # fmt: skip
    assert len(orders(known(world))) == 1


@pytest.mark.slow
def test_it_is_what_pandas_and_lifelines_find(tmp_path):
    world = World(tmp_path)
    fill(world, seed=41, lines=600)
    lines = pd.read_sql(
        "SELECT l.source_id AS id, l.order_ref, l.qty, l.requested_on, o.ordered_on,"
        " COALESCE(l.cancelled_on, o.cancelled_on) AS off FROM salesline l"
        " JOIN salesorder o ON o.source_id = l.order_ref", world.store.engine,
        parse_dates=["requested_on", "ordered_on", "off"],
    )  # fmt: skip
    sent = pd.read_sql(
        "SELECT line_ref AS id, shipped_on, qty AS part FROM shipment WHERE qty > 0 ORDER BY id",
        world.store.engine, parse_dates=["shipped_on"],
    )  # fmt: skip
    today = pd.Timestamp(TODAY)
    sent = sent[sent.shipped_on < today].sort_values("shipped_on", kind="stable")
    sent["total"] = sent.groupby("id").part.cumsum()
    # of what was called off after a part had gone, that part is all that was wanted
    gone = lines.id.map(sent.groupby("id").total.max())
    lines["goal"] = gone.where((lines.off < today) & (gone < lines.qty)).fillna(lines.qty)
    sent = sent.merge(lines[["id", "goal"]], on="id").query("total >= goal")
    lines["done"] = lines.id.map(sent.groupby("id").shipped_on.min())
    lines["off"] = lines.off.where(lines.done.isna() & (lines.off < today))
    wanted = lines[lines.off.isna()].groupby("order_ref")
    judge = lines.groupby("order_ref").agg(start=("ordered_on", "first"), left=("off", "max"))
    judge["end"] = wanted.done.max().where(wanted.done.count() == wanted.size())
    judge["left"] = judge.left.where(~judge.index.isin(wanted.groups))
    called_off = lines[~lines.order_ref.isin(wanted.groups)].groupby("order_ref")
    asked = pd.concat([wanted.requested_on.max(), called_off.requested_on.max()])
    judge["wished"] = (asked - judge.start).dt.days
    until = judge.end.fillna(judge.left).fillna(today)
    gross = (until - judge.start).dt.days.clip(lower=0)
    waited = (judge.wished.fillna(0).combine(gross, min) - 6).clip(lower=0)

    found = placed(orders(known(world)), TODAY, 6)
    assert found.gross.n == len(judge) > 100
    assert found.waiting == (judge.wished > 6).sum()
    assert found.dwell == (judge.wished[judge.wished > 6] - 6).median()
    for curve, took in ((found.gross.curve, gross), (found.net.curve, gross - waited)):
        fitted = KaplanMeierFitter().fit(took, judge.end.notna())
        for day in (0, 3, 6, 10, 20, 40):
            assert curve.at(day) == pytest.approx(fitted.predict(day))
