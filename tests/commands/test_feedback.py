"""`feedback` as people ask it."""

import pytest

from tests.commands.dialogue import grant, say, verify
from tests.commands.people import company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


def test_themes_stand_with_their_counts(world):
    verify(world, [
        ("feedback", "answer", "Most is about: price or invoice", "(9 of 12 complaints",
         "price or invoice | 9 | 9 | 0", "late or unknown delivery | 2 | 1",
         "damaged or faulty | 1 | 1", "of 100 deliveries the customer complained"),
        ("feedback nordwind", "answer", "(2 of 3 complaints", "90 days of Nordwind Retail)"),
        ("complaints last 30 days", "answer", "complaints 11"),
        ("feedback in 2019", "notice", "No complaints in 2019"),
        ("feedback nordwnd", "error", "I know no “nordwnd”"),
    ])  # fmt: skip


def test_counts_agree(world):
    said = say(world, "feedback")
    figures = {one.name: one.value for one in said.readings}
    assert figures["complaints"] == figures["tickets"] + figures["unhappy answers"] == 12
    assert said.basis[0].n == 12
    assert sum(row[1] for row in said.table.rows) >= 12
    rate = next(one for one in said.readings if one.name == "complaints per 100 deliveries")
    assert rate.low <= rate.value <= rate.high


def test_what_was_said_is_personal(world):
    said = say(world, "feedback", sees=grant("customers"))
    assert "Said last" not in [column.name for column in said.table.columns]


def test_where_nothing_was_said_it_says_so(tmp_path):
    verify(World(tmp_path), [("feedback", "notice", "No complaints in the last 90 days")])
