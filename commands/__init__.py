"""Questions: one file each, Slack-free. An `Ask` goes in; an `Answer` or a `Notice` comes out."""

import importlib
import pkgutil

from commands._answer import answer
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
]


def load(package: str = __name__) -> dict[str, Command]:
    """All commands by name. A module without COMMAND or a name used twice is an error."""
    commands: dict[str, Command] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.name.startswith("_"):
            continue
        command = getattr(importlib.import_module(f"{package}.{module.name}"), "COMMAND", None)
        if not isinstance(command, Command):
            raise TypeError(f"{package}.{module.name} must define COMMAND = Command(...)")
        if command.name in commands:
            raise ValueError(f"two commands are named {command.name}")
        commands[command.name] = command
    return commands
