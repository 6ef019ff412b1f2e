"""Alerts are silenced in Slack alone; anywhere else this says where."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Ask, Command, Notice


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Notice:
    return Notice(
        "Alerts are silenced in Slack",
        "Write `/leadline silence` there: it lists what is silent and ends it."
        " `/leadline silence 2h borealis` tells nothing of that for two hours.",
    )


COMMAND = Command(
    name="silence",
    summary="Tells nothing of an alert, a supplier, a customer or, for operators, of anything.",
    usage="silence | silence DURATION [alert, supplier, customer or item]",
    examples=("silence", "silence 2h"),
    topics=(),
    answer=answer,
    synonyms=("mute", "maintenance", "silences"),
)
