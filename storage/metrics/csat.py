"""Customer satisfaction: the share of answers among the best two of a scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from storage.known.voices import Voice
from storage.metrics import Metric
from storage.metrics._clustered import is_apart
from storage.metrics._due import share
from storage.metrics.churn import wilson

METRIC = Metric(
    id="csat",
    version=1,
    title="CSAT",
    formula=(
        "Answers among the two best scores of their scale (on a scale of three or four, the best"
        " alone), divided by all answers: the last one of each company in the window. The interval"
        " is Wilson's, 95 %."
    ),
    unit="share",
    better="higher",
    needs=("surveyresponse", "account"),
    dimensions=("segment", "country", "owner", "month"),
    caveats=(
        "Each company weighs the same.",
        "A difference is called a change only where it is beyond its own interval (Newcombe's).",
        (
            "Where a source does not tell the scale it is taken to be 1 to 5 if any of its answers"
            " is above 3; else its answers are left out."
        ),
    ),
    synonyms=("customer satisfaction", "satisfaction"),
)

USUAL, SMALL, LARGEST = 5, 4, 10


@dataclass(frozen=True)
class Share:
    """Satisfied of n answers; null without any. `left_out`: those whose scale is not known."""

    n: int
    satisfied: int
    left_out: int
    value: float | None
    low: float | None
    high: float | None


def csat(voices: Sequence[Voice]) -> Share:
    """The share of satisfied answers, of which there is one a company."""
    judged = _judged(voices)
    known = [one for one in judged if one is not None]
    n, satisfied = len(known), sum(known)
    low, high = wilson(satisfied, n) or (None, None)
    return Share(n, satisfied, len(judged) - n, satisfied / n if n else None, low, high)


def unsatisfied(voices: Sequence[Voice]) -> list[Voice]:
    """Those of some answers that count and are not satisfied."""
    judged = _judged(voices)
    return [one for one, is_one in zip(voices, judged, strict=True) if is_one is False]


def is_change(now: Share, before: Share) -> bool:
    """Whether two shares differ by more than chance would have it."""
    return is_apart(share(now.satisfied, now.n), share(before.satisfied, before.n))


def _judged(voices: Sequence[Voice]) -> list[bool | None]:
    """Whether each is satisfied; null where that can't be told."""
    fives = {one.key[0] for one in voices if one.score is not None and 3 < one.score <= USUAL}
    return [_is_satisfied(one, fives) for one in voices]


def _is_satisfied(one: Voice, fives: set[str]) -> bool | None:
    scale = one.scale or (USUAL if one.key[0] in fives else None)
    if one.score is None or scale is None or not 2 < scale <= LARGEST or one.score > scale:
        return None
    return one.score >= Decimal(scale if scale <= SMALL else scale - 1)
