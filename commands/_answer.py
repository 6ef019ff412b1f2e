"""From a line to its answer: finds the command, asks it, and sees to what every answer needs."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from commands._audience import refusal, visible
from commands._basis import with_stale_first
from commands._contract import Answer, Ask, Command, FollowUp, Notice
from commands._grammar import LONGEST_LINE, clean, nearest, shorten
from commands._lookup import command_of, spellings


def answer(session: Session, ask: Ask, registry: Mapping[str, Command]) -> Answer | Notice:
    """The answer to a line, with only what the asker may see in it.

    Empty text and `help` give help; what can't be read gives a Notice with the nearest commands.
    """
    if len(ask.line) > LONGEST_LINE:
        text = f"Write at most {LONGEST_LINE} characters, for example `lead-time`."
        return Notice("That is too long for me", text, error=True)
    line = clean(ask.line)
    words = (line or "help").split()
    command, rest = command_of(words, registry)
    if command is None:
        return _unknown(line, registry)
    if rest and [word.lower() for word in rest] == ["help"]:
        return _usage(command)
    if command.topics and not any(ask.grant.allows(topic) for topic in command.topics):
        return refusal(line)
    found = command.answer(session, ask, rest)
    if isinstance(found, Notice):
        return replace(found, line=line)
    said = with_stale_first(replace(found, line=line), ask.zone, command.topics)
    return visible(said, ask.grant, registry)


def changes(line: str, registry: Mapping[str, Command]) -> bool:
    """Whether a line changes the store, so that it needs a session that may write."""
    command, rest = command_of(clean(line[:LONGEST_LINE]).split(), registry)
    return command is not None and bool(rest) and rest[0].lower() in command.writes


def _usage(command: Command) -> Notice:
    examples = tuple(FollowUp(example, example) for example in command.examples)
    return Notice(f"`{command.name}`", f"{command.summary}\nUsage: `{command.usage}`", examples)


def _unknown(line: str, registry: Mapping[str, Command]) -> Notice:
    known = spellings(registry)
    near = dict.fromkeys(known[name].name for name in nearest(line.split()[0], known))
    rest = " ".join(line.split()[1:])
    choices = tuple(FollowUp(name, f"{name} {rest}".strip()) for name in [*near, "help"])
    return Notice(
        f"I can't read “{shorten(line)}”", "Do you mean one of these?", choices, error=True
    )
