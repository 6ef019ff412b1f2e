"""`clv` as people ask it."""

import pytest

from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.people import company, orders
from tests.storage.forecasts.valued import valued
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    made = company(World(tmp_path))
    for number in range(12):
        orders(made, made.customer(f"More {number}"), last=3 + number, first=1200)
    synced_twice(made)
    return made


def synced_twice(world):
    assert world.store


def test_kinds_are_told_apart_and_never_added_up(world):
    verify(world, [
        ("clv", "answer", "in 36 months from 1 under contract", "in 12 months from",
         "without a contract", "This is revenue", "the average customer of a kind",
         "so they are not added up"),
        ("ltv nordwind", "answer", "Nordwind Retail is expected to bring EUR", "in 36 months"),
        ("clv other 1", "answer", "Other 1 is expected to bring EUR", "in 12 months"),
        ("clv othr", "error", "I know no “othr”"),
    ])  # fmt: skip


def test_the_table_adds_up_to_the_readings(world):
    said = say(world, "clv")
    figures = {one.name: one.value for one in said.readings}
    for months, name in (("36 months", "next 36 months"), ("12 months", "next 12 months")):
        rows = [row for row in said.table.rows if row[5] == months]
        assert sum(row[1] for row in rows) == pytest.approx(float(figures[name]), abs=len(rows))
        assert len(rows) == figures[f"customers, {name}"]
        assert all(row[2] <= row[1] <= row[3] for row in rows)
    assert said.basis[0].n == len(said.table.rows)


def test_too_little_known_is_no_value(tmp_path):
    world = World(tmp_path)
    orders(world, world.customer("New"), last=3, first=60)
    synced(world)
    verify(
        world, [("clv", "notice", "can't be told yet"), ("clv new", "notice", "The value of New")]
    )
    (tmp_path / "empty").mkdir()
    verify(World(tmp_path / "empty"), [("clv", "notice", "No customers yet")])


def test_all_of_it_is_revenue(world):
    said = say(world, "clv", sees=grant("customers"))
    assert "EUR" not in words_of(said)


def test_by_a_fit_each_has_an_interval_of_its_own_and_the_gain_is_said(world):
    valued(world, NOW)
    said = say(world, "clv other 1")
    assert "(8 in 10: " in said.summary.text
    assert "told was 12 % below that of plain past spend" in words_of(said)
    verify(world, [
        ("clv", "answer", "in 36 months from 1 under contract", "without a contract",
         "The tenth told the most brought 52 % of the revenue",
         "such intervals held 81 times in 100", "so they are not added up"),
    ])  # fmt: skip
    whole = say(world, "clv")
    assert all(row[2] <= row[1] <= row[3] for row in whole.table.rows)
    stated = {one.subject: one for one in whole.statements}
    assert {one.event for one in stated.values()} == {"brings", "brings by contract"}
    for key, row in list(zip(whole.table.keys, whole.table.rows, strict=True))[:10]:
        assert round(stated[key].low) == row[2]
        assert round(stated[key].high) == row[3]


def test_a_fit_whose_intervals_held_too_seldom_is_told_by_what_was_measured(world):
    valued(world, NOW, cover80=0.66)
    assert "(66 in 100: " in say(world, "clv other 1").summary.text


def test_a_fit_that_is_not_used_changes_nothing(world):
    before = say(world, "clv")
    valued(world, NOW, is_used=False)
    assert say(world, "clv") == before
    assert before.statements == ()
