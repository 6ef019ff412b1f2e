"""All customers in one table."""

import pytest

from tests.commands.dialogue import say
from tests.commands.people import company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


def test_the_least_healthy_come_first_and_those_who_left_not_at_all(world):
    said = say(world, "customer")
    names = [row[0] for row in said.table.rows]
    assert names[0] == "Nordwind Retail"
    assert "Gone Ltd" not in names
    scores = [row[1] for row in said.table.rows if row[1] is not None]
    assert scores == sorted(scores)
    assert said.notes[0].text.startswith("1 who left are not in it")
    figures = {one.name: one.value for one in said.readings}
    assert figures["customers"] == len(names) == 11
    assert figures["with a score"] == len(scores) == said.basis[0].n


def test_owed_and_money_stand_in_the_row(world):
    row = next(row for row in say(world, "customer").table.rows if row[0] == "Kestrel Foods")
    assert row[3] == "EUR 5,200"
    assert row[4] == 1
