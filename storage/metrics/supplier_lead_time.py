"""How long suppliers themselves take: from their acknowledgement to their shipping."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from storage.known.purchases import Line
from storage.metrics import Metric
from storage.metrics._durations import Duration, Length, Span, calendar_days, cohort
from storage.metrics._durations import now as these_days

METRIC = Metric(
    id="supplier-lead-time",
    version=1,
    title="Supplier lead time",
    formula=(
        "Days from an order being acknowledged by the supplier to its being shipped, read off a"
        " Kaplan-Meier curve. An order acknowledged and not shipped counts as not shipped yet at"
        " its age; a cancelled one leaves at its cancellation. Without a window it is how long it"
        " takes now, by the same rules as lead time."
    ),
    unit="d",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier", "item", "category", "site", "lane", "country"),
    caveats=(
        "Only of sources that tell of both days; n/a where one of them is never told.",
        "What was received and has no day of shipping is left out and counted.",
        "Neither the way of the order there nor that of the goods back is in it.",
    ),
    synonyms=("supplier's own lead time", "vendor lead time", "acknowledged to shipped"),
)


@dataclass(frozen=True)
class Shipping:
    """Spans from acknowledgement to shipping; `unshipped`: lines received without that day."""

    spans: tuple[Span, ...]
    unshipped: int

    def placed(self, today: date, length: Length = calendar_days) -> Duration:
        """The supplier lead time of the orders given: a cohort."""
        return cohort(self.spans, today, length=length)

    def now(self, today: date, length: Length = calendar_days) -> Duration:
        """How long suppliers take these days."""
        return these_days(self.spans, today, length)


def shipping(lines: Iterable[Line], sources: Collection[str]) -> Shipping:
    """Lines from acknowledgement to shipping; `sources` are those that tell when goods left."""
    spans, unshipped = [], 0
    for line in lines:
        if not line.acknowledged_on or line.key[0] not in sources:
            continue
        if line.receipts and not line.shipped_on:
            unshipped += 1
            continue
        called_off = None if line.shipped_on else line.cancelled_on
        spans.append(
            Span(line.group, line.acknowledged_on, line.shipped_on, called_off, line.country)
        )
    return Shipping(tuple(spans), unshipped)
