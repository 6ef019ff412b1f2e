"""Would customers recommend us: the Net Promoter Score, how sure it is, and who would not."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Answer, Ask, Command, Notice
from commands._survey import Figure, Survey, survey_answer
from storage.known.voices import Voice
from storage.metrics.nps import METRIC, is_change, nps


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    return survey_answer(session, ask, words, SURVEY)


def _measure(voices: Sequence[Voice]) -> Figure:
    found = nps(voices)
    counts = (("promoters", found.promoters), ("passives", found.passives),
              ("detractors", found.detractors))  # fmt: skip
    return Figure(found.n, found.left_out, found.value, found.low, found.high, counts)


SURVEY = Survey(
    "nps",
    "nps",
    METRIC,
    _measure,
    lambda value: f"{value:+.0f}".replace("-", "−"),
    lambda now, before: is_change(nps(now), nps(before)),
    lambda every: [one for one in every if nps([one]).detractors],
)

COMMAND = Command(
    name="nps",
    summary="Who would recommend us and who would not, with how sure that is.",
    usage="nps [customer] [by segment | country | owner | month] [window]",
    examples=("nps", "nps by segment", "nps by month last 2 years"),
    topics=("customers", "personal"),
    answer=answer,
    synonyms=("net promoter score", "promoters", "detractors"),
    asks=(
        "nps",
        "would our customers recommend us",
        "who are our detractors",
        "promoters and detractors",
        "net promoter score",
    ),
)
