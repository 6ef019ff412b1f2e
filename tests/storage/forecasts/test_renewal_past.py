from datetime import date
from functools import cache

import numpy as np
import pytest

from storage.forecasts._churn_facts import views
from storage.forecasts._origins import Plan
from storage.forecasts._renewal_past import fit_of, learned_by, look_back
from storage.forecasts._report import Report
from tests.storage.forecasts.renewed import LOST, TODAY, renew
from tests.storage.world import BERLIN, World

BEGUN = date(2022, 3, 1)


def quietly(*_):
    pass


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("renewed"))
    renew(world, np.random.default_rng(8), 300)
    with world.reader() as session:
        yield cache(views(session, BERLIN))


def test_what_was_lost_is_learned_with_what_was_known_before(view):
    known, lost = learned_by(view, TODAY, 91, BEGUN)
    for segment, share in LOST.items():
        mine = [gone for one, gone in zip(known, lost, strict=True) if one["segment"] == segment]
        assert np.mean(mine) == pytest.approx(share, abs=0.1)
    assert all(0 <= one["days to renewal"] < 91 for one in known)


def test_the_true_chances_are_told(view):
    fit = fit_of(learned_by(view, TODAY, 91, BEGUN))
    known, _ = learned_by(view, date(2025, 3, 1), 91, BEGUN)
    told = fit.chances(known)
    true = np.array([LOST[one["segment"]] for one in known])
    assert np.abs(told - true).mean() < 0.08


def test_nothing_is_learned_before_it_was_decided(view):
    day = date(2024, 6, 1)
    early, _ = learned_by(view, day, 91, BEGUN)
    late, _ = learned_by(view, TODAY, 91, BEGUN)
    assert 0 < len(early) < len(late)


@pytest.mark.parametrize(("lost", "n", "has_score"), [
    (25, 60, True), (25, 49, False), (9, 60, False), (55, 60, False),
])  # fmt: skip
def test_chances_need_fifty_decided_and_ten_of_each(lost, n, has_score):
    known = [{"segment": ("small", "big")[at % 2], "days": float(at)} for at in range(n)]
    fit = fit_of((known, [at < lost for at in range(n)]))
    assert (fit.score is not None) is has_score
    assert (fit.n, fit.events) == (n, lost)


def test_looking_back_counts_what_it_can_not_score(view):
    report = Report("renewal", 9, BEGUN, TODAY)
    until = date(2026, 2, 1)  # what was due in January is not decided
    found = look_back(report, view, BEGUN, Plan(most=2), 91, until, quietly)
    assert found.methods["leadline"].brier < found.methods["base_rate"].brier
    assert found.methods["leadline"].auc > 0.65
    assert 0 < found.unknown < found.methods["leadline"].n
    none = look_back(report, view, TODAY, Plan(), 91, TODAY, quietly)
    assert none == report
