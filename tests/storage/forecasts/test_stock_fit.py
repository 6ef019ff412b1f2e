import numpy as np
import pytest

from storage.forecasts._run_out import Ways
from storage.forecasts._stock_fit import MOST_GROWTH, PLAIN, growth_of, ways_of
from tests.storage.forecasts.shelved import FIRST, kept, shelved


def grown(by, days=365, items=20):
    """Demand that grows by a share each week."""
    used = np.tile((1 + by) ** (np.arange(days) / 7), (items, 1))
    return shelved(np.full((items, days), 50.0), used, np.zeros((items, days)), [])


@pytest.mark.parametrize("by", [-0.02, 0.0, 0.01])
def test_growth_is_that_of_the_last_quarter(by):
    assert growth_of(grown(by), FIRST + 365) == pytest.approx(by, abs=0.001)


def test_growth_has_bounds_and_is_none_without_two_quarters_or_demand():
    assert growth_of(grown(0.2), FIRST + 365) == MOST_GROWTH
    assert growth_of(grown(0.2), FIRST + 181) == 0
    assert growth_of(grown(0.0, items=0), FIRST + 365) == 0


def test_where_hardly_anything_runs_out_the_plain_ways_are_taken():
    ample = kept(np.random.default_rng(1), 40, days=400, tight=(4.0, 5.0))
    assert ways_of(ample, ample.end) == PLAIN
    assert ways_of(grown(0.0), FIRST + 365) == PLAIN


@pytest.mark.slow
def test_where_demand_wanders_what_was_used_lately_counts_more():
    rng = np.random.default_rng(3)
    still, wanders = (kept(rng, 300, drift=drift, is_lost=False) for drift in (0.0, 0.3))
    far, near = (ways_of(one, one.end) for one in (still, wanders))
    assert reach(near) < reach(far)
    assert not far.is_lost


def reach(ways):
    """How many weeks count for something."""
    return ways.window if ways.half_life is None else 2 * ways.half_life


def test_what_is_chosen_hangs_on_nothing_of_after_the_day():
    found = kept(np.random.default_rng(2), 40, days=400)
    day = found.end - 100
    later = shelved(
        np.where(np.arange(400) < 300, found.stock, 1), found.demand, found.came, []
    )  # fmt: skip
    changed = found.__class__(**{**found.__dict__, "stock": later.stock})
    assert ways_of(changed, day) == ways_of(found, day)
    assert isinstance(ways_of(found, day), Ways)
