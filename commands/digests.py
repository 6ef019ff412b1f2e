"""Digests are made and changed in Slack alone; anywhere else this says where to find them."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Ask, Command, Notice


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Notice:
    return Notice(
        "Digests live in Slack",
        "Write `/leadline digests` there: it lists what is posted in a channel and to you, and"
        " `/leadline digests new` makes one. Those of leadline.toml are under [[digests]].",
    )


COMMAND = Command(
    name="digests",
    summary="What is posted here and to you without being asked, when, and how to change it.",
    usage="digests | digests new",
    examples=("digests", "digests new"),
    topics=(),
    answer=answer,
    synonyms=("digest",),
    asks=(
        "which digests do i have",
        "list the digests of this channel",
        "what do you post here",
        "what is posted in this channel",
        "schedule a message for this channel",
    ),
)
