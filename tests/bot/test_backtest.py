import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.backtest import models_named, shaped
from bot.settings import SettingsError
from storage.forecasts import load
from storage.forecasts._report import AtOrigin, Gain, Report
from storage.forecasts._scores import Scores

CONFIG = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po"]
columns = { supplier = "vendor", ordered_at = "day", received_at = "in" }
"""
FIRST = date(2023, 1, 1)
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a verb on three years of purchases, one every second day."""
    folder = tmp_path_factory.mktemp("past")
    days = [FIRST + timedelta(days=2 * number) for number in range(550)]
    rows = [
        f"{n},{'Acme' if n % 3 else 'Brass'},{day},{day + timedelta(days=9 + n * 7 % 30)}"
        for n, day in enumerate(days)
    ]
    (folder / "leadline.toml").write_text(CONFIG)
    (folder / "po.csv").write_text("\n".join(["po,vendor,day,in", *rows]) + "\n")
    env = {"LEADLINE_CONFIG": str(folder / "leadline.toml"), "DATABASE_URL": None,
           "LEADLINE_NOW": "2026-03-01T12:00:00Z"}  # fmt: skip

    def run(*words):
        return CliRunner().invoke(cli, list(words), env=env)

    assert run("sync").exit_code == 0
    return run


def test_it_prints_the_model_beside_its_baselines(run):
    done = run("backtest", "lead-time")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "lead-time: 550 rows, begun 1 Jan 2023 to 3 Jan 2026, errors in days"
    assert [line.split()[0] for line in lines[2:7]] == [
        "leadline", "ecdf_closed", "fixed", "eta", "eta_clipped",
    ]  # fmt: skip
    assert lines[7].startswith("pinball from ")
    assert any(line.startswith("2025-01-01") for line in lines)
    assert "Error against ecdf_closed" in done.output
    told = next(line for line in lines if line.startswith("Told and came: 50% "))
    assert ", 80% " in told


def test_one_model_is_an_object_and_all_are_a_list(run):
    found = json.loads(run("backtest", "lead-time", "--format", "json").output)
    assert found["model"] == "lead-time"
    assert set(found["methods"]) >= {"leadline", "ecdf_closed", "fixed"}
    every = json.loads(run("backtest", "--format", "json").output)
    assert [one["model"] for one in every] == list(load())
    assert found in every


def test_the_origins_can_be_said(run):
    words = ("--every", "quarter", "--since", "2024-06-01", "--until", "2025-01-01")
    found = json.loads(run("backtest", "lead-time", "--format", "json", *words).output)
    assert [one["at"] for one in found["origins"]] == ["2024-07-01", "2024-10-01"]


def test_a_day_that_is_none_is_refused(run):
    done = run("backtest", "--since", "yesterday")
    assert isinstance(done.exception, SettingsError)


def test_a_model_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(SettingsError, match=r"no model 'weather'; there are .*lead-time"):
        models_named(["weather"])


def test_with_little_history_it_says_so():
    said = shaped([Report("lead-time", 3, FIRST, FIRST)], "text", is_one=True)
    assert said.endswith("Too little history to look back on.")


def test_of_chances_it_prints_the_brier_score_and_of_folds_no_days():
    scores = {name: Scores(9, auc=0.8, brier=0.125) for name in ("leadline", "base_rate")}
    gains = {"base_rate": Gain(0.2, 0.1, 0.3, "brier")}
    report = Report("churn", 9, None, None, scores, gains=gains, protocol="folds")
    said = shaped([report], "text", is_one=True)
    assert said.splitlines()[0] == "churn: 9 rows"
    assert "have no outcome yet" not in said
    assert "Error against base_rate: -20.0%" in said
    assert report.as_json()["gains"]["base_rate"]["brier"] == 0.2
    two = replace(report, parts={"contracts": scores, "orders": scores})
    assert "Of orders:\nmethod" in shaped([two], "text", is_one=True)
    past = replace(report, origins=(AtOrigin(FIRST, 9, scores),))
    [row] = [
        line for line in shaped([past], "text", is_one=True).splitlines() if "2023-01-01" in line
    ]
    assert row.split() == ["2023-01-01", "9", "0.125", "0.125"]


def test_money_is_told_with_its_thousands_and_a_tie_without_a_sign():
    scores = {"leadline": Scores(9, mae=12_345.678), "past_spend": Scores(9, mae=12_345.678)}
    gains = {"past_spend": Gain(0.0, 0.0, 0.01, "mae")}
    report = Report(
        "worth", 9, FIRST, FIRST, scores, (AtOrigin(FIRST, 9, scores),), gains,
        unit="EUR",
    )  # fmt: skip
    lines = shaped([report], "text", is_one=True).splitlines()
    assert lines[0].endswith(", errors in EUR")
    assert lines[2].split() == ["leadline", "9", "12,345.68"]
    assert lines[5].split() == ["2023-01-01", "9", "12,345.68", "12,345.68"]
    assert lines[6] == "Error against past_spend: 0.0% (95 %: -1.0% to 0.0%)"


@pytest.mark.parametrize("name", load())
def test_the_help_and_the_readme_name_every_model(run, name):
    [row] = [line for line in README.read_text("utf-8").splitlines() if "-m bot backtest" in line]
    assert name in row.split("|")[1]
    assert name in run("backtest", "--help").output


def test_folds_and_a_horizon_can_be_asked_for(run):
    found = json.loads(run("backtest", "churn", "--folds", "5", "--format", "json").output)
    assert (found["protocol"], found["methods"]) == ("folds", {})
    found = json.loads(run("backtest", "churn", "--horizon", "30", "--format", "json").output)
    assert (found["protocol"], found["data"]["rows"]) == ("origins", 0)


def test_what_was_offered_and_taken_is_told_where_anything_was():
    scores = {"leadline": Scores(9, brier=0.1)}
    report = Report("upsell", 9, FIRST, FIRST, scores, hits={"leadline": 0.204, "popularity": 0.12})
    text = shaped([report], "text", is_one=True)
    assert "offers to each customer it took: leadline 20.4%, popularity 12.0%." in text
    assert "offers" not in shaped([replace(report, hits={})], "text", is_one=True)
