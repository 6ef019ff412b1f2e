from datetime import date, timedelta

import numpy as np
import pytest

from storage.forecasts._pace import evidence
from storage.forecasts._slipping_fit import fit
from storage.forecasts._slipping_now import Slip, slips, states
from storage.metrics._durations import Span
from storage.metrics.unusual import LEVEL, fires
from tests.storage.forecasts.slowed import BEFORE, DAY0, YEAR, alarms, drawn, joined, named
from tests.storage.metrics.supplied import Supplier, purchases

DAILY = timedelta(days=1)
COUNT = 30
# so many of 30 are false in a year at most where one in twenty is right, 98 times in 100
MOST_FALSE = 4


def seen(known, day):
    usual = fit(named(known), known.by(day - 100), day - 100)
    return slips(usual, evidence(usual.days), known, day)


@pytest.mark.parametrize("lines", [1, 7])
def test_in_a_year_of_looks_few_steady_suppliers_are_told_to_slip(lines):
    """More of them, looked at every day, are a part of the bench."""
    kind = Supplier(1 if lines == 1 else 3 / 7, lines=lines)
    found, calm = alarms(drawn(kind, COUNT, days=BEFORE + YEAR, seed="steady"), YEAR, step=6,
                         refit=126)  # fmt: skip
    assert len(found) <= MOST_FALSE
    assert calm.mean() >= 0.8


def test_a_slowdown_from_30_to_45_days_is_found_within_60_and_told_for_what_it_is():
    known = drawn(Supplier(), COUNT, days=BEFORE + 91, slower_from=BEFORE, seed="slow")
    found, calm = alarms(known, 61, step=2, refit=200)
    assert len(found) / COUNT >= 0.7
    assert len(found) / calm.sum() >= 0.8
    told = [one for _, one in found.values()]
    assert sum(one.kind == "slipping" for one in told) >= 0.8 * len(told)
    since = [(one.since - date.fromordinal(DAY0 + BEFORE)).days for one in told]
    assert abs(np.median(since)) <= 12
    assert all(28 <= one.before <= 32 for one in told)


def test_one_that_stopped_delivering_is_told_to_be_silent_since_it_did():
    spans = [
        one if one.end < date.fromordinal(DAY0 + BEFORE) else one._replace(end=None)
        for one in purchases(Supplier(), 3, BEFORE + 30)
    ]
    told = [seen(joined([spans]), DAY0 + BEFORE + at)["x/0"] for at in (-2, *range(8, 16))]
    assert told[0].p > LEVEL
    silent = [one for one in told if one.kind == "silent" and one.p <= LEVEL]
    assert silent
    assert -4 <= (silent[0].since - date.fromordinal(DAY0 + BEFORE)).days <= 1
    assert fires({"x": silent[0]}, DAILY) == {"x"}


def test_of_one_that_is_silent_all_that_is_open_counts():
    spans = [
        one if one.end < date.fromordinal(DAY0 + BEFORE) else one._replace(end=None)
        for one in purchases(Supplier(), 3, BEFORE + 30)
    ]
    day = DAY0 + BEFORE + 16
    one = seen(joined([spans]), day)["x/0"]
    is_open = [span.end is None and span.start.toordinal() <= day for span in spans]
    assert (one.kind, one.open, one.n) == ("silent", sum(is_open), sum(is_open))


def test_one_of_which_nothing_came_within_what_is_known_is_silent_since_the_first_was_placed():
    life = purchases(Supplier(), 3, BEFORE)
    usual = fit(("x/0",), joined([life]).by(DAY0 + BEFORE), DAY0 + BEFORE)
    first = date.fromordinal(DAY0 + BEFORE + 450)
    anew = [Span(10**5 + at, first + timedelta(days=at)) for at in range(10)]
    told = slips(usual, evidence(usual.days), joined([anew]), first.toordinal() + 80)
    assert (told["x/0"].kind, told["x/0"].since) == ("silent", first)


def test_one_of_which_all_came_soon_is_told_of_too():
    known, day = joined([purchases(Supplier(), 1, BEFORE + 200, BEFORE, 0.6)]), DAY0 + BEFORE
    usual = fit(named(known), known.by(day), day)
    one = slips(usual, evidence(usual.days), known, day + 260)["x/0"]
    assert (one.n, one.open, one.median) == (0, 0, None)
    assert one.p > LEVEL


def test_quicker_ones_do_not_slip_and_restless_ones_are_not_told_of():
    quicker = purchases(Supplier(), 1, BEFORE + 91, BEFORE, 0.6)
    restless = purchases(Supplier(5, unrest=0.2), 1, BEFORE + 91)
    told = seen(joined([quicker, restless]), DAY0 + BEFORE + 80)
    assert set(told) == {"x/0"}
    assert told["x/0"].p > 0.01


def test_what_came_after_a_day_changes_nothing_on_it():
    known = drawn(Supplier(), 3, days=BEFORE + 91, slower_from=BEFORE)
    day = DAY0 + BEFORE + 50
    assert seen(known, day) == seen(known.by(day), day)


def test_where_nothing_was_placed_lately_nothing_is_told():
    known = joined([purchases(Supplier(), 1, BEFORE)])
    usual = fit(named(known), known.by(DAY0 + BEFORE), DAY0 + BEFORE)
    assert slips(usual, evidence(usual.days), known, DAY0 + BEFORE + 2 * YEAR) == {}
    assert states(usual, evidence(usual.days), known, DAY0 + BEFORE + 2 * YEAR).slow[0] == 0


@pytest.mark.parametrize(
    ("median", "is_worth_it"), [(None, True), (34.0, False), (35.0, True), (20.0, False)]
)
def test_a_slip_is_worth_a_word_where_it_takes_longer_by_a_day_and_15_percent(median, is_worth_it):
    one = Slip("slipping", 1e-6, date(2026, 1, 1), median, 30.0, 50, 20)
    assert one.is_worth_it == is_worth_it
    assert bool(fires({"x": one}, DAILY)) == is_worth_it
