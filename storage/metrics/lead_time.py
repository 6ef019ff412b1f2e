"""Lead time of purchases: from order to receipt, open orders counted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import numpy as np

from storage.known import Named
from storage.known.columns import Lines, Split
from storage.known.purchases import Line
from storage.metrics import Metric, _durations_by
from storage.metrics._durations import (
    Counted,
    Duration,
    Length,
    Span,
    calendar_days,
    cohort,
    counted,
    trend,
)
from storage.metrics._durations import now as these_days

METRIC = Metric(
    id="lead-time",
    version=2,
    title="Lead time",
    formula=(
        "Days from the order being sent to its quantity being received in full. The median and"
        " the 9-in-10 value are read off a Kaplan-Meier curve: the smallest number of days by"
        " which that share has arrived. An order still open counts as not arrived yet at its"
        " age; a cancelled line leaves at its cancellation. Without a window it is how long"
        " purchases take now: all that were under way in the last 30 days, entering at their age"
        " at the start (60 or 90 days where fewer than 5 were at risk before the median, and"
        " where that is too few the orders placed in a window of three times the 9-in-10 value)."
        " With a window it is the orders placed in it."
    ),
    unit="d",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier", "item", "category", "site", "lane", "country"),
    caveats=(
        "Calendar days; received on the day of the order is 0.",
        "Lines of one order that arrive on one day are one observation.",
        "Services, drafts and receipts dated before their order are left out.",
        "Version 1 counted the orders placed in the last 90 days, which shows a slowdown late.",
    ),
    synonyms=("leadtime", "purchasing lead time", "delivery time"),
)

Dimension = Callable[[Line], Named | str | None]

DIMENSIONS: dict[str, Dimension] = {
    "supplier": lambda line: line.supplier,
    "item": lambda line: line.item,
    "category": lambda line: line.category,
    "site": lambda line: line.site,
    "lane": lambda line: line.lane,
    "country": lambda line: line.country,
}


def spans(lines: Iterable[Line]) -> list[Span]:
    """Purchase lines as spans from order to full receipt, one key per order and shipment."""
    return [
        Span(line.group, line.ordered_on, line.completed_on, line.cancelled_on, line.country)
        for line in lines
    ]


def columns(lines: Lines, split: Split | None = None) -> _durations_by.Spans:
    """The same of very many lines, and of the groups of a split."""
    return _durations_by.Spans(
        lines["group"], lines["ordered_on"], lines["ended_on"], lines["left_on"],
        lines["country"], lines.texts,
        np.zeros(len(lines), np.int64) if split is None else split.places,
        1 if split is None else len(split.values),
    )  # fmt: skip


def placed(lines: Iterable[Line], today: date, length: Length = calendar_days) -> Duration:
    """The lead time of the orders given, as known on `today`: a cohort; what columns are tested
    against."""
    return cohort(spans(lines), today, length=length)


def now(lines: Iterable[Line], today: date, length: Length = calendar_days) -> Duration:
    """How long purchases take these days; give it all lines of the last `LONGEST` days."""
    return these_days(spans(lines), today, length)


def behind(lines: Sequence[Line], found: Duration, today: date) -> list[tuple[Counted, list[Line]]]:
    """The observations that figures of these lines were made of, each with its lines.

    Lines that were left out as absurd are among them.
    """
    entering = found.since if found.method == "period" else None
    if found.since and not entering:
        lines = [line for line in lines if line.ordered_on >= found.since]
    groups: dict[object, tuple[Counted, list[Line]]] = {}
    for one in counted(spans(lines), today, entering):
        groups.setdefault(one.key, (one, []))[1].append(lines[one.place])
    return list(groups.values())


def course(lines: Iterable[Line], days: Sequence[date]) -> list[Duration]:
    """The same as it was before each of the given days; what columns are tested against."""
    return trend(spans(lines), days)


def split(lines: Iterable[Line], dimension: str) -> dict[Named | str | None, list[Line]]:
    """The lines by a dimension; those without a value stand under null."""
    groups: dict[Named | str | None, list[Line]] = defaultdict(list)
    for line in lines:
        groups[DIMENSIONS[dimension](line)].append(line)
    return groups
