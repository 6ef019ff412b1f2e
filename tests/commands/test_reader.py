"""Sentences as people write them, and the lines that they must be read as.

A sentence is read right, or it is answered with a question back; never with another question's
figures.
"""

import pytest

from commands import Ask, Grant, Notice, load
from commands._reader import read_sentence
from tests.commands.dialogue import BERLIN, NOW, grant, say, words_of
from tests.commands.golden import GOLDEN, UNCLEAR
from tests.commands.story import tell
from tests.storage.world import World

SHARE = 0.95


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("reader")))


def read(world, text, sees=None, choose=None):
    ask = Ask(text, NOW, BERLIN, sees or Grant.everything())
    with world.reader() as session:
        return read_sentence(session, ask, text, load(), choose)


@pytest.mark.slow
def test_enough_sentences_are_read_right_and_the_others_ask_back(world):
    assert len(GOLDEN) >= 150
    found = {text: read(world, text).line for text in GOLDEN}
    wrong = {
        text: line for text, line in found.items() if line is not None and line != GOLDEN[text]
    }
    assert wrong == {}
    right = sum(line is not None for line in found.values())
    assert right >= SHARE * len(GOLDEN), [text for text, line in found.items() if line is None]


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_not_clear_is_not_guessed(world, text):
    assert read(world, text).line is None
    said = say(world, text)
    assert isinstance(said, Notice)
    assert said.error


def test_the_reading_is_echoed(world):
    said = say(world, "which customers wait for Borealis Steel?")
    assert said.echo == "impact Borealis Steel"


def test_a_word_that_nobody_knows_is_named_and_the_nearest_lines_are_offered(world):
    said = say(world, "how long does Zorkoff take to deliver?")
    assert isinstance(said, Notice)
    assert "zorkoff" in said.text.casefold()
    assert any(up.line.startswith("lead-time") for up in said.choices)


def test_a_name_that_one_may_not_see_reads_like_one_that_is_not_there(world):
    told = [
        words_of(say(world, f"who is affected by {name}?", sees=grant("customers")))
        .casefold().replace(name.casefold(), "x")
        for name in ("Borealis", "Zorkoff")
    ]  # fmt: skip
    assert told[0] == told[1]


def test_a_command_that_one_may_not_ask_is_not_taken_for_another(world):
    said = say(world, "suppliers borealis", sees=grant("customers"))
    assert isinstance(said, Notice)
    assert said.title == "Not here"


def test_a_chooser_may_only_choose_one_of_the_lines(world):
    text = "how long does Borealis need to deliver coil 2 mm?"
    lines = read(world, text).choices
    assert read(world, text).line is None
    assert read(world, text, choose=lambda _, offered: offered[1]).line == lines[1]
    assert read(world, text, choose=lambda *_: "churn; DROP TABLE").line is None
    assert read(world, text, choose=lambda *_: None).line is None
