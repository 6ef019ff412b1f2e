"""From a line to its answer: finds the command, asks it, and sees to what every answer needs."""

from collections.abc import Mapping
from dataclasses import replace

from rapidfuzz import fuzz
from sqlmodel import Session

from commands._audience import refusal, visible
from commands._basis import stale_words, with_stale_first
from commands._contract import Answer, Ask, Command, FollowUp, Notice
from commands._grammar import LONGEST_LINE, clean, nearest, shorten
from commands._lookup import command_of, spellings
from commands._reader import Choose, Read, read_sentence

TYPO = 75


def answer(
    session: Session, ask: Ask, registry: Mapping[str, Command], choose: Choose | None = None
) -> Answer | Notice:
    """The answer to a line or a sentence, with only what the asker may see in it.

    Empty text and `help` give help; a sentence is read as a line, which the answer echoes; what
    can't be read gives a Notice with what it may mean. `choose`: see `read_sentence`.
    """
    if len(ask.line) > LONGEST_LINE:
        text = f"Write at most {LONGEST_LINE} characters, for example `lead-time`."
        return Notice("That is too long for me", text, error=True)
    line = clean(ask.line) or "help"
    said = _of_line(session, ask, line, registry)
    if said and (not _is_error(said) or said == refusal(line)):
        return said
    read = read_sentence(session, ask, line, registry, choose)
    if read.line and read.line != line:
        meant = _of_line(session, ask, read.line, registry)
        if isinstance(meant, Answer):
            return replace(meant, echo=read.line)
        if meant and not meant.error:
            return meant
    allowed = {name: one for name, one in registry.items() if one.tells(ask.grant)}
    return said or _unclear(line, allowed, read)


def _of_line(
    session: Session, ask: Ask, line: str, registry: Mapping[str, Command]
) -> Answer | Notice | None:
    """The answer to a line that begins with a command; null where it does not."""
    command, rest = command_of(line.split(), registry)
    if command is None:
        return None
    if rest and [word.lower() for word in rest] == ["help"]:
        return _usage(command)
    if not command.tells(ask.grant):
        return refusal(line)
    found = command.answer(session, ask, rest)
    if isinstance(found, Notice):
        # that nothing is there is a claim too, as old as the data
        old = stale_words(session, ask) if command.topics and not found.error else ""
        return replace(found, line=line, text=f"⚠ {old} {found.text}" if old else found.text)
    said = with_stale_first(replace(found, line=line), ask.zone, command.topics)
    return visible(said, ask.grant, registry)


def _is_error(said: Answer | Notice) -> bool:
    return isinstance(said, Notice) and said.error


def writes(line: str, registry: Mapping[str, Command]) -> bool:
    """Whether a line changes the store, so that it needs a session that may write."""
    command, rest = command_of(clean(line[:LONGEST_LINE]).split(), registry)
    return command is not None and bool(rest) and rest[0].lower() in command.writes


def _usage(command: Command) -> Notice:
    examples = tuple(FollowUp(example, example) for example in command.examples)
    return Notice(f"`{command.name}`", f"{command.summary}\nUsage: `{command.usage}`", examples)


def _unclear(line: str, registry: Mapping[str, Command], read: Read) -> Notice:
    """Asks back: what a sentence may mean, else commands of a name like its first word."""
    title = f"I can't read “{shorten(line)}”"
    first, *rest = line.split()
    known = spellings(registry)
    typed = [name for name in known if fuzz.ratio(first.casefold(), name) >= TYPO]
    near = typed or ([] if read.choices else nearest(first, known))
    names = dict.fromkeys(known[name].name for name in near)
    # what was asked of a mistyped command is kept; after a guess it makes no line
    after = rest if typed else []
    lines = [" ".join([name, *after]) for name in names] or list(read.choices)
    choices = tuple(FollowUp(one, one) for one in [*lines, "help"])
    text = "Do you mean one of these?"
    if read.unknown and read.choices:
        text = f"I don't know “{shorten(read.unknown[0])}”. {text}"
    return Notice(title, text, choices, error=True)
