import numpy as np
import pytest

from storage.forecasts._logistic import logistic, logistic_from, platt


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
    fit, other = logistic(rows, came), logistic(wide, came)
    assert other.chance(wide) == pytest.approx(fit.chance(rows))
    elsewhere = np.column_stack([rows, np.full(500, 9_000.0)])
    assert other.error(elsewhere) == pytest.approx(fit.error(rows))


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


def test_the_doubt_is_how_far_fits_of_such_draws_lie_apart():
    told = [logistic(*drawn(1_000, seed)[::2]) for seed in range(60)]
    spread = np.std([np.append(one.weights[0], one.weights[1:] / one.scale) for one in told], 0)
    mine = np.sqrt(np.diag(told[0].doubt))
    assert mine / np.append(1.0, told[0].scale) == pytest.approx(spread, rel=0.35)


def test_the_error_is_least_amid_what_was_learned_from():
    rows, _, came = drawn(500)
    fit = logistic(rows, came)
    middle, far = fit.error(np.array([rows.mean(axis=0), rows.mean(axis=0) + 9]))
    assert middle < far / 3


def test_a_fit_is_the_same_as_json_and_back():
    rows, _, came = drawn(500)
    fit = logistic(rows, came)
    again = logistic_from(fit.as_json())
    assert (again.chance(rows) == fit.chance(rows)).all()
    assert again.error(rows) == pytest.approx(fit.error(rows), rel=1e-2)
    assert (again.doubt == again.doubt.T).all()


def test_a_line_adds_its_own_doubt_to_that_of_what_it_reads():
    _, chance, came = drawn(500)
    line = platt(chance, came)
    alone, more = line.error(chance, 0 * chance), line.error(chance, 0 * chance + 0.5)
    assert (alone > 0).all()
    assert more == pytest.approx(np.sqrt(alone**2 + (line.slope / 2) ** 2))
