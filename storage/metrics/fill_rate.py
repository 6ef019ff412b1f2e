"""Fill rate: how much of what was ordered went out at the first attempt."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from storage.metrics import Metric
from storage.metrics._due import Due, Share, share_of
from storage.metrics.on_time import METRIC as ON_TIME

METRIC = Metric(
    id="fill-rate",
    version=1,
    title="Fill rate",
    formula=(
        "What left on the first day on which anything of a line left, at most what was ordered,"
        " divided by what was ordered, of all lines due in the window: by units, and by lines"
        " (those of which all left on that day). A line of which nothing has left counts as 0."
    ),
    unit="share",
    better="higher",
    needs=ON_TIME.needs,
    dimensions=ON_TIME.dimensions,
    caveats=(
        "It says how well stock sufficed, not whether it was in time: late but whole is filled.",
        "That the first attempt went out of stock is taken for granted; nothing records it.",
        "Units of different measure are not summed: then there is none by units.",
        "The day is the first promise, else the day asked for.",
    ),
    synonyms=("fill", "line fill", "unit fill", "item fill rate"),
)


@dataclass(frozen=True)
class Filled:
    """By lines and by units; `units` has no rate where lines are in several measures."""

    lines: Share
    units: Share


def fill_rate(lines: Iterable[Due]) -> Filled:
    """The fill rate of lines that were due."""
    every = list(lines)
    first = [first_attempt(one) for one in every]
    whole = share_of([sent >= one.qty for one, sent in zip(every, first, strict=True)])
    if len({one.uom for one in every}) > 1:
        return Filled(whole, Share(Decimal(0), Decimal(0)))
    ordered = sum((one.qty for one in every), Decimal(0))
    return Filled(whole, Share(sum(first, Decimal(0)), ordered))


def first_attempt(one: Due) -> Decimal:
    """What left on the first day on which anything did, at most what was ordered, at least 0."""
    days = [part.sent_on for part in one.parts if part.qty > 0]
    if not days:
        return Decimal(0)
    left = sum((part.qty for part in one.parts if part.sent_on == min(days)), Decimal(0))
    return min(max(left, Decimal(0)), one.qty)
