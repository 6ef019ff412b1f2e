import numpy as np
import pytest

from storage.forecasts._logistic import logistic, platt


def drawn(n=20_000, seed=0):
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.normal(5, 2, n), rng.normal(0, 1, n)])
    chance = 1 / (1 + np.exp(-(-1 + 0.4 * (rows[:, 0] - 5) - 0.8 * rows[:, 1])))
    return rows, chance, rng.random(n) < chance


def test_the_true_weights_are_found():
    rows, chance, came = drawn()
    fit = logistic(rows, came, ridge=1.0)
    assert fit.weights[1:] / fit.scale == pytest.approx([0.4, -0.8], abs=0.05)
    assert np.abs(fit.chance(rows) - chance).max() < 0.05


def test_a_strong_ridge_leaves_the_level_alone():
    rows, _, came = drawn(2_000)
    told = logistic(rows, came, ridge=1e9).chance(rows)
    assert told == pytest.approx(np.full(len(rows), came.mean()), abs=1e-3)


@pytest.mark.parametrize("all_came", [True, False])
def test_where_all_or_none_came_it_stays_short_of_sure(all_came):
    rows, _, _ = drawn(100)
    told = logistic(rows, np.full(100, all_came)).chance(rows)
    assert ((told > 0.9) if all_came else (told < 0.1)).all()
    assert ((told > 0) & (told < 1)).all()


def test_a_column_that_is_always_alike_says_nothing():
    rows, _, came = drawn(500)
    wide = np.column_stack([rows, np.full(500, 7.0)])
    assert logistic(wide, came).chance(wide) == pytest.approx(logistic(rows, came).chance(rows))


def test_the_parts_of_a_score_add_up_to_it():
    rows, _, came = drawn(500)
    fit = logistic(rows, came)
    score = fit.weights[0] + fit.parts(rows).sum(axis=1)
    assert 1 / (1 + np.exp(-score)) == pytest.approx(fit.chance(rows))


def test_a_line_brings_chances_that_are_too_sure_back():
    _, chance, came = drawn()
    odds = (chance / (1 - chance)) ** 2 * 3
    read = platt(odds / (1 + odds), came).read(odds / (1 + odds))
    assert np.abs(read - chance).max() < 0.03


def test_a_line_never_turns_the_order_around():
    told = np.linspace(0.1, 0.9, 200)
    assert platt(told, told < 0.5).slope == 0
