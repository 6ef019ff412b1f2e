"""Alerts are made and changed in Slack alone; anywhere else this says where to find them."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Ask, Command, Notice


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Notice:
    return Notice(
        "Alerts live in Slack",
        "Write `/leadline alerts` there: it lists what is watched in a channel and for you, and"
        " `/leadline alerts new lead-time` makes one. Those of leadline.toml are under [[rules]].",
    )


COMMAND = Command(
    name="alerts",
    summary="What is watched here and for you, how it stands, and how to change it.",
    usage="alerts | alerts new [question]",
    examples=("alerts", "alerts new lead-time"),
    topics=(),
    answer=answer,
    synonyms=("alert", "alarms"),
    asks=(
        "which alerts do i have",
        "list the alerts of this channel",
        "what do you watch for me",
        "what is being watched here",
        "what is watched in this channel",
    ),
)
