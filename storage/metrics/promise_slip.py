"""How promises of suppliers move: from the first that was given to the one that stands now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median

from storage.known.orders import Promise
from storage.known.purchases import Line
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics import Metric

METRIC = Metric(
    id="promise-slip",
    version=1,
    title="Promise slip",
    formula=(
        "Days from the first promised day of a purchase line to the one that stands now (of a line"
        " that has come: the last), and how often it was changed. A supplier's promise inflation"
        " is the mean over its lines: what its first promise is worth."
    ),
    unit="d",
    better="lower",
    needs=("purchaseorder", "purchaseline"),
    dimensions=("supplier",),
    caveats=(
        "A line first seen over 2 days after its order has an unknown slip, not one of 0.",
        "Unless the ERP itself keeps the first promise: most overwrite it.",
        "Only changes that were there at a sync are seen: two between two syncs are one.",
        "Cancelled lines and lines without a promise are left out.",
    ),
    synonyms=("promise inflation", "slipped promises", "promise changes", "date changes"),
)

SEEN_IN_TIME = timedelta(days=2)


@dataclass(frozen=True)
class Slip:
    """How the promise of one line moved: days (null: unknown), and changes that were seen."""

    days: int | None
    changes: int


@dataclass(frozen=True)
class Slips:
    """How the promises of lines moved. `n` are known, `unknown` not; `changed` and `later` count
    lines of those known. `mean`, `median` in days and `changes` a line: null where n is 0.

    `history_from`: when the first promise was seen; null where none was.
    """

    n: int
    unknown: int
    changed: int
    later: int
    mean: float | None
    median: float | None
    changes: float | None
    history_from: datetime | None


def slip(line: Line | SalesLine, ledger: Sequence[Promise]) -> Slip | None:
    """How the promise of a line moved by its ledger; null where it has none or was called off."""
    if line.promised_on is None or line.cancelled_on:
        return None
    given = [one for one in ledger if one.on]  # an order that is reopened has none for a while
    changes = sum(1 for before, after in pairwise(given) if before.on != after.on)
    if line.promised_first is None or not _is_whole(line, given):
        return Slip(None, changes)
    return Slip((line.promised_on - line.promised_first).days, changes)


def slips(lines: Iterable[Line], ledger: Mapping[Key, Sequence[Promise]]) -> Slips:
    """How the promises of lines moved; `ledger` has every promise seen of them."""
    found, first = [], []
    for line in lines:
        seen = ledger.get(line.key, ())
        first += [one.seen_at for one in seen[:1]]
        if (one := slip(line, seen)) is not None:
            found.append(one)
    known = [one.days for one in found if one.days is not None]
    counts = [one.changes for one in found if one.days is not None]
    return Slips(
        len(known), len(found) - len(known), sum(1 for count in counts if count),
        sum(1 for days in known if days > 0),
        fmean(known) if known else None, median(known) if known else None,
        fmean(counts) if counts else None, min(first, default=None),
    )  # fmt: skip


def _is_whole(line: Line | SalesLine, ledger: Sequence[Promise]) -> bool:
    """Whether the first promise is the first that was given, not the first that we saw."""
    if not ledger:
        return False
    is_kept_by_source = ledger[0].on != line.promised_first
    return is_kept_by_source or ledger[0].seen_at - line.ordered_at <= SEEN_IN_TIME
