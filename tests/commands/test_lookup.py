import pytest

from commands import load
from commands._lookup import command_of, spellings


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        ("lead-time acme", "lead-time", ["acme"]),
        ("leadtime acme", "lead-time", ["acme"]),
        ("/LeadTime acme", "lead-time", ["acme"]),
        ("lead time acme", "lead-time", ["acme"]),
        ("supplier lead time acme", "lead-time", ["acme"]),
        ("churn", "churn", []),
    ],
)
def test_a_command_is_found_however_it_is_spelled(line, name, rest):
    command, left = command_of(line.split(), load())
    assert (command.name, left) == (name, rest)


def test_what_is_no_command_is_left_as_it_is():
    assert command_of(["frobnicate", "acme"], load()) == (None, ["frobnicate", "acme"])


def test_no_two_commands_share_a_spelling():
    every = [name for one in load().values() for name in (one.name, *one.synonyms)]
    assert len(every) == len(spellings(load()))
