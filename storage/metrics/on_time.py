"""On time: which of the lines due were complete by their day."""

from datetime import date

from storage.metrics import Metric
from storage.metrics._due import STRICT, Due, Tolerance

METRIC = Metric(
    id="on-time",
    version=1,
    title="On time",
    formula=(
        "Lines whose quantity was complete by the end of their day, divided by all lines whose"
        " day lies in the window. The day is the first promise, else the day that was asked for;"
        " the same by the day asked for and by the latest promise stands beside it. What is"
        " owed past its day was not on time, whether or not anything of it has come. Where the"
        " rest of a line was called off after its day, the day on which its last part came counts."
    ),
    unit="share",
    better="higher",
    needs=(
        "salesorder", "salesline", "shipment", "purchaseorder", "purchaseline", "receipt",
    ),
    dimensions=(
        "supplier", "customer", "item", "category", "site", "carrier", "country", "owner",
        "segment",
    ),
    caveats=(
        "A line that arrives in several parts is on time when the last needed one is.",
        "The day at the customer counts where it is known, else the day on which goods left.",
        "Lines without any day are left out and counted; so are those called off in time.",
        "A line is judged when its day is over; a day before the order is absurd and left out.",
        "Too early counts as on time, unless it is asked with `early`.",
        "The first promise is the first that was ever seen; what came before it is unknown.",
    ),
    synonyms=("on time delivery", "otd", "delivery to commit", "delivery reliability"),
)  # fmt: skip


def done_on(one: Due, day: date, tolerance: Tolerance = STRICT) -> date | None:
    """The day on which enough for `day` was there; where the rest was called off later, the last
    day on which any came."""
    if reached := one.reached(tolerance.enough(one, day)):
        return reached
    came = [part.on for part in one.parts if part.qty > 0]
    return max(came) if came and (one.cancelled_on or one.called_off_on) else None


def is_on_time(one: Due, day: date, tolerance: Tolerance = STRICT) -> bool:
    """Whether it was done by `day`, and not too early for the tolerance."""
    done = done_on(one, day, tolerance)
    if done is None or done > tolerance.last(day):
        return False
    return tolerance.early is None or (day - done).days <= tolerance.early


def days_late(one: Due, day: date, today: date) -> int:
    """Days from its day to when it was all there, was called off, or today; 0 when in time."""
    if one.came_by(day) >= one.wanted(day):
        return 0
    done, left = one.settled(day)
    until = done or left or today
    return max(0, (until - day).days)
