"""The chance of each renewal in `renewals`, and the base rate where no fit tells one."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from storage.forecasts._features import Encoder, Words
from storage.forecasts._leaving import Leaving
from storage.models import ForecastFit
from tests.commands.dialogue import NOW, grant, say, synced, words_of
from tests.commands.leaving_fit import plain
from tests.storage.world import World

TODAY = NOW.date()
LOST = 1.0986  # a chance of a quarter to renew


@pytest.fixture
def world(tmp_path):
    """Two renewals ahead, one beyond the fit, and ten of the past of which eight were renewed."""
    world = World(tmp_path)
    for name, segment, ahead, mrr in (
        ("Nordwind", "small", 20, 100), ("Harbour", "big", 40, 50), ("Marlin", "big", 150, 10),
    ):  # fmt: skip
        account = world.account(name, segment=segment)
        ends = TODAY + timedelta(days=ahead)
        world.contract(account, "2025-06-01", ends=ends, mrr=Decimal(mrr), currency="EUR")
    for number in range(10):
        ended = None if number < 8 else "2025-06-30"
        world.contract(
            world.account(f"Past {number}"), "2024-07-01", ends="2025-06-30", churned=ended,
            auto_renew=True,
        )  # fmt: skip
    synced(world)
    return world


def by_segment():
    """Of the small a quarter renews, of the big three quarters."""
    score = plain(0.0, [-LOST, LOST])
    return Leaving(500, 100, Encoder((Words("segment", ("big", "small")),)), score)


def keep(world, fit, *, is_used=True):
    world._add(
        ForecastFit, model="renewal", version=1, fitted_at=NOW - timedelta(hours=3),
        starts_on=date(2024, 1, 1), ends_on=TODAY, rows=500, params=json.dumps(fit.as_json()),
        backtest={}, is_used=is_used, why="",
    )  # fmt: skip


BASE = "Base rate: 80 % (49 % to 94 %) were renewed, 8 of 10 decided so far."


def test_the_chance_of_each_stands_beside_it_and_what_is_expected_is_their_sum(world):
    keep(world, by_segment())
    said = say(world, "renewals next 180 days")
    names = [column.name for column in said.table.columns]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in said.table.rows}
    assert rows["Nordwind"]["Renews"] == pytest.approx(0.25, abs=0.001)
    assert rows["Harbour"]["Renews"] == pytest.approx(0.75, abs=0.001)
    assert rows["Harbour"]["From"] < 0.75 < rows["Harbour"]["To"]
    assert rows["Harbour"]["Main factors"] == "raised by segment big"
    assert rows["Nordwind"]["Main factors"] == "lowered by segment small"
    assert rows["Marlin"]["Renews"] is None
    text = words_of(said)
    assert "About 1.0 of 2 are expected to be renewed." in text
    assert (
        "Expected to stay with them: EUR 750 a year, the sum of chance × revenue, of EUR 1,800."
        in text
    )
    assert BASE in text
    assert "Of 1 no chance is told: a deal, or later than 91 d." in text
    read = {one.name: one.value for one in said.readings}
    assert read["expected to be renewed"] == pytest.approx(
        sum(row["Renews"] or 0 for row in rows.values())
    )


@pytest.mark.parametrize("fit", [None, Leaving(49, 9)])
def test_without_chances_there_is_the_base_rate_with_its_interval(world, fit):
    if fit:
        keep(world, fit)
    said = say(world, "renewals")
    assert "Renews" not in [column.name for column in said.table.columns]
    text = words_of(said)
    assert BASE in text
    assert "No chance of each: no fit of renewals is in use, or it rests on too few" in text
    assert said.statements == ()


def test_a_fit_that_did_worse_is_not_read(world):
    keep(world, by_segment(), is_used=False)
    assert "expected to be renewed" not in words_of(say(world, "renewals"))


def test_money_is_left_out_for_those_who_may_not_see_it(world):
    keep(world, by_segment())
    text = words_of(say(world, "renewals", sees=grant("customers")))
    assert "EUR" not in text
    assert "About 1.0 of 2 are expected to be renewed." in text


def test_what_is_told_is_stated_and_decided_when_the_grace_is_over(world):
    keep(world, by_segment())
    said = say(world, "renewals")
    first, second = said.statements
    assert (first.model, first.event, first.share) == ("renewal", "renews", said.table.rows[0][6])
    assert first.by == TODAY + timedelta(days=50)
    assert [first.subject, second.subject] == list(said.table.keys)


def test_where_all_is_beyond_the_fit_that_is_said_and_not_that_there_is_none(world):
    keep(world, by_segment())
    text = words_of(say(world, "renewals Marlin next 180 days"))
    assert "Of 1 no chance is told: a deal, or later than 91 d." in text
    assert "no fit of renewals is in use" not in text
    assert "From and To" not in text
