from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from storage.forecasts._churn_facts import Subject
from storage.forecasts._churn_past import in_folds, of_contracts, of_orders, summed
from storage.forecasts._origins import Plan
from storage.forecasts._report import Report
from storage.known.contracts import Contract
from storage.known.customers import Customer
from tests.storage.forecasts.buyers import bought, placed, signed

TODAY = date(2026, 3, 1)


def quietly(*_):
    pass


def subjects(n=3_000, seed=4):
    rng = np.random.default_rng(seed)
    known, chance = signed(rng, n)
    left = rng.random(n) < chance
    return [Subject(one, bool(gone)) for one, gone in zip(known, left, strict=True)], chance, left


def test_folds_tell_the_truth_and_twice_the_same():
    known, chance, left = subjects()
    found = in_folds("churn", known, 5, quietly)
    assert found.as_json() == in_folds("churn", known, 5, quietly).as_json()
    mine = found.methods["leadline"]
    assert mine.brier == pytest.approx(((chance - left) ** 2).mean(), abs=0.003)
    assert mine.ece < 0.03
    gaps = [one.n * abs(one.said - one.came) for one in found.calibration]
    assert sum(gaps) / mine.n == pytest.approx(mine.ece)
    assert (found.protocol, found.start, found.origins) == ("folds", None, ())
    assert mine.brier < found.methods["base_rate"].brier
    assert found.methods["recency"].brier is None
    assert found.gains["base_rate"].low > 0


@pytest.mark.parametrize("gone", [True, False])
def test_where_all_or_none_left_folds_show_nothing(gone):
    known = [Subject({"x": 1.0}, gone) for _ in range(100)]
    assert in_folds("churn", known, 5, quietly).methods == {}
    assert in_folds("churn", known[:1], 5, quietly).methods == {}


def lived(rng, n=600):
    """Customers with a contract each; who orders less leaves sooner."""
    made = []
    for number in range(n):
        start = date(2022, 1, 1) + timedelta(days=int(rng.integers(1_450)))
        days = int(rng.exponential(150 if number % 2 else 1_500)) + 30
        ended = start + timedelta(days=days)
        made.append((start, ended, "small" if number % 2 else "big"))
    return made


def viewed(made):
    @cache
    def view(day):
        return {
            ("a", str(number)): Customer(
                str(number), frozenset({("a", str(number))}), segment=segment,
                contracts=(Contract(start, churned_on=ended if ended < day else None),),
            )
            for number, (start, ended, segment) in enumerate(made) if start < day
        }  # fmt: skip

    return view


def test_contracts_are_told_from_days_in_the_past():
    made = lived(np.random.default_rng(5))
    report = Report("churn", len(made), date(2022, 1, 1), TODAY)
    tried = of_contracts(viewed(made), date(2022, 1, 1), Plan(most=3), 90, TODAY, quietly)
    found = summed(report, {"contracts": tried})
    assert len(found.origins) == 3
    assert found.methods["leadline"].auc > 0.65
    assert found.methods["leadline"].brier < found.methods["base_rate"].brier
    assert found.methods["recency"].auc is None


def test_where_nobody_ever_left_the_base_rate_is_told():
    made = [(date(2022, 1, 1), date(2030, 1, 1), "big") for _ in range(3)]
    report = Report("churn", 3, date(2022, 1, 1), TODAY)
    tried = of_contracts(viewed(made), date(2022, 1, 1), Plan(most=2), 90, TODAY, quietly)
    found = summed(report, {"contracts": tried})
    assert found.methods["leadline"].brier == 0
    assert found.methods["leadline"].auc is None


def test_orders_are_told_from_days_in_the_past():
    made = bought(np.random.default_rng(6), 1_000)
    report = Report("churn", len(made.day), date.fromordinal(made.first()), TODAY)
    until = date.fromordinal(made.last())
    found = summed(report, {"orders": of_orders(made, Plan(most=1), 182, until, quietly)})
    assert [one.at.day for one in found.origins] == [1] * len(found.origins)
    mine = found.methods["leadline"]
    assert mine.brier < found.methods["recency"].brier < found.methods["base_rate"].brier
    assert mine.mae < found.methods["base_rate"].mae
    assert found.gains["recency"].measure == "brier"
    again = summed(report, {"orders": of_orders(made, Plan(most=1), 182, until, quietly)})
    assert again.as_json() == found.as_json()


def test_of_what_is_tried_on_several_the_first_is_the_report_and_each_is_told():
    made = lived(np.random.default_rng(5))
    signed_ = of_contracts(viewed(made), date(2022, 1, 1), Plan(most=2), 90, TODAY, quietly)
    orders = placed([(0, TODAY.toordinal() - 700 + day, 1) for day in range(0, 700, 3)], 1)
    bought_ = of_orders(orders, Plan(most=2), 90, TODAY, quietly)
    report = Report("churn", 9, date(2022, 1, 1), TODAY)
    found = summed(report, {"contracts": signed_, "orders": bought_})
    assert found == summed(report, {"contracts": signed_, "orders": bought_})
    alone = summed(report, {"contracts": signed_})
    assert (found.methods, found.origins) == (alone.methods, alone.origins)
    assert found.parts["contracts"] == found.methods
    assert found.parts["orders"]["leadline"].n == 2
    assert found.as_json()["parts"]["orders"]["leadline"]["n"] == 2
    after = summed(report, {"contracts": [], "orders": bought_})
    assert list(after.parts) == ["orders"]
    assert after.methods == after.parts["orders"]
    assert summed(report, {"contracts": []}) == report
