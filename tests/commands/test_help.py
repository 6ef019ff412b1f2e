"""`help`: what the asker may ask, with names that they may see."""

from datetime import timedelta

import pytest

from commands import Grant, load
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    found = World(tmp_path)
    steel, bolt = found.supplier("Borealis Steel"), found.item("Bolt M8")
    found.purchase(steel, bolt, "2026-02-01", received="2026-02-20")
    acme = found.customer("Acme Foods")
    found.sale(acme, "2025-02-01")
    found.sale(acme, "2026-03-01")
    found.supplier("Never Ordered")
    synced(found)
    return found


def test_help_lists_every_question_and_gives_examples_with_real_names(world):
    verify(world, [
        ("", "notice", "What you can ask", "lead-time Borealis Steel", "churn Acme Foods"),
        ("help", "notice", *(f"`{one.name}`: {one.summary}" for one in load().values())),
        ("help churn", "notice", "Usage: `churn", "[churn Acme Foods]", "/churn"),
        ("help lead time", "notice", "[lead-time Borealis Steel]"),
        ("help chrn", "error", "I know no command “chrn”", "[churn]"),
        ("hello", "notice", "What you can ask"),
    ])  # fmt: skip


@pytest.mark.slow
def test_every_example_that_is_shown_has_an_answer(world):
    for up in say(world, "help").choices:
        assert hasattr(say(world, up.line), "basis"), up.line
    for command in load():
        for up in say(world, f"help {command}").choices:
            assert not getattr(say(world, up.line), "error", False), up.line


def test_names_and_commands_that_one_may_not_see_are_not_shown(world):
    text = words_of(say(world, "help", sees=grant("supply")))
    assert "Borealis" in text
    assert "Acme" not in text
    assert "churn" not in text
    denied = words_of(say(world, "help churn", sees=grant("supply")))
    assert denied.startswith("I know no command “churn”")
    assert "churn" not in denied.replace("“churn”", "")


def test_one_who_may_see_nothing_gets_help_without_names(world):
    said = say(world, "help", sees=Grant())
    assert "`define`" in said.text
    assert "Borealis" not in words_of(said)
    assert [up.line for up in said.choices] == ["define"]


def test_a_name_from_the_future_is_no_example(world):
    text = words_of(say(world, "help", now=NOW - timedelta(days=60)))
    assert "Borealis" not in text
    assert "Acme Foods" in text


def test_an_empty_store_has_help_too(tmp_path):
    verify(World(tmp_path), [("help", "notice", "What you can ask", "[lead-time]", "[churn]")])
