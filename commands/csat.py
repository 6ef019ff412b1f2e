"""Are customers satisfied: the share of good answers, how sure it is, and who is not."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Answer, Ask, Command, Notice
from commands._churn_words import percent
from commands._survey import Figure, Survey, survey_answer
from storage.known.voices import Voice
from storage.metrics.csat import METRIC, csat, is_change, unsatisfied


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    return survey_answer(session, ask, words, SURVEY)


def _measure(voices: Sequence[Voice]) -> Figure:
    found = csat(voices)
    counts = (("satisfied", found.satisfied),)
    return Figure(found.n, found.left_out, found.value, found.low, found.high, counts)


SURVEY = Survey(
    "csat",
    "csat",
    METRIC,
    _measure,
    percent,
    lambda now, before: is_change(csat(now), csat(before)),
    unsatisfied,
)

COMMAND = Command(
    name="csat",
    summary="The share of customers who are satisfied, with how sure that is.",
    usage="csat [customer] [by segment | country | owner | month] [window]",
    examples=("csat", "csat by segment"),
    topics=("customers", "personal"),
    answer=answer,
    synonyms=("customer satisfaction", "satisfaction"),
    asks=(
        "how satisfied are our customers",
        "customer satisfaction",
        "are customers happy",
    ),
)
