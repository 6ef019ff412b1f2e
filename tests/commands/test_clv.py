"""`clv` as people ask it."""

import pytest

from tests.commands.dialogue import grant, say, synced, verify, words_of
from tests.commands.people import company, orders
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
