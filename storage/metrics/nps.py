"""Net Promoter Score: who would recommend us less who would not, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.known.voices import Voice
from storage.metrics import Metric
from storage.metrics._adjusted import Adjusted, adjusted, differ

METRIC = Metric(
    id="nps",
    version=1,
    title="NPS",
    formula=(
        "100 times the share of promoters (9 or 10) less the share of detractors (0 to 6), of the"
        " last answer of each company in the window. The 95 % interval is that of Rocks (2016):"
        " three quarters of a promoter, three quarters of a detractor and one and a half passives"
        " are added, and Student's t with n - 1 degrees of freedom is taken."
    ),
    unit="points",
    better="higher",
    needs=("surveyresponse", "account"),
    dimensions=("segment", "country", "owner", "month"),
    caveats=(
        "Each company weighs the same, whatever it buys and however often it was asked.",
        "A difference is called a change only where it is beyond the margin of the difference.",
        "How many were asked is not known, so there is no response rate.",
        "Answers on another scale than 0 to 10 are left out.",
    ),
    synonyms=("net promoter score", "promoters", "detractors", "recommendation"),
)

SCALE, PROMOTER, DETRACTOR = 10, 9, 6


@dataclass(frozen=True)
class Score:
    """NPS of n answers, in points; null without any. The interval is null for fewer than two."""

    n: int
    promoters: int
    detractors: int
    left_out: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def passives(self) -> int:
        return self.n - self.promoters - self.detractors

    @property
    def margin(self) -> float | None:
        """Half the width of the interval."""
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / 2


def nps(voices: Sequence[Voice]) -> Score:
    """The score of answers, of which there is one a company."""
    scores = [one.score for one in voices if one.score is not None and _is_on_scale(one)]
    promoters = sum(1 for score in scores if score >= PROMOTER)
    detractors = sum(1 for score in scores if score <= DETRACTOR)
    n = len(scores)
    value = 100 * (promoters - detractors) / n if n else None
    low, high = interval(promoters, detractors, n) or (None, None)
    return Score(n, promoters, detractors, len(voices) - n, value, low, high)


def interval(promoters: int, detractors: int, n: int) -> tuple[float, float] | None:
    """The adjusted 95 % interval in points (Rocks 2016, The American Statistician 70:4)."""
    found = _adjusted(promoters, detractors, n)
    if found is None:
        return None
    low, high = found.middle - found.reach, found.middle + found.reach
    return max(-100.0, 100 * low), min(100.0, 100 * high)


def is_change(now: Score, before: Score) -> bool:
    """Whether two scores differ by more than chance would have it."""
    return differ(*(_adjusted(one.promoters, one.detractors, one.n) for one in (now, before)))


def _adjusted(promoters: int, detractors: int, n: int) -> Adjusted | None:
    """Of a mean: a promoter is worth 1, a detractor -1."""
    return adjusted(promoters - detractors, promoters + detractors, n, -1, 1)


def _is_on_scale(one: Voice) -> bool:
    return one.score is not None and one.scale in (None, SCALE) and 0 <= one.score <= SCALE
