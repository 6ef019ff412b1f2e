import msgspec
import numpy as np
import pytest

from storage.forecasts._leaving import leaving, leaving_from, together
from storage.forecasts._scores import of_chances
from storage.metrics.churn import wilson
from tests.storage.forecasts.buyers import signed


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(2)
    known, chance = signed(rng, 6_000)
    return known, chance, rng.random(6_000) < chance


@pytest.fixture(scope="module")
def fit(made):
    known, _, left = made
    return leaving(known[:4_000], left[:4_000])


def test_chances_are_those_that_are_true(made, fit):
    known, chance, left = made
    told = fit.chances(known[4_000:])
    assert np.abs(told - chance[4_000:]).mean() < 0.02
    scores = of_chances(told, left[4_000:])
    assert 0.9 < scores.slope < 1.1
    rng = np.random.default_rng(0)
    perfect = [of_chances(told, rng.random(2_000) < told).ece for _ in range(100)]
    assert scores.ece < np.quantile(perfect, 0.95)


def test_the_factors_say_which_way_they_move_the_score(fit):
    told = fit.scored([{"tenure": 0.0, "term": "month"}, {"tenure": 70.0, "term": "year"}])
    new, old = told.chance
    assert new > 0.7 > 0.1 > old
    assert told.names == ("tenure", "term")
    assert told.parts[0, 0] > 0 > told.parts[1, 0]


def test_the_interval_holds_the_true_chance_of_most_and_is_wider_on_fewer(made, fit):
    known, chance, left = made
    told, few = fit.scored(known[4_000:]), leaving(known[:500], left[:500]).scored(known[4_000:])
    for one in (told, few):
        held = (one.low <= chance[4_000:]) & (chance[4_000:] <= one.high)
        assert held.mean() > 0.85
        assert ((one.low < one.chance) & (one.chance < one.high)).all()
    assert (few.high - few.low).mean() > 1.5 * (told.high - told.low).mean()


def test_with_few_events_there_is_a_base_rate_and_no_chance(made):
    known, _, _ = made
    left = np.arange(1_000) < 49
    fit = leaving(known[:1_000], left)
    assert fit.scored(known[:2]) is None
    assert fit.base == 0.049
    low, high = wilson(fit.events, fit.n)
    assert low < 0.049 < high
    assert fit.chances(known[:2]).tolist() == [0.049, 0.049]
    assert leaving(known[:1_000], left, 49).score is not None


@pytest.mark.parametrize("all_left", [True, False])
def test_where_all_or_none_left_there_are_no_chances_either(made, all_left):
    known, _, _ = made
    fit = leaving(known[:500], np.full(500, all_left))
    assert fit.score is None
    assert fit.base == float(all_left)


def test_a_single_customer_and_nobody_at_all():
    assert leaving([{"tenure": 3.0}], np.array([True])).base == 1
    none = leaving([], np.zeros(0, bool))
    assert (none.base, wilson(none.events, none.n)) == (0, None)


def test_it_is_the_same_as_json_and_back(made, fit):
    known = made[0][:50]
    kept = msgspec.json.encode(fit.as_json())
    told, again = fit.scored(known), leaving_from(msgspec.json.decode(kept)).scored(known)
    assert (again.chance == told.chance).all()
    assert again.low == pytest.approx(told.low, abs=1e-3)
    few = leaving(known, np.zeros(50, bool))
    assert leaving_from(few.as_json()) == few


def test_columns_of_one_name_are_summed_in_the_order_of_the_first():
    names, parts = together(("b", "a", "b"), np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]]))
    assert (names, parts.tolist()) == (("b", "a"), [[4, 2], [-1, 1]])
