"""Dock to stock: from goods being taken in to their being where they can be used."""

from collections.abc import Collection, Iterable
from datetime import date

from storage.known.goods import Came
from storage.metrics import Metric
from storage.metrics._durations import Duration, Span, cohort
from storage.metrics._durations import now as these_days

METRIC = Metric(
    id="dock-to-stock",
    version=2,
    title="Dock to stock",
    formula=(
        "Days from a receipt to the day from which on all of it could be used: inspected and put"
        " away. Read off a Kaplan-Meier curve: what still lies at the dock counts as not available"
        " yet at its age. Without a window it is how long it takes now, by the same rules as lead"
        " time."
    ),
    unit="d",
    better="lower",
    needs=("receipt", "purchaseline", "item", "sensorreading"),
    dimensions=("item", "site"),
    caveats=(
        "Only of sources that tell when goods could be used; n/a where none does.",
        "Where it does not, scans do: until all scanned of a delivery note was seen in stock.",
        "Receipts on one delivery note that end on one day count once.",
        "What went back to its supplier is no receipt.",
        "In whole days: put away on the day of the receipt is 0.",
    ),
    synonyms=("dock time", "putaway time", "receiving time", "inspection time"),
)


def spans(receipts: Iterable[Came], sources: Collection[str]) -> list[Span]:
    """Receipts from the dock to stock; `sources` are those that tell of it, beside scans."""
    return [
        Span((one.doc, one.on), one.on, one.available_on)
        for one in receipts
        if one.qty > 0 and (one.key[0] in sources or one.is_scanned)
    ]


def placed(receipts: Iterable[Came], sources: Collection[str], today: date) -> Duration:
    """The receipts given, as known on `today`: a cohort."""
    return cohort(spans(receipts, sources), today)


def now(receipts: Iterable[Came], sources: Collection[str], today: date) -> Duration:
    """How long it takes these days."""
    return these_days(spans(receipts, sources), today)
