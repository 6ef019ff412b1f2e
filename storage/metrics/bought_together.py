"""What goes together, and who buys more: reasons to offer a customer something."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from storage.known.baskets import Taken
from storage.known.customers import Customer
from storage.known.rates import Amount, Rates
from storage.metrics import Metric
from storage.metrics._lift import Rules, rules
from storage.metrics._worth import ordered

METRIC = Metric(
    id="opportunities",
    version=2,
    title="Opportunities",
    formula=(
        "Cross-sell: a customer bought an item in the last year and never another one that those"
        " who buy the first buy beyond chance, in two years and with at least 5 of them, and that"
        " at least 3 customers bought in the last year. Lift: how many buy both, by what two items"
        " of so many customers have in common on the whole; 2 customers who are as chance would"
        " have it are added to each pair, so that few lean to 1. Upsell: a customer ordered for at"
        " least 20 % more in the last year than in the one before, on at least 3 days in each."
    ),
    unit="",
    better="higher",
    needs=("salesorder", "salesline"),
    caveats=(
        "Bought together is no proof that someone needs it.",
        "Of all pairs that are told, one in twenty is by chance (Benjamini and Hochberg).",
        "What it may bring is the median value of a line of that item.",
        "Customers of more than 300 items are left out of pairs: with them everything goes.",
    ),
    synonyms=("cross-sell", "cross sell", "upsell", "bought together", "lift", "opportunity"),
)  # fmt: skip

YEAR = timedelta(days=365)
LEAST_LIFT = 1.5
LEAST_BUYERS = 3
LEAST_GROWTH, LEAST_DAYS = 0.2, 3
Ints = npt.NDArray[np.signedinteger]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Offers:
    """A company (`whose`) has never bought `other`, and why it may: the place of the strongest
    rule that says so; a column each, by company."""

    whose: Ints
    other: Ints
    rule: Ints

    def __len__(self) -> int:
        return len(self.whose)

    def only(self, which: Ints) -> "Offers":
        return Offers(self.whose[which], self.other[which], self.rule[which])


@dataclass(frozen=True)
class Growth:
    """A customer that buys more than a year ago: money of both years, in one currency."""

    customer: Customer
    before: Decimal
    now: Decimal
    currency: str
    days_before: int
    days_now: int

    @property
    def share(self) -> float:
        return float((self.now - self.before) / self.before)


def together(every: Taken, day: int) -> Rules:
    """What goes together by the two years before a day (an ordinal), by `LEAST_LIFT` or more."""
    lately = every.between(day - 2 * YEAR.days, day)
    found = rules(lately.whose, lately.item)
    return found.only(np.flatnonzero(found.lift >= LEAST_LIFT))


def offers(every: Taken, found: Rules, day: int) -> Offers:
    """For each company and item that is still sold the strongest rule that says so."""
    width = every.width
    before = every.only(every.on < day)
    had = np.unique(before.codes)
    lately = before.only(before.on >= day - YEAR.days)
    owns = np.unique(lately.codes)
    buyers = np.bincount(owns % width, minlength=width)
    begins = np.searchsorted(found.item, np.arange(width + 1))
    whose, item = np.divmod(owns, width)
    many = begins[item + 1] - begins[item]
    rule = np.repeat(begins[item] - np.cumsum(many) + many, many) + np.arange(many.sum())
    wanted = np.repeat(whose, many) * width + found.other[rule]
    is_new = (buyers[found.other[rule]] >= LEAST_BUYERS) & ~np.isin(wanted, had)
    wanted, rule = wanted[is_new], rule[is_new]
    order = np.lexsort((rule, -found.both[rule], -found.lift[rule], wanted))
    first = order[np.flatnonzero(np.diff(wanted[order], prepend=-1))]
    return Offers(wanted[first] // width, wanted[first] % width, rule[first])


def usual_worth(
    every: Taken, wanted: Iterable[int], rates: Rates, into: str
) -> dict[int, tuple[float, str]]:
    """The median value of a line of some items, in one currency; items without it are not there."""
    is_priced = ~np.isnan(every.value) & (every.currency >= 0)
    lines = every.only(is_priced & np.isin(every.item, list(wanted)))
    value, code = _in_one(lines, rates, into) if into else (lines.value, lines.currency)
    found = {}
    order = np.argsort(lines.item, kind="stable")
    starts = np.flatnonzero(np.diff(lines.item[order], prepend=-1))
    for part in np.split(order, starts[1:]) if len(order) else ():
        mine = part[~np.isnan(value[part])]
        codes = set(code[mine].tolist())
        if len(codes) == 1:
            name = into or every.currencies[codes.pop()]
            found[int(lines.item[part[0]])] = float(np.median(value[mine])), name
    return found


def _in_one(lines: Taken, rates: Rates, into: str) -> tuple[npt.NDArray[np.float64], Ints]:
    """The values in a currency, at the rate of each day; nan without one."""
    pairs = lines.currency.astype(np.int64) * 10_000_000 + lines.on
    known, place = np.unique(pairs, return_inverse=True)
    factors = []
    for code, day in zip(*(one.tolist() for one in np.divmod(known, 10_000_000)), strict=True):
        one = Amount(Decimal(1), lines.currencies[code], date.fromordinal(day))
        rate = rates.convert(one, into)
        factors.append(float("nan") if rate is None else float(rate))
    return lines.value * np.array(factors)[place], np.zeros(len(lines), np.int64)


def growing(customers: Iterable[Customer], today: date, rates: Rates, into: str) -> list[Growth]:
    """Who ordered for much more in the last year than in the one before, the most money first."""
    found = []
    for one in customers:
        days = {order.on for order in one.orders}
        lately = sum(today - YEAR < day <= today for day in days)
        earlier = sum(today - 2 * YEAR < day <= today - YEAR for day in days)
        if min(lately, earlier) < LEAST_DAYS:
            continue
        after = timedelta(days=1)
        now = ordered(one, today - YEAR + after, today + after, rates, into, today)
        before = ordered(one, today - 2 * YEAR + after, today - YEAR + after, rates, into, today)
        if now and before and before[0] > 0 and now[1] == before[1]:
            growth = Growth(one, before[0], now[0], now[1], earlier, lately)
            found += [growth] if growth.share >= LEAST_GROWTH else []
    return sorted(found, key=lambda one: (one.before - one.now, one.customer.name))
