"""Orders that the supplier has not acknowledged, and how long it usually takes to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from storage.calendars import calendar_of
from storage.known import Named
from storage.known.purchases import Line
from storage.known.rates import Amount
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._durations import Duration, Span
from storage.metrics._durations import now as these_days

METRIC = Metric(
    id="unacknowledged",
    version=1,
    title="Unacknowledged orders",
    formula=(
        "Open purchase orders that the supplier has not acknowledged and of which nothing has been"
        " shipped or received, with the days since they were sent. Beside them how many days"
        " suppliers take to acknowledge now, orders without an acknowledgement counted at"
        " their age."
    ),
    unit="",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier",),
    caveats=(
        "n/a of sources of which no order was ever acknowledged: nothing is missing there.",
        "What was shipped or has come in part is acknowledged by deed.",
        "Working days are those of the supplier's country.",
    ),
    synonyms=("unacknowledged orders", "unconfirmed orders", "missing acknowledgements"),
)


@dataclass(frozen=True)
class Waiting:
    """An order without acknowledgement: its age in calendar and in working days, and what is
    ordered with it. `due_on`: the first day by which any of it should be here."""

    key: Key
    number: str
    supplier: Named | None
    buyer: str | None
    ordered_on: date
    days: int
    working_days: int
    lines: int
    amounts: tuple[Amount, ...]
    due_on: date | None


def unacknowledged(
    lines: Iterable[Line], sources: Collection[str], today: date
) -> list[Waiting] | None:
    """Orders without acknowledgement, the oldest first; null where no source tells of any.

    `sources`: those that tell of acknowledgements. Give it all lines of each order.
    """
    orders = _orders(lines, sources)
    if orders is None:
        return None
    found = [
        _waiting(key, waiting, today)
        for key, order in orders.items()
        if not any(line.acknowledged_on or line.shipped_on or line.receipts for line in order)
        and (waiting := [line for line in order if line.is_open])
    ]
    return sorted(found, key=lambda one: (-one.days, one.number, one.key))


def usually(lines: Iterable[Line], sources: Collection[str], today: date) -> Duration | None:
    """How long suppliers take to acknowledge these days; null where no source tells.

    What was shipped or received without one leaves on that day.
    """
    orders = _orders(lines, sources)
    if orders is None:
        return None
    return these_days([_span(key, order) for key, order in orders.items()], today)


def _orders(lines: Iterable[Line], sources: Collection[str]) -> dict[Key, list[Line]] | None:
    """Lines by order, of the sources that tell; null where none of them does."""
    orders: dict[Key, list[Line]] = defaultdict(list)
    is_silent = False
    for line in lines:
        if line.key[0] in sources:
            orders[line.order].append(line)
        else:
            is_silent = True
    return None if is_silent and not orders else orders


def _waiting(key: Key, lines: Sequence[Line], today: date) -> Waiting:
    first = lines[0]
    due = [day for line in lines if (day := line.promised_first or line.requested_on)]
    return Waiting(
        key, first.number, first.supplier, first.buyer, first.ordered_on,
        (today - first.ordered_on).days,
        calendar_of(first.country).days(first.ordered_on, today),
        len(lines),
        tuple(Amount(line.value, line.currency, line.ordered_on) for line in lines),
        min(due, default=None),
    )  # fmt: skip


def _span(key: Key, lines: Sequence[Line]) -> Span:
    first = lines[0]
    told = [line.acknowledged_on for line in lines if line.acknowledged_on]
    if told:
        return Span(key, first.ordered_on, min(told), None, first.country)
    deeds = [line.shipped_on for line in lines if line.shipped_on]
    deeds += [came.on for line in lines for came in line.receipts]
    deeds += [] if any(line.is_open for line in lines) else [
        line.cancelled_on for line in lines if line.cancelled_on
    ]  # fmt: skip
    return Span(key, first.ordered_on, None, min(deeds, default=None), first.country)
