"""Manufacturing lead time: from the release of a production order to its end, queue and run."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from storage.known import Named
from storage.known.making import Making
from storage.metrics import Metric
from storage.metrics._durations import Counted, Duration, Span, cohort, counted, trend
from storage.metrics._durations import now as these_days

METRIC = Metric(
    id="manufacturing-lead-time",
    version=1,
    title="Manufacturing lead time",
    formula=(
        "Days from a production order being released to its being finished; the queue is the part"
        " of it before work began, the run the part after. Median and 9-in-10 value are read off a"
        " Kaplan-Meier curve: an order still in work counts as not finished yet at its age, one"
        " called off leaves on that day. Without a window it is how long production takes now, by"
        " the same rules as lead time: all orders that were under way in the last 30 days, entering"
        " at their age at the start. With a window it is the orders released in it."
    ),
    unit="d",
    better="lower",
    needs=("makeorder",),
    dimensions=("item", "site"),
    caveats=(
        "Calendar days; finished on the day of its release is 0.",
        "A draft is a plan and not counted; an order without a day of release neither.",
        "What was finished without ever having been begun has no queue and no run.",
        "Waiting for material is a part of the queue.",
        "An order finished in parts ends with its last part.",
    ),
    synonyms=("production lead time", "production time", "cycle time", "wip"),
)

DIMENSIONS: dict[str, Callable[[Making], Named | str | None]] = {
    "item": lambda make: make.item,
    "site": lambda make: make.site,
}


@dataclass(frozen=True)
class Parts:
    """A duration from release to end, and what of it passed before and after work began."""

    whole: Duration
    queue: Duration
    run: Duration


def spans(makes: Iterable[Making]) -> list[Span]:
    """Production orders from release to end."""
    return [
        Span(one.key, one.released_on, one.finished_on, _left(one))
        for one in makes
        if one.released_on
    ]


def queues(makes: Iterable[Making]) -> list[Span]:
    """From release to the beginning of work; one that ended and never began has none."""
    return [
        Span(one.key, one.released_on, one.started_on, None if one.started_on else _left(one))
        for one in makes
        if one.released_on and (one.started_on or not one.finished_on)
    ]


def runs(makes: Iterable[Making]) -> list[Span]:
    """From the beginning of work to the end."""
    return [
        Span(one.key, one.started_on, one.finished_on, _left(one))
        for one in makes
        if one.started_on
    ]


def placed(makes: Iterable[Making], today: date) -> Parts:
    """The orders given, as known on `today`: a cohort."""
    every = list(makes)
    return Parts(*(cohort(of(every), today) for of in (spans, queues, runs)))


def now(makes: Iterable[Making], today: date) -> Parts:
    """How long production takes these days; give it all orders of the last `LONGEST` days."""
    every = list(makes)
    return Parts(*(these_days(of(every), today) for of in (spans, queues, runs)))


def course(makes: Iterable[Making], days: Sequence[date]) -> list[Duration]:
    """The whole as it was before each of the given days."""
    return trend(spans(makes), days)


def behind(makes: Iterable[Making], found: Duration, today: date) -> list[tuple[Counted, Making]]:
    """The orders that a whole was made of; those left out as absurd are among them."""
    entering = found.since if found.method == "period" else None
    every = [one for one in makes if one.released_on]
    if found.since and not entering:
        every = [one for one in every if one.released_on and one.released_on >= found.since]
    return [(one, every[one.place]) for one in counted(spans(every), today, entering)]


def split(makes: Iterable[Making], dimension: str) -> dict[Named | str | None, list[Making]]:
    """The orders by a dimension; those without a value stand under null."""
    groups: dict[Named | str | None, list[Making]] = defaultdict(list)
    for one in makes:
        groups[DIMENSIONS[dimension](one)].append(one)
    return groups


def _left(one: Making) -> date | None:
    return None if one.finished_on else one.cancelled_on
