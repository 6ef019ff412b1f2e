"""Questions: one file each, Slack-free. An `Ask` goes in; an `Answer` or a `Notice` comes out."""

from commands._answer import answer, writes
from commands._contract import (
    TOPICS,
    Answer,
    Ask,
    Basis,
    Chart,
    Column,
    Command,
    FollowUp,
    Grant,
    Level,
    Notice,
    Reading,
    Sentence,
    Series,
    SourceAge,
    Table,
    Topic,
    Value,
)
from storage.registry import discover

__all__ = [
    "TOPICS",
    "Answer",
    "Ask",
    "Basis",
    "Chart",
    "Column",
    "Command",
    "FollowUp",
    "Grant",
    "Level",
    "Notice",
    "Reading",
    "Sentence",
    "Series",
    "SourceAge",
    "Table",
    "Topic",
    "Value",
    "answer",
    "load",
    "writes",
]


def load(package: str = __name__) -> dict[str, Command]:
    """All commands by name; `BadModule` for one without COMMAND, or a name used twice."""
    return discover(package, "COMMAND", Command, lambda command: command.name)
