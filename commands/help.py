"""What can be asked, with examples that work on the asker's own data."""

import re
from collections.abc import Sequence

from sqlmodel import Session

from commands import Ask, Command, FollowUp, Notice, load
from commands._grammar import TOPIC_OF, nearest, shorten
from commands._lookup import command_of, spellings
from storage.known.names import latest

EXAMPLES = 3
# what a command can be asked about, as its usage says: "[supplier or item]"
SLOT = re.compile(r"[\[<](supplier|customer)\b")


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Notice:
    registry = {name: one for name, one in load().items() if one.tells(ask.grant)}
    if not words:
        return _overview(session, ask, list(registry.values()))
    command, rest = command_of(words, registry)
    if command and not rest:
        return _usage(session, ask, command)
    phrase = " ".join(words)
    known = spellings(registry)
    near = dict.fromkeys(known[name].name for name in nearest(phrase, known))
    choices = tuple(FollowUp(name, f"help {name}") for name in near)
    text = "Do you mean one of these?" if near else "Ask for `help` to see what there is."
    return Notice(f"I know no command “{shorten(phrase)}”", text, choices, error=True)


def _overview(session: Session, ask: Ask, every: Sequence[Command]) -> Notice:
    # what has a slash command of its own is asked most
    questions = sorted((one for one in every if one.topics), key=lambda one: one.slash is None)
    others = [one for one in every if not one.topics]
    lines = [f"• `{one.name}`: {one.summary}" for one in (*questions, *others)]
    windows = "A window is `last 90 days`, `this quarter`, `in 2025`, `since 2026-01-31` and so on."
    # the other questions may need data that is not there: a button must have an answer
    asked_most = [one for one in questions if one.slash] or questions
    tried = [_examples(session, ask, one) for one in asked_most]
    # one of each question first, so that the buttons show several questions
    lines_of = [line for group in zip(*tried, strict=False) for line in group]
    chosen = list(dict.fromkeys([*lines_of, *(line for group in tried for line in group)]))
    buttons = tuple(FollowUp(line, line) for line in (chosen or ["define"])[:EXAMPLES])
    more = "`help lead-time` tells how one of them is asked."
    return Notice("What you can ask", "\n".join([*lines, f"{windows} {more}"]), buttons)


def _usage(session: Session, ask: Ask, command: Command) -> Notice:
    text = f"{command.summary}\nUsage: `{command.usage}`"
    if command.slash:
        text += f"\nShort: `{command.slash}`"
    return Notice(
        f"`{command.name}`", text,
        tuple(FollowUp(line, line) for line in _examples(session, ask, command)),
    )  # fmt: skip


def _examples(session: Session, ask: Ask, command: Command) -> list[str]:
    """The command's examples, one about a real name first where the asker may see such a name."""
    kinds = [kind for kind in SLOT.findall(command.usage) if ask.grant.allows(TOPIC_OF[kind])]
    named = [one for kind in kinds if (one := latest(session, ask.now, kind))]
    return [*(f"{command.name} {one.name}" for one in named[:1]), *command.examples]


COMMAND = Command(
    name="help",
    summary="What can be asked, and how.",
    usage="help [command]",
    examples=("help", "help lead-time"),
    topics=(),
    answer=answer,
    synonyms=("hello", "hi", "?", "commands"),
)
