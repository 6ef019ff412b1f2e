"""How all surveys are answered."""

import pytest

from tests.commands.dialogue import NOW, grant, say, synced, verify
from tests.commands.people import ago, company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


@pytest.mark.parametrize("command", ["nps", "csat", "ces"])
def test_each_can_be_split_and_asked_of_one(world, command):
    verify(world, [
        (f"{command} by segment", "answer", "food | "),
        (f"{command} by month", "answer", " 2026 | "),
        (f"{command} other 1", "answer", "1 answer in the last 365 days"),
        (f"{command} in 2019", "notice", "answers in 2019", "[Last 3 years]"),
        (f"{command} by colour", "error", "can't be split by “colour”", "[by segment]"),
        (f"{command} othr", "error", "I know no “othr”"),
    ])  # fmt: skip


@pytest.mark.parametrize("command", ["nps", "csat", "ces"])
def test_groups_add_up_to_all_answers(world, command):
    said = say(world, f"{command} by owner")
    assert sum(row[4] for row in said.table.rows) == said.basis[0].n


def test_few_answers_are_a_span_and_no_figure(world):
    for number in range(3):
        world.survey(world.account(f"Lone {number}"), ago(800 + number), 9)
    verify(world, [("nps in 2024", "answer", "Too few answers for NPS"),
                   ("nps in january 2024", "answer", "anything from",
                    "Too few answers in the month before")])  # fmt: skip


@pytest.mark.parametrize(("command", "scale", "bad", "odd"), [
    ("nps", 10, 3, (4, 5)), ("csat", 5, 2, (90, 100)), ("ces", 7, 2, (3, 5)),
])  # fmt: skip
def test_answers_that_are_left_out_are_not_named_as_bad(tmp_path, command, scale, bad, odd):
    world = World(tmp_path)
    for number, (score, of) in enumerate([(bad, scale), odd, *[(scale, scale)] * 6]):
        world.survey(world.account(f"C{number}"), ago(9), score, kind=command, scale=of)
    synced(world)
    assert [row[0] for row in say(world, command).table.rows] == ["C0"]


def test_it_says_which_side_has_too_few_answers_to_compare(tmp_path):
    world = World(tmp_path)
    for number in range(9):
        world.survey(world.account(f"C{number}"), ago(500), 9)
    world.survey(world.account("Lately"), ago(50), 9)
    synced(world)
    verify(world, [("nps", "answer", "Too few answers now to compare with the 9 in the 365 days")])


def test_a_comment_is_personal(world):
    said = say(world, "nps", sees=grant("customers"))
    assert "Comment" not in [column.name for column in said.table.columns]
    assert "always late" in str(say(world, "nps").table.rows)


def test_without_answers_it_says_what_it_needs(tmp_path):
    verify(World(tmp_path), [("nps", "notice", "NPS needs answers to a survey of that kind")])


def test_it_is_of_what_was_answered_by_then(world):
    before = say(world, "nps").basis[0].n
    world.survey(world.account("Later"), NOW.date(), 0)
    assert say(world, "nps").basis[0].n == before
