from dataclasses import replace
from datetime import date

import pytest

from storage.forecasts._origins import Plan
from storage.forecasts._report import IN_USE
from storage.forecasts._slipping_past import look_back
from tests.storage.forecasts.slowed import DAY0, joined, named
from tests.storage.metrics.supplied import Supplier, purchases

DAYS = 4 * 365
END = DAY0 + DAYS


def nothing(*_):
    """Who tells nobody how far it is."""


def looked(known, plan=None, day=END):
    return look_back("slipping", named(known), known.by(day - 1), date.fromordinal(day),
                     plan or Plan(), nothing)  # fmt: skip


@pytest.fixture(scope="module")
def some():
    """Suppliers of which half slow down at some time."""
    slows = (None, 850, None, 950, None, 1_050, None, 1_200)
    return joined([
        purchases(Supplier(3 / 7 if one % 3 else 1), one, DAYS, slows[one % 8], 1.6)
        for one in range(32)
    ])  # fmt: skip


def test_who_was_told_to_slip_took_longer_after_and_that_beats_going_by_the_last_orders(some):
    report = looked(some)
    mine, other = report.methods[IN_USE], report.methods["recency"]
    assert mine.n == sum(one.n for one in report.origins) > 90
    assert mine.auc > 0.7
    assert mine.brier < other.brier
    assert mine.lift10 > 1.5
    assert set(report.gains) == {"recency", "log_rank"}
    assert report.gains["recency"].measure == "brier"
    assert report.calibration


def test_looking_back_twice_gives_the_same(some):
    assert looked(some, Plan(most=2)) == looked(some, Plan(most=2))


def test_what_came_later_does_not_change_what_was_said_at_an_origin(some):
    at, plan = date(2004, 1, 1), Plan(until=date(2004, 4, 1))
    is_later = (some.start < at.toordinal()) & (some.end >= at.toordinal())
    other = replace(some, end=some.end + 90 * is_later)
    one, then = ([o for o in looked(it, plan).origins if o.at == at] for it in (some, other))
    assert is_later.any()
    assert one[0].n > 20
    assert one == then


@pytest.mark.parametrize("days", [0, 300])
def test_with_too_little_history_there_are_no_origins(days):
    known = joined([purchases(Supplier(), 1, days)])
    report = looked(known, day=DAY0 + days + 1)
    assert report.origins == ()
    assert report.methods == {}
