"""Customer effort score: how easy it was, as the mean of answers from 1 to 7."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.known.voices import Voice
from storage.metrics import Metric
from storage.metrics._student import Mean, mean

METRIC = Metric(
    id="ces",
    version=1,
    title="CES",
    formula=(
        "The mean of how easy it was, from 1 (very hard) to 7 (very easy): of the last answer of"
        " each company in the window. The 95 % interval is Student's."
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
    """The mean of n answers; `left_out`: those on another scale."""

    mean: Mean
    left_out: int


def ces(voices: Sequence[Voice]) -> Effort:
    """How easy it was, by answers of which there is one a company."""
    scores = [
        float(one.score)
        for one in voices
        if one.score is not None and one.scale in (None, SCALE) and 1 <= one.score <= SCALE
    ]
    found = mean(scores)
    low = None if found.low is None else max(1.0, found.low)
    high = None if found.high is None else min(float(SCALE), found.high)
    return Effort(Mean(found.n, found.value, low, high), len(voices) - len(scores))
