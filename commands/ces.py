"""How easy are we to deal with: the mean of answers from 1 to 7, and who finds it hard."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Answer, Ask, Command, Notice
from commands._survey import Figure, Survey, survey_answer
from storage.known.voices import Voice
from storage.metrics.ces import METRIC, SCALE, ces, is_change

HARD = 3


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    return survey_answer(session, ask, words, SURVEY)


def _measure(voices: Sequence[Voice]) -> Figure:
    found = ces(voices)
    one = found.mean
    return Figure(one.n, found.left_out, one.value, one.low, one.high)


SURVEY = Survey(
    "ces",
    "ces",
    METRIC,
    _measure,
    lambda value: f"{value:.1f} of 7",
    lambda now, before: is_change(ces(now), ces(before)),
    lambda every: [one for one in every if (ces([one]).mean.value or SCALE) <= HARD],
)

COMMAND = Command(
    name="ces",
    summary="How easy customers find it to deal with us, from 1 to 7.",
    usage="ces [customer] [by segment | country | owner | month] [window]",
    examples=("ces", "ces by segment"),
    topics=("customers", "personal"),
    answer=answer,
    synonyms=("customer effort score", "effort"),
    asks=(
        "how easy is it to work with us",
        "customer effort",
        "effort score",
    ),
)
