"""OTIF: on time and in full, by line, by order and by value; and how those missed were missed."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal

from storage.metrics import Metric
from storage.metrics._due import STRICT, Due, Holds, Target, Tolerance
from storage.metrics.in_full import is_in_full
from storage.metrics.on_time import METRIC as ON_TIME
from storage.metrics.on_time import is_on_time

METRIC = Metric(
    id="otif",
    version=1,
    title="On time and in full (OTIF)",
    formula=(
        "Lines that were both on time and in full, divided by all lines whose day lies in the"
        " window: line by line, not one rate times the other. Per order: orders of which every"
        " line due in the window was so. By value: the money of such lines by the money of"
        " all. The day is the first promise, else the day that was asked for. The interval is"
        " Wilson's, 95 %."
    ),
    unit="share",
    better="higher",
    needs=ON_TIME.needs,
    dimensions=ON_TIME.dimensions,
    caveats=(
        "What is due and has not come counts as missed, not as missing.",
        "Per order is always lower: with 95 % of lines, 77 % of orders of five lines.",
        "By value: lines without a price are left out; several currencies need rates.",
        *ON_TIME.caveats,
    ),
    synonyms=("on time in full", "service level", "delivery performance", "difot"),
)

Miss = Literal["late", "short", "not come", "called off", "early", "too much"]


def holds(target: Target = "due", tolerance: Tolerance = STRICT) -> Holds:
    """Whether a line was on time and in full by a target."""
    return lambda one: _is(one, one.day(target), tolerance)


def on_time(target: Target = "due", tolerance: Tolerance = STRICT) -> Holds:
    """Whether a line was on time by a target."""
    return lambda one: (day := one.day(target)) is not None and is_on_time(one, day, tolerance)


def in_full(target: Target = "due", tolerance: Tolerance = STRICT) -> Holds:
    """Whether a line was in full by a target."""
    return lambda one: (day := one.day(target)) is not None and is_in_full(one, day, tolerance)


def _is(one: Due, day: date | None, tolerance: Tolerance) -> bool:
    if day is None:
        return False
    return is_in_full(one, day, tolerance) and is_on_time(one, day, tolerance)


def how_missed(one: Due, target: Target = "due", tolerance: Tolerance = STRICT) -> Miss | None:
    """How a line missed its target; null where it did not, or has none.

    late: nothing was there on its day, but came after it. short: a part was there, or it had gone
    back. not come: nothing has come. called off: so, after its day. early, too much: beyond what
    the tolerance allows.
    """
    day = one.day(target)
    if day is None or _is(one, day, tolerance):
        return None
    last = tolerance.last(day)
    if one.came_by(last) >= tolerance.enough(one, day):
        return "early" if is_in_full(one, day, tolerance) else "too much"
    came = [part.on for part in one.parts if part.qty > 0]
    if came and came[0] <= last:
        return "short"
    if came:
        return "late"
    return "called off" if one.cancelled_on else "not come"


def misses(
    lines: Iterable[Due], target: Target = "due", tolerance: Tolerance = STRICT
) -> Counter[Miss]:
    """How many of the lines were missed in each way."""
    found = (how_missed(one, target, tolerance) for one in lines)
    return Counter(miss for miss in found if miss)
