import pytest

from commands import Answer, Grant, Notice, answer, load, writes
from commands._contract import Basis, Sentence
from tests.commands.dialogue import say, verify
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_the_dialogue(world):
    verify(world, [
        ("", "notice", "What you can ask"),
        ("help", "notice", "What you can ask"),
        ("lead-tiem", "notice", "No purchases yet"),
        ("led-tm", "error", "I can't read “led-tm”", "[lead-time]", "[help]"),
        ("frobnicate", "error", "I can't read", "[help]"),
        ("x" * 501, "error", "too long"),
        ("churn help", "notice", "Usage"),
    ])  # fmt: skip


def test_a_typo_of_a_command_keeps_what_was_asked_of_it(world):
    said = say(world, "lead-tiem acme last 30 days")
    assert said.choices[0].line == "lead-time acme last 30 days"


def test_an_answer_without_a_basis_cannot_be_built():
    with pytest.raises(ValueError, match="basis"):
        Answer("x", Sentence("y", ()), ())


def test_every_answer_carries_its_line(world):
    assert say(world, "churn help").line == "" or isinstance(say(world, "churn help"), Notice)
    assert say(world, "status").line == "status"


def test_the_package_gives_the_same_function():
    assert answer.__module__ == "commands._answer"
    assert {"lead-time", "churn", "help", "status", "define"} <= set(load())
    assert Basis.__dataclass_params__.frozen


def test_only_lines_that_say_so_change_the_store():
    registry = load()
    lines = (
        "links confirm abc",
        "Links  REJECT abc",
        "links",
        "links acme",
        "churn confirm",
        "",
        "x",
    )
    assert [writes(line, registry) for line in lines] == [True, True, *[False] * 5]


def test_what_may_not_be_shown_is_not_offered_for_what_can_t_be_read(world):
    asked = "can I trust the forecasts?"
    said = say(world, asked, sees=Grant())
    assert said.error
    assert {one.line.split()[0] for one in said.choices}.isdisjoint({"trust", "cash", "why"})
    assert "help" in {one.line for one in said.choices}
    assert not any("forecasts" in one.line for one in said.choices)
