"""Customer effort score: how easy it was, as the mean of answers from 1 to 7."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from storage.known.voices import Voice
from storage.metrics import Metric
from storage.metrics._adjusted import Adjusted, adjusted, differ
from storage.metrics._student import Mean

METRIC = Metric(
    id="ces",
    version=2,
    title="CES",
    formula=(
        "The mean of how easy it was, from 1 (very hard) to 7 (very easy): of the last answer of"
        " each company in the window. To the 95 % interval three quarters of an answer are added at"
        " either end of the scale and one and a half in its middle, and Student's t with n - 1"
        " degrees of freedom is taken (as Rocks 2016 does for NPS)."
    ),
    unit="of 7",
    better="higher",
    needs=("surveyresponse", "account"),
    dimensions=("segment", "country", "owner", "month"),
    caveats=(
        "Each company weighs the same.",
        "7 is taken to be the easiest; a survey that asks for effort instead reads upside down.",
        "Answers on another scale than 1 to 7 are left out.",
    ),
    synonyms=("customer effort score", "effort"),
)

SCALE = 7


@dataclass(frozen=True)
class Effort:
    """The mean of n answers; `left_out`: those on another scale. `spread`: its interval, whole."""

    mean: Mean
    left_out: int
    spread: Adjusted | None


def ces(voices: Sequence[Voice]) -> Effort:
    """How easy it was, by answers of which there is one a company."""
    scores = [
        float(one.score)
        for one in voices
        if one.score is not None and one.scale in (None, SCALE) and 1 <= one.score <= SCALE
    ]
    spread = adjusted(sum(scores), sum(score**2 for score in scores), len(scores), 1, SCALE)
    value = fmean(scores) if scores else None
    if spread is None:
        found = Mean(len(scores), value)
    else:
        low, high = spread.middle - spread.reach, spread.middle + spread.reach
        found = Mean(len(scores), value, max(1.0, low), min(float(SCALE), high))
    return Effort(found, len(voices) - len(scores), spread)


def is_change(now: Effort, before: Effort) -> bool:
    """Whether two means differ by more than chance would have it."""
    return differ(now.spread, before.spread)
