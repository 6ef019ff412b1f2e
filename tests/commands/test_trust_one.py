"""What the card of one model shows of chances, of which there are ten, and of money."""

from datetime import timedelta

import pytest

from commands import Ask, Grant
from commands._trust_one import of_model
from storage.fits import Standing
from storage.forecasts import load
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World


def test_chances_are_shown_by_bins_and_scores_to_three_digits(tmp_path):
    world, churn = World(tmp_path), load()["churn"]
    for number in range(30):
        world.told("churn", f"customer:a:b/{number}", 0.01 * number, NOW.date() - timedelta(5),
                   NOW - timedelta(60), event="leaves", held=number > 26, scored=NOW)  # fmt: skip
    backtest = {
        "methods": {"leadline": {"n": 90, "pinball": None, "brier": 0.1234, "auc": 0.8}},
        "calibration": [{"said": 0.05 + at / 10, "came": at / 10, "n": 9} for at in range(10)],
    }  # fmt: skip
    last = Standing(1, "churn", churn.version, NOW, 90, backtest, True, "it did well")
    with world.reader() as session:
        said = of_model(session, Ask("", NOW, BERLIN, Grant.everything()), churn, last)
    assert "of 30 such statements 3 held (4 expected)" in said.summary.text
    assert said.chart.x[0] == "5.0 %"
    assert len(said.chart.x) == 10
    assert [column.name for column in said.table.columns[1:]] == ["Scored", "Brier", "AUC"]
    assert said.table.rows == (("Leadline", 90, "0.123", "0.800"),)


@pytest.mark.parametrize(("unit", "shown"), [("EUR", "EUR 1,234.50"), ("money", "1,234.50")])
def test_how_far_money_is_off_is_of_revenue_and_a_method_without_figures_is_no_row(
    tmp_path, unit, shown
):
    world, clv = World(tmp_path), load()["clv"]
    none = {"n": 0, "pinball": None, "mae": None, "lift10": None}
    mine = {"n": 90, "pinball": 1_234.5, "mae": 1_234.5, "lift10": 4.25}
    backtest = {"unit": unit, "methods": {"leadline": mine, "past_spend": mine, "orders": none}}
    last = Standing(1, "clv", clv.version, NOW, 90, backtest, True, "it did well")
    with world.reader() as session:
        said = of_model(session, Ask("", NOW, BERLIN, Grant.everything()), clv, last)
    assert [(one.name, one.topic) for one in said.table.columns] == [
        ("Looking back", "customers"), ("Scored", "customers"), ("Error", "revenue"),
        ("Off by", "revenue"), ("Lift", "customers"),
    ]  # fmt: skip
    assert said.table.rows == (
        ("Leadline", 90, shown, shown, "4.25"), ("Past spend", 90, shown, shown, "4.25"),
    )  # fmt: skip
