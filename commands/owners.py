"""Who the owners in the data are is set in Slack alone; anywhere else this says where."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Ask, Command, Notice


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Notice:
    return Notice(
        "Owners are set in Slack",
        "Write `/leadline owners` there: operators see whom the data names as owners and buyers,"
        " who that is in Slack, and set it right.",
    )


COMMAND = Command(
    name="owners",
    summary="For operators: who the owners in the data are in Slack, and how to set that right.",
    usage="owners [page]",
    examples=("owners",),
    topics=(),
    answer=answer,
)
