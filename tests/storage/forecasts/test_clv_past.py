from datetime import date, timedelta

import numpy as np
import pytest

from storage.forecasts._clv_past import look_back
from storage.forecasts._origins import Plan
from storage.forecasts._past_spend import Facts
from storage.forecasts._report import Report
from tests.storage.forecasts.spenders import END, START, contract, paid, rows, signed

FIGURES = ("pinball", "mae", "cover80", "cover90", "lift10")


def quietly(*_):
    pass


def nobody(_):
    return {}


def looked_back(made=None, view=None, plan=None, horizon=365, until=END):
    made = rows() if made is None else made
    facts = Facts(made, view or nobody, view is not None, START, "EUR")
    report = Report("clv", len(made.day), START, END)
    return look_back(report, facts, plan or Plan(), horizon, until, quietly)


@pytest.fixture(scope="module")
def orders():
    return looked_back(paid(np.random.default_rng(1), 600, b=4.0))


def test_buyers_are_told_better_than_by_past_spend_and_intervals_hold(orders):
    assert [one.at for one in orders.origins] == sorted(one.at for one in orders.origins)
    assert len(orders.origins) == 3
    mine, past = orders.methods["leadline"], orders.methods["past_spend"]
    assert all(getattr(mine, name) is not None for name in FIGURES)
    assert (past.cover80, past.cover90) == (None, None)
    assert mine.pinball < past.pinball
    assert orders.gains["past_spend"].low > 0
    assert mine.lift10 >= past.lift10 - 0.2
    assert 0.77 < mine.cover80 < 0.9
    assert 0.87 < mine.cover90 < 0.97
    assert [(one.said, one.came) for one in orders.calibration] == [
        (0.8, mine.cover80), (0.9, mine.cover90),
    ]  # fmt: skip


def test_two_looks_back_are_the_same(orders):
    again = looked_back(paid(np.random.default_rng(1), 600, b=4.0))
    assert again.as_json() == orders.as_json()


def test_contracts_are_told_no_worse_than_by_past_spend_and_intervals_hold():
    found = looked_back(view=signed(np.random.default_rng(2), 350), plan=Plan(most=2))
    mine, past = found.methods["leadline"], found.methods["past_spend"]
    assert mine.pinball < past.pinball
    assert 0.75 < mine.cover80 < 0.92
    assert set(found.methods) == {"leadline", "past_spend"}


def test_both_kinds_stand_for_themselves_too():
    rng = np.random.default_rng(3)
    found = looked_back(paid(rng, 200), signed(rng, 200), Plan(most=1))
    of = {name: one.n for name, one in found.methods.items()}
    assert of["leadline"] == of["orders"] + of["contracts"]
    assert of["past_spend"] == of["orders_past"] + of["contracts_past"]
    assert found.parts == {}


def test_money_of_another_currency_is_not_mixed_in():
    made = paid(np.random.default_rng(4), 200, codes=("EUR", "USD"))
    found = looked_back(made, plan=Plan(most=1))
    assert found.methods["leadline"].n == pytest.approx(100, abs=1)
    assert found.unknown == pytest.approx(100, abs=1)
    dear = made.money * np.where(made.currency[made.buyer] == 1, 1_000, 1)
    other = type(made)(made.buyer, made.day, dear, *list(vars(made).values())[3:])
    assert looked_back(other, plan=Plan(most=1)).methods == found.methods


def test_what_is_not_known_is_not_scored():
    made = paid(np.random.default_rng(5), 100)
    late = np.where(made.day > END.toordinal() - 200, np.nan, made.money)
    found = looked_back(type(made)(made.buyer, made.day, late, *list(vars(made).values())[3:]),
                        plan=Plan(most=1))  # fmt: skip
    assert found.unknown > 0
    assert found.methods["leadline"].n + found.unknown == 100


def test_where_nobody_orders_again_nothing_is_told():
    once = rows(*((number, START.toordinal() + number % 300, 10.0) for number in range(100)))
    found = looked_back(once, plan=Plan(most=1))
    assert found.methods["leadline"].mae < 1
    assert found.methods["leadline"].cover80 == 1
    assert found.methods["leadline"].lift10 is None


@pytest.mark.parametrize(("made", "view", "until"), [
    (None, None, END),
    (rows((0, START.toordinal(), 10.0)), None, END),
    (rows(*((0, START.toordinal() + 9 * at, 10.0) for at in range(100))), None, END),
    (rows(*((at, START.toordinal() + at, 10.0, START.toordinal() + at + 1) for at in range(90))),
     None, END),
    (None, lambda day: {one.key: one for one in [contract("only", START)]}, END),
    (paid(np.random.default_rng(6), 60), None, START + timedelta(days=200)),
])  # fmt: skip
def test_too_little_is_no_look_back(made, view, until):
    assert looked_back(made, view, until=until).methods == {}


def test_a_plan_may_say_from_which_days():
    made = paid(np.random.default_rng(7), 60)
    since = date(START.year + 1, 6, 1)
    found = looked_back(made, plan=Plan("quarter", since, most=2), horizon=90)
    assert [one.n for one in found.origins] == [one.methods["leadline"].n for one in found.origins]
    assert all(one.at >= since for one in found.origins)
