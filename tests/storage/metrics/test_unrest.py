from datetime import date, timedelta
from statistics import fmean

import pandas as pd
import pytest
from scipy.stats import t as student

from storage.metrics._durations import Span
from storage.metrics._log_rank import Tally, compared
from storage.metrics._unrest import History, Seen
from storage.metrics.unusual import LEVEL, fires
from tests.storage.metrics.alarms import BEFORE, STEADY, YEAR, looked
from tests.storage.metrics.supplied import FIRST, Supplier, day, purchases

DAILY, WEEKLY = timedelta(days=1), timedelta(days=7)


def slowed(seed, one=None, at=BEFORE, factor=1.5):
    return History(purchases(one or Supplier(), seed, at + YEAR, at, factor))


def test_a_slowdown_from_30_to_45_days_is_found_and_what_it_says_is_so():
    found = slowed(2).on(day(BEFORE + 80))
    assert fires({"x": found}, DAILY) == {"x"}
    assert found.p < LEVEL
    assert 28 <= found.before <= 32
    assert found.median > found.before + 8
    assert found.n > found.open > 0


def test_one_that_is_as_ever_and_one_that_is_quicker_do_not_fire():
    assert not any(looked(History(purchases(Supplier(), 3, 4 * YEAR)), range(BEFORE, 4 * YEAR, 7)))
    assert not any(looked(slowed(3, factor=0.6), range(BEFORE, 4 * YEAR, 7)))


def test_one_that_stopped_delivering_fires_though_nothing_was_received():
    kept = [
        one if one.end < day(BEFORE) else Span(one.key, one.start)
        for one in purchases(Supplier(), 4, BEFORE + 60)
    ]
    history = History(kept)
    assert not looked(history, [BEFORE - 1])[0]
    assert looked(history, [BEFORE + 20]) == [True]
    assert history.on(day(BEFORE + 40)).median is None


def test_lines_of_one_purchase_on_one_day_are_no_more_evidence_than_one():
    spans = purchases(Supplier(), 5, BEFORE + 70, BEFORE)
    assert History(spans * 7).on(day(BEFORE + 60)).p == History(spans).on(day(BEFORE + 60)).p


def test_lines_that_share_their_delays_are_less_evidence_than_as_many_purchases():
    """What the plain test takes for a proof is no more than the supplier's own ups and downs."""
    history = History(purchases(STEADY["one a week of 7 lines, restless"], 1, 4 * YEAR))
    seen = [history.on(day(at)) for at in range(BEFORE, 4 * YEAR, 7)]
    plain = [fires({"x": _alone(one)}, WEEKLY) for one in seen]
    assert any(plain)
    assert not any(fires({"x": one}, WEEKLY) for one in seen)


def _alone(one):
    """The same with the windows of the past taken for one: chance is all that there is."""
    found = Seen(one.history, one.now, one.past, one.orders)
    test = compared(one.now.tally, Tally(seen for window in one.past for seen in window.seen))
    found.__dict__["p"] = test.p / 2 if test.is_slower else 1.0
    return found


def test_a_closure_that_comes_every_year_is_not_unusual_and_the_first_one_is():
    """Looked at on the last day of a fortnight without deliveries, when it looks worst."""
    august = (date(2007, 8, 14) - FIRST).days
    yearly = History(purchases(Supplier(5, closes=True), 11, august + 1))
    once = History(
        [
            Span(one.key, one.start, one.end if one.end <= day(august - 14) else None)
            for one in purchases(Supplier(5), 11, august + 1)
        ]
    )
    assert yearly.on(day(august)).p < LEVEL
    assert looked(yearly, [august]) == [False]
    assert looked(once, [august]) == [True]


@pytest.mark.parametrize("age", [200, 380])
def test_with_too_little_history_nothing_is_said(age):
    few = Supplier(1 / 7) if age == 380 else Supplier()
    history = History(purchases(few, 6, age, age - 90, 3))
    found = history.on(day(age - 1))
    assert found.p is None
    assert fires({"x": found}, DAILY) == set()


def test_where_nothing_is_under_way_now_nothing_is_said():
    history = History(purchases(Supplier(), 7, BEFORE))
    assert history.on(day(BEFORE + 200)).p is None
    assert History([]).on(day(0)).p is None


def test_what_came_after_a_look_does_not_change_it():
    spans = purchases(Supplier(), 8, BEFORE + 400, BEFORE)
    at = day(BEFORE + 60)
    known = [
        Span(one.key, one.start, one.end if one.end <= at else None)
        for one in spans if one.start <= at
    ]  # fmt: skip
    then, later = History(known).on(at), History(spans).on(at)
    assert (then.p, then.median, then.before, then.n, then.open) == (
        later.p, later.median, later.before, later.n, later.open,
    )  # fmt: skip


@pytest.mark.slow
def test_the_chance_is_that_of_a_table_of_days():
    """Counted the long way, by one who knows nothing of windows that are kept."""
    spans, at = purchases(Supplier(1, lines=3), 9, BEFORE + 50, BEFORE), BEFORE + 40
    ends = [at - 84 - 28 * number for number in range(1, 27)]
    tables = {end: _table(spans, end) for end in [at, *ends]}
    past = pd.concat(tables[end] for end in ends)
    now, _ = _score(tables[at], past)
    unrest = fmean(
        _score(tables[end], pd.concat(tables[other] for other in ends if other != end))[0] ** 2
        for end in ends
    )
    found = History(spans).on(day(at))
    assert found.p == pytest.approx(student.sf(now / max(1, unrest) ** 0.5, 26), rel=1e-6)
    assert found.n == _score(tables[at], past)[1]


def _table(spans, last):
    """A row for each day of 28 on which a purchase x receipt was awaited: its age, its end."""
    rows = []
    for order, start, end in {
        (one.key, (one.start - FIRST).days, min((one.end - FIRST).days, last + 1)) for one in spans
    }:
        days = range(max(start, last - 27), min(end, last) + 1)
        rows.extend(((last, order, end), at - start, at == end) for at in days)
    return pd.DataFrame(rows, columns=["who", "age", "ended"])


def _score(mine, theirs):
    one, other = (table.groupby("age").ended.agg(["size", "sum"]) for table in (mine, theirs))
    both = one.join(other, how="outer", rsuffix="_other").fillna(0)
    n, ended = both["size"] + both["size_other"], both["sum"] + both["sum_other"]
    expected = (ended * both["size"] / n).sum()
    spread = (
        ended * both["size"] * both["size_other"] * (n - ended) / (n * n * (n - 1).clip(lower=1))
    )
    return (expected - both["sum"].sum()) / spread.sum() ** 0.5, mine.who.nunique()
