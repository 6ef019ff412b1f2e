"""The rows behind figures about customers."""

from collections import Counter

import pytest

from tests.commands.dialogue import grant, say
from tests.commands.people import ago, company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


def states(said):
    return Counter(row[-1] for row in said.evidence.rows)


def test_without_being_asked_there_are_none(world):
    for line in ("retention", "nps", "tickets"):
        assert say(world, line).evidence is None


def test_the_rows_of_retention_add_up_to_its_figures(world):
    said = say(world, "retention", rows=True)
    figures = {one.name: one.value for one in said.readings}
    assert states(said)["lost"] == figures["lost"] == 1
    assert sum(row[1] for row in said.evidence.rows) == figures["at start"]
    assert sum(row[2] for row in said.evidence.rows) == figures["at end"]
    hidden = say(world, "retention", rows=True, sees=grant("customers"))
    assert [column.name for column in hidden.evidence.columns] == ["Customer", "State"]


def test_an_answer_given_again_is_left_out_with_the_reason(world):
    world.survey("account-none", ago(3), 5)
    nordwind = next(row for row in say(world, "nps").table.rows if row[0] == "Nordwind Retail")
    assert nordwind[1] == 3
    said = say(world, "nps", rows=True)
    assert states(said)["counted"] == said.basis[0].n
    with world.reader() as session:
        from sqlalchemy import text

        account = session.execute(
            text("SELECT source_id FROM account WHERE name = 'Nordwind Retail'")
        ).scalar()
    world.survey(account, ago(2), 9)
    again = say(world, "nps", rows=True)
    assert states(again) == {
        "counted": again.basis[0].n, "left out: the company answered again later": 1,
    }  # fmt: skip
    hidden = say(world, "nps", rows=True, sees=grant("customers"))
    assert "Comment" not in [column.name for column in hidden.evidence.columns]


def test_the_rows_of_tickets_are_all_of_them(world):
    said = say(world, "tickets", rows=True)
    assert states(said) == {"open": 1, "closed": 10}
