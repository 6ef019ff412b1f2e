"""Backorders against pandas and lifelines, on random deliveries."""

from decimal import Decimal

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from storage.known.rates import Rates
from storage.metrics._due import of_sales
from storage.metrics.backorders import backorders, lasted, spans
from tests.storage.metrics.deliveries import TODAY, ago, due, fill, known
from tests.storage.world import World

EURO = Rates("EUR", [])


def owed(*lines, rates=EURO):
    return backorders(lines, TODAY, rates)


def test_what_is_open_past_its_day_is_a_backorder_and_the_oldest_is_first():
    found = owed(due(first=10, order="B"), due(first=30, order="A"), due(first=-5), due(first=0))
    assert [one.due.number for one in found.lines] == ["A", "B"]
    assert (found.share.rate, found.oldest) == (0.5, 30)


def test_what_came_was_called_off_or_has_no_day_is_none():
    found = owed(due(1, (5, 1), first=10), due(first=10, cancelled=5), due())
    assert (found.lines, found.share.rate, found.oldest, found.undated) == ((), None, None, 1)


def test_a_part_that_came_is_not_owed():
    found = owed(due(10, (5, 4), first=10, price=2), due(5, first=-9, price=2))
    assert found.lines[0].due.owed == 6
    assert (found.value.single, found.open_value.single) == ((12, "EUR"), (22, "EUR"))
    assert found.value_share == pytest.approx(12 / 22)


def test_money_of_two_currencies_is_not_one_sum():
    found = owed(due(first=10, currency="USD"), due(first=10))
    assert found.value.by_currency == {"EUR": 10, "USD": 10}
    assert found.value_share is None
    rated = owed(
        due(first=10, currency="USD"), due(first=10),
        rates=Rates("EUR", [("USD", ago(100), Decimal("0.5"))]),
    )  # fmt: skip
    assert (rated.value.single, rated.value_share) == ((15, "EUR"), 1)


def test_nothing_late_is_0_percent_of_what_is_open_and_nothing_open_is_null():
    assert owed(due(first=-5)).value_share == owed(due(first=-5)).share.rate == 0
    assert owed().value_share is owed().share.rate is None


def test_an_age_runs_from_the_first_promise_however_often_it_is_put_off():
    assert owed(due(first=40, latest=-10)).oldest == 40


@pytest.mark.parametrize(
    ("one", "took"),
    [
        (due(1, (25, 1), first=30), [5]),
        (due(1, (30, 1), first=30), []),
        (due(4, (40, 3), (20, 1), first=30), [10]),
        (due(first=30, cancelled=20), [10]),
        (due(4, (40, 3), first=30, cancelled=20), [10]),
        (due(4, (40, 3), first=30, cancelled=35), []),
        (due(first=30, cancelled=30), []),
        (due(first=30, cancelled=40), []),
        (due(first=30), [30]),
        (due(first=0), []),
        (due(), []),
    ],
)
def test_a_backorder_begins_on_the_day_that_was_due(one, took):
    assert [((s.end or s.left or TODAY) - s.start).days for s in spans([one], TODAY)] == took


def test_how_long_they_last_counts_the_open_and_lets_go_of_the_called_off():
    lines = [due(1, (20, 1), first=30, order=f"A{n}") for n in range(4)]
    lines += [due(first=30), due(first=30, cancelled=25), due(first=30), due(first=30)]
    found = lasted(lines, ago(60), TODAY, TODAY)
    assert (found.n, found.open, found.cancelled, found.median) == (8, 3, 1, 10)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("deliveries"))
    fill(world, seed=23, lines=600)
    return world


def frame(world):
    """One row a line, put together by pandas from the tables."""
    lines = pd.read_sql(
        "SELECT l.source_id AS id, l.qty / 1e6 AS qty, l.unit_price / 1e4 AS price, o.currency,"
        " o.ordered_on, COALESCE(promised_first, l.requested_on) AS day,"
        " COALESCE(l.cancelled_on, o.cancelled_on) AS off FROM salesline l"
        " JOIN salesorder o ON o.source_id = l.order_ref", world.store.engine,
        parse_dates=["ordered_on", "day", "off"],
    )  # fmt: skip
    sent = pd.read_sql("SELECT line_ref, shipped_on, qty / 1e6 AS qty FROM shipment ORDER BY id",
                       world.store.engine, parse_dates=["shipped_on"])  # fmt: skip
    sent = sent[sent.shipped_on < pd.Timestamp(TODAY)].sort_values("shipped_on", kind="stable")
    sent["gross"] = sent.qty.clip(lower=0).groupby(sent.line_ref).cumsum()
    lines = lines.set_index("id")
    lines["came"] = sent.groupby("line_ref").gross.max().reindex(lines.index).fillna(0)
    # what has gone out of a line that was called off is all that was wanted of it from then on
    is_less = (lines.off <= lines.day) & (lines.came > 0)
    lines["wanted"] = lines.qty.where(~is_less, lines[["qty", "came"]].min(axis=1))
    sent = sent.join(lines[["wanted", "day"]], on="line_ref")
    whole = sent[sent.gross >= sent.wanted].groupby("line_ref").shipped_on.min()
    by_day = sent[sent.shipped_on <= sent.day].groupby("line_ref").qty.sum()
    lines["by_day"] = by_day.reindex(lines.index).fillna(0)
    lines["done"] = whole.reindex(lines.index)
    lines["left"] = lines.off.where((lines.off < pd.Timestamp(TODAY)) & lines.done.isna())
    return lines


def test_share_and_value_are_what_pandas_finds(world):
    lines = frame(world)
    is_open = lines[lines.done.isna() & lines.left.isna() & (lines.day >= lines.ordered_on)]
    late = is_open[is_open.day < pd.Timestamp(TODAY)]
    found = owed(*of_sales(known(world)))
    assert {one.due.key[1] for one in found.lines} == set(late.index)
    assert 20 < found.share.hits < found.share.n == len(is_open)
    assert found.oldest == (pd.Timestamp(TODAY) - late.day.min()).days
    money = ((late.qty - late.came) * late.price).groupby(late.currency).sum()
    for currency, value in money.items():
        assert float(found.value.by_currency[currency]) == pytest.approx(value)


def test_how_long_they_last_is_what_lifelines_finds(world):
    lines, today = frame(world), pd.Timestamp(TODAY)
    ended = lines.done.fillna(lines.left)
    short = lines[
        (lines.day < today) & (lines.day >= lines.ordered_on) & (lines.by_day < lines.wanted)
        & (ended.isna() | (ended > lines.day)) & (lines.day >= pd.Timestamp(ago(200)))
    ]  # fmt: skip
    took = (short.done.fillna(short.left).fillna(today) - short.day).dt.days
    judge = KaplanMeierFitter().fit(took, short.done.notna())
    found = lasted(of_sales(known(world)), ago(200), TODAY, TODAY)
    assert found.n == len(short) > 80
    assert (found.open, found.cancelled) == (
        (short.done.isna() & short.left.isna()).sum(), short.left.notna().sum(),
    )  # fmt: skip
    assert found.median == judge.median_survival_time_
    for day in (1, 5, 10, 20, 60):
        assert found.curve.at(day) == pytest.approx(judge.predict(day))
