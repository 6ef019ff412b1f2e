"""`cold-chain` as people ask it."""

from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, verify, words_of
from tests.storage.world import World


def journey(world, shipment, *values, ago=3, step=15, unit="C"):
    """Readings of a shipment every so many minutes; a null is a reading that did not come."""
    start = NOW - timedelta(days=ago)
    for number, value in enumerate(values):
        at = start + timedelta(minutes=number * step)
        if value is not None:
            world.fact("sensorreading", "mqtt:plant", device="s1", measure="temperature",
                       value=value, unit=unit, shipment_ref=shipment, seen_at=at,
                       seen_on=at.date())  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("cold"))
    journey(world, "N-1", 4, 5, 5, 4)
    journey(world, "N-2", 4, 9, 11, 9, 4, 9, 4)
    journey(world, "N-3", 4, None, None, None, None, 5, 1, 3)
    journey(world, "N-4", 4, 5, 9)
    journey(world, "OLD-1", 20, 20, 20, ago=80)
    world.synced("mqtt:plant", "readings", "sensorreading", NOW - timedelta(minutes=5))
    return world


def test_the_dialogue(world):
    verify(world, [
        ("cold-chain", "answer", "**3 of 4 shipments were outside 2 to 8 °C** in the last 30 days",
         "the longest N-2, for 60 min in 2 excursions, at the worst 11 °C",
         "In all 4 excursions, 75 min.", "By their last reading outside: N-4.",
         "gaps of 60 min and more between readings: N-3 (75 min)", "[N-2]", "[Frozen]"),
        ("cold chain n-2", "answer", "**N-2 was outside 2 to 8 °C for 60 min** in 2 excursions"),
        ("cold-chain N-1", "answer", "**N-1 was never outside 2 to 8 °C** in the last 30 days"),
        ("cold-chain between 0 and 10 C", "answer", "**1 of 4 shipments was outside 0 to 10 °C**"),
        ("cold-chain above 8", "answer", "**2 of 4 shipments were outside up to 8 °C**"),
        ("cold-chain below 2", "answer", "**1 of 4 shipments was outside 2 °C or more**"),
        ("cold-chain between -25 and 25", "answer", "**None of 4 shipments was outside"),
        ("cold-chain last 90 days", "answer", "**4 of 5 shipments were outside", "OLD-1"),
        ("cold-chain OLD-1", "notice", "No temperature of OLD-1 is known"),
        ("cold-chain OLD-1 last 90 days", "answer", "**OLD-1 was outside 2 to 8 °C for 30 min**"),
        ("cold-chain between 8 and 2", "error", "That range is empty"),
        ("cold-chain N-22", "error", "I know no “N-22”", "[N-2]"),
        ("cold-chain by item", "error", "can't be split by “item”"),
        ("cold-chain help", "notice", "Usage"),
    ])  # fmt: skip


def test_the_table_has_every_shipment_and_marks_those_outside(world):
    table = say(world, "cold-chain").table
    assert [row[:5] for row in table.rows] == [
        ("N-2", 60, 2, 11, 0), ("N-3", 15, 1, 1, 75), ("N-4", 0, 1, 9, 0), ("N-1", 0, 0, None, 0),
    ]  # fmt: skip
    assert table.bold == {0, 1, 2}


def test_the_rows_behind_are_excursions_and_gaps(world):
    rows = say(world, "cold-chain", rows=True).evidence.rows
    assert [row[-1] for row in rows if row[0] == "N-3"] == ["outside", "left out: gap"]
    assert [row[-1] for row in rows if row[0] == "N-1"] == ["inside"]


def test_the_basis_counts_shipments_and_those_outside_now(world):
    [basis] = say(world, "cold-chain").basis
    assert (basis.n, basis.open, basis.metric) == (4, 1, "cold-chain")


def test_fahrenheit_is_read(tmp_path):
    world = World(tmp_path)
    journey(world, "N-9", 40, 50, 40, unit="F")
    assert "at the worst 10 °C" in say(world, "cold-chain").summary.text


def test_nothing_read_is_said(tmp_path):
    verify(World(tmp_path), [
        ("cold-chain", "notice", "No temperature is known", "number of what they travel with"),
    ])  # fmt: skip


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    for line in ("cold-chain", "cold-chain N-2", "cold-chain N-22"):
        said = say(world, line, sees=grant("customers"))
        assert isinstance(said, Notice)
        assert "N-1" not in words_of(said)
        assert "60" not in words_of(said)
