"""Planned against actual lead time: where the ERP plans with days that are not true."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import comb, erfc, sqrt
from statistics import median_low
from typing import TypeVar

from storage.curves import Observed, kaplan_meier
from storage.known import Named
from storage.known.purchases import Line
from storage.metrics import Metric
from storage.metrics._durations import least_change
from storage.metrics._log_rank import believed

METRIC = Metric(
    id="planned-vs-actual",
    version=1,
    title="Planned against actual lead time",
    formula=(
        "Days from the day for which the ERP planned a line to the day on which all of it was"
        " there: the median, read off a Kaplan-Meier curve in which an open line is at least as"
        " late as it is today. A planned lead time is called wrong where that is off by a day and"
        " 15 % of it, and more lines lie on that side than chance would put there (sign test; at"
        " most 5 % of those called so are expected to be false, Benjamini-Hochberg)."
    ),
    unit="d",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("item", "supplier"),
    caveats=(
        "Above 0: later than planned. Lines of one order that come on one day are one.",
        "The first promise stands in where the source keeps no plan of what has come.",
        "A plan that was moved counts as it stands now, so this errs towards right.",
        "A day planned before the order, and a receipt before it, are absurd and left out.",
    ),
    synonyms=("planned vs actual", "planned lead time", "wrong master data"),
)

FALSE = 0.05
MANY = 500
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Gap:
    """How lines came against their plan. `planned`, `gap`: medians in days, null if not reached.

    `later` and `sooner` count those that missed the plan, open ones past it among the later. `p`:
    how often chance alone divides them so unevenly. `absurd` lines are not in `n`.
    """

    n: int
    open: int
    absurd: int
    planned: float | None
    gap: float | None
    later: int
    sooner: int
    p: float
    is_wrong: bool = False

    @property
    def actual(self) -> float | None:
        """What should be planned for half to be there by then."""
        return None if self.planned is None or self.gap is None else self.planned + self.gap


def gap(lines: Iterable[Line], today: date) -> Gap:
    """How the lines came against their plan, as known on `today`; without a plan they are out."""
    seen: dict[Hashable, Observed] = {}
    planned, absurd, later, sooner = [], 0, 0, 0
    for line in lines:
        day = line.planned_on or line.promised_first
        if day is None:
            continue
        end = line.completed_on or line.cancelled_on or today
        if min(day, end) < line.ordered_on:
            absurd += 1
            continue
        key = (line.group, day, line.completed_on, line.cancelled_on)
        if key in seen:
            continue
        days = (end - day).days
        seen[key] = Observed(days, line.completed_on is not None)
        planned.append((day - line.ordered_on).days)
        later += days > 0
        sooner += days < 0 and line.completed_on is not None
    curve = kaplan_meier(seen.values())
    still = sum(1 for one in seen.values() if not one.ended)
    return Gap(
        curve.n, still, absurd, median_low(planned) if planned else None, curve.quantile(0.5),
        later, sooner, sign_test(later, sooner),
    )  # fmt: skip


def gaps(groups: Mapping[K, Iterable[Line]], today: date) -> dict[K, Gap]:
    """The same of each group, with those whose planned lead time is wrong called so."""
    found = {key: gap(lines, today) for key, lines in groups.items()}
    trusted = believed([one.p for one in found.values()], FALSE)
    return {
        key: replace(one, is_wrong=is_trusted and _is_far(one))
        for (key, one), is_trusted in zip(found.items(), trusted, strict=True)
    }


def by_item_and_supplier(
    lines: Iterable[Line],
) -> dict[tuple[Named | None, Named | None], list[Line]]:
    """Lines by what master data is kept for: an item from a supplier."""
    groups: dict[tuple[Named | None, Named | None], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.item, line.supplier].append(line)
    return groups


def sign_test(one: int, other: int) -> float:
    """The chance of so uneven a division, or a more uneven one, of a fair coin.

    Of many it is the normal approximation with Yates's correction.
    """
    n, least = one + other, min(one, other)
    if n > MANY:
        return erfc(max(0, n - 2 * least - 1) / sqrt(2 * n))
    return min(1.0, float(2 * sum(comb(n, k) for k in range(least + 1)) / 2**n))


def _is_far(one: Gap) -> bool:
    if one.gap is None or one.planned is None:
        return False
    return abs(one.gap) >= least_change(one.planned)
