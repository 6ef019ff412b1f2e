"""In full: of which of the lines due all was there by their day."""

from datetime import date

from storage.metrics import Metric
from storage.metrics._due import STRICT, Due, Tolerance
from storage.metrics.on_time import METRIC as ON_TIME

METRIC = Metric(
    id="in-full",
    version=1,
    title="In full",
    formula=(
        "Lines of which the quantity ordered, or more, was there at the end of their day, divided"
        " by all lines whose day lies in the window. Parts add up; what was sent back or"
        " rejected by then is taken off. The day is the first promise, else the day asked for."
    ),
    unit="share",
    better="higher",
    needs=ON_TIME.needs,
    dimensions=ON_TIME.dimensions,
    caveats=(
        "What goes back after the day does not change the verdict: it was there in full.",
        "Nothing may be missing, unless it is asked with `short`; more than ordered passes.",
        "A line of which the rest was called off after its day was not in full.",
        "Lines without any day are left out and counted; so are those called off in time.",
    ),
    synonyms=("complete deliveries", "in full delivery"),
)


def is_in_full(one: Due, day: date, tolerance: Tolerance = STRICT) -> bool:
    """Whether enough of it, and not too much, was there by `day`."""
    came = one.came_by(tolerance.last(day))
    if came < tolerance.enough(one, day):
        return False
    return tolerance.over is None or came <= one.wanted(day) * (1 + tolerance.over)
