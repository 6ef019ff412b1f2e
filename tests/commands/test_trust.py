"""`trust`: what was told and what came of it, beside looking back; of what one may see only."""

from datetime import date, timedelta

import pytest

from commands import Notice
from storage.models import ForecastFit
from tests.commands.dialogue import NOW, grant, say, verify, words_of
from tests.storage.world import World

DAY = timedelta(days=1)
METHODS = {
    "leadline": {"n": 900, "pinball": 9.0, "mae": 12.3, "cover80": 0.79, "cover90": 0.86},
    "ecdf_closed": {"n": 900, "pinball": 10.0, "mae": 13.0, "cover80": 0.7, "cover90": 0.8},
    "eta": {"n": 80, "pinball": 7.0, "mae": 9.0, "cover80": 0.8, "cover90": 0.9, "brier": 0.1},
}  # fmt: skip
CAME = ((0.5, 0.52), (0.8, 0.79), (0.9, 0.86))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def fit(world, *, is_used=True, why="its error was 10.0 % below that of ecdf_closed", **more):
    calibration = [{"said": said, "came": came, "n": 900} for said, came in CAME]
    figures = {"brier": None, "auc": None, "ece": None, "slope": None, "lift10": None}
    world._add(
        ForecastFit, model="lead-time", fitted_at=NOW - DAY, starts_on=date(2025, 1, 1),
        ends_on=date(2026, 1, 1), rows=1_234, params="{}", is_used=is_used, why=why,
        backtest={
            "unit": "d", "data": {"rows": 1_234, "start": "2025-01-01", "end": "2026-01-01"},
            "methods": {name: {**figures, **one} for name, one in METHODS.items()},
            "calibration": calibration,
        },
        **{"version": 1, **more},
    )  # fmt: skip


def told(world, held, missed, share=0.8):
    for number in range(held + missed):
        world.told("lead-time", f"purchaseline:a:b/{number}", share, NOW.date() - 3 * DAY,
                   NOW - 40 * DAY, held=number < held, scored=NOW - DAY)  # fmt: skip


def test_where_nothing_was_fitted_or_told_it_says_so(world):
    verify(world, [
        ("trust", "answer", "0 of ", "nothing that was told is decided yet",
         "Lead times | nothing to fit yet | None | None | None | 0"),
        ("trust lead-time", "answer",
         "Lead times: **nothing that was told is decided yet**; nothing to fit yet.",
         "kept from now on"),
    ])  # fmt: skip
    said = say(world, "trust lead-time")
    assert (said.table, said.chart) == (None, None)


def test_the_record_stands_beside_looking_back(world):
    fit(world)
    told(world, 41, 9)
    told(world, 30, 20, share=0.5)
    text = words_of(say(world, "trust lead-time"))
    assert (
        "Lead times: **of the last 50 “8 in 10 by” statements 41 held (40 expected)**; looking"
        " back, its error was 10.0 % below that of “What each supplier delivered so far”." in text
    )
    assert "Said and held: half: 30 of 50 held; 8 in 10: 41 of 50 held." in text
    assert "Told 100 times, 0 not decided yet. The last 50 were about 50 different things." in text
    assert "Leadline | 900 | 9.00 d | 12.30 d | 0.79 | 0.86" in text
    assert "What each supplier delivered so far | 900 | 10.00 d" in text
    assert "error against the baseline -0.1 share" in text
    assert "Fitted 19 Mar 13:00 on 1,234 orders, begun 1 Jan 2025 to 1 Jan 2026." in text


def test_the_chart_sets_what_came_beside_what_was_told(world):
    fit(world)
    assert [one.name for one in say(world, "trust lead-time").chart.series] == [
        "told", "came, looking back",
    ]  # fmt: skip
    for share in (0.5, 0.8, 0.9):
        told(world, 9, 3, share)
    chart = say(world, "trust lead-time").chart
    assert chart.x == ("half", "8 in 10", "9 in 10")
    assert [one.values for one in chart.series] == [
        (0.5, 0.8, 0.9), (0.52, 0.79, 0.86), (0.75, 0.75, 0.75),
    ]  # fmt: skip


def test_all_models_stand_in_a_table_with_what_is_not_used(world):
    fit(world, is_used=False, why="its error was 3.0 % above that of ecdf_closed")
    told(world, 8, 2)
    said = say(world, "trust")
    [row] = [row for row in said.table.rows if row[0] == "Lead times"]
    assert row[1] == "not used"
    assert (
        "Lead times: not used: its error was 3.0 % above that of “What each supplier delivered so"
        " far”."
    ) in words_of(said)
    assert row[2] == pytest.approx(-0.1)
    assert row[3:] == (8, 8.0, 10)
    assert said.table.rows.index(row) in said.table.bold
    assert "of 10 statements 8 held (8 expected)" in said.summary.text
    assert "; not used: its error was 3.0 % above" in words_of(say(world, "trust lead-time"))


def test_a_fit_of_another_version_waits_for_the_next(world):
    fit(world, version=99)
    assert "to be fitted anew" in words_of(say(world, "trust lead-time"))


def test_a_model_is_found_by_its_name_too_and_one_that_is_not_there_is_not(world):
    verify(world, [
        ("trust lead times", "answer", "Lead times:"),
        ("trust lead time", "answer", "Lead times:"),
        ("trust laed-tmie", "error", "I have no model “laed-tmie”", "[Lead times]"),
        ("trust zzz", "error", "Do you mean one of these?", "[Churn]"),
        ("can I trust the forecasts?", "answer", "models are in use"),
    ])  # fmt: skip


def test_of_a_topic_that_one_may_not_see_nothing_is_said(world):
    fit(world)
    told(world, 41, 9)
    seen = say(world, "trust", sees=grant("customers"))
    assert "Lead times" not in words_of(seen)
    assert "0 of " in seen.summary.text
    assert isinstance(say(world, "trust lead-time", sees=grant("customers")), Notice)
    assert "Lead times" not in words_of(say(world, "trust lead-time", sees=grant("customers")))
    assert say(world, "trust", sees=grant("revenue")).error


def test_the_rows_behind_are_the_statements(world):
    told(world, 1, 1)
    world.told("lead-time", "company", 0.9, NOW.date() + 5 * DAY, NOW - DAY)
    rows = say(world, "trust lead-time", rows=True).evidence.rows
    assert [row[-1] for row in rows[:2]] == ["did not hold", "held"]
    assert rows[2:] == ((
        "company", "arrives", 0.9, "2026-03-25", "2026-03-19", "left out: not decided yet",
    ),)  # fmt: skip


def test_those_that_count_are_among_the_rows_behind_however_many_are_open(world, monkeypatch):
    monkeypatch.setattr("commands._trust_one.MOST_BEHIND", 3)
    told(world, 1, 1)
    for number in range(5):
        world.told("lead-time", f"purchaseline:a:c/{number}", 0.8, NOW.date() + 90 * DAY, NOW - DAY)
    rows = say(world, "trust lead-time", rows=True).evidence.rows
    assert [row[-1] for row in rows] == ["did not hold", "held", "left out: not decided yet"]


def test_one_is_one(world):
    fit(world)
    told(world, 1, 0)
    assert "**1 of 8 models is in use**; of 1 statement 1 held" in say(world, "trust").summary.text
    text = words_of(say(world, "trust lead-time"))
    assert "of 1 “8 in 10 by” statement 1 held" in text
    assert "Told once, 0 not decided yet." in text
