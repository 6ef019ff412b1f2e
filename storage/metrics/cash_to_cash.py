"""Cash to cash: days from paying suppliers to being paid by customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from storage.known.invoices import Invoice
from storage.known.rates import Amount, Rates
from storage.metrics import Metric

METRIC = Metric(
    id="cash-to-cash",
    version=1,
    title="Cash to cash",
    formula=(
        "Days of inventory plus days until customers pay less days until suppliers are paid, all"
        " three over the same window. Until customers pay: the average of what they owed at the"
        " end of each day, divided by what was billed to them a day. Until suppliers are paid: the"
        " average of what was owed to them, divided by what they billed a day."
    ),
    unit="d",
    better="lower",
    needs=("stocklevel", "stockmove", "item", "invoice"),
    dimensions=(),
    caveats=(
        "Bills count without tax, credit notes against them, from the day of issue to payment.",
        "Bills of suppliers hold all that was bought, not goods alone.",
        "A part without data is n/a, and then the sum is n/a too.",
        "A bill paid in parts counts as owed in whole until the last.",
    ),
    synonyms=("cash conversion cycle", "c2c", "ccc", "cash cycle"),
)

DAY = timedelta(days=1)
FEWEST_BILLS = 5


@dataclass(frozen=True)
class Owed:
    """Days that bills of one direction wait; null with too few bills or without a rate.

    `n` bills were issued in the window, `open` of them unpaid at its end.
    """

    days: float | None
    n: int
    open: int
    currency: str | None = None


@dataclass(frozen=True)
class Cycle:
    """The three parts and their sum; a null part makes the sum null."""

    inventory: float | None
    customers: Owed
    suppliers: Owed

    @property
    def days(self) -> float | None:
        parts = (self.inventory, self.customers.days, self.suppliers.days)
        if None in parts:
            return None
        stock, paid, paying = (part for part in parts if part is not None)
        return stock + paid - paying


def owed(
    every: Iterable[Invoice], direction: Literal["out", "in"], first: date, last: date,
    rates: Rates, into: str = "",
) -> Owed:  # fmt: skip
    """How long bills of a direction wait, over the days [first, last]."""
    theirs = [one for one in every if one.direction == direction and one.issued_on <= last]
    billed = [one for one in theirs if one.issued_on >= first]
    waiting = sum(1 for one in billed if _is_open(one, last))
    if len(billed) < FEWEST_BILLS:
        return Owed(None, len(billed), waiting)
    worth = rates.total((_amount(one) for one in billed), into).single
    bill_days = rates.total((_amount(one, _days(one, first, last)) for one in theirs), into)
    if worth is None or worth[0] <= 0:
        return Owed(None, len(billed), waiting)
    if not bill_days.by_currency and not bill_days.unknown:
        return Owed(0.0, len(billed), waiting, worth[1])  # everything is paid on the spot
    if bill_days.single is None or bill_days.single[1] != worth[1]:
        return Owed(None, len(billed), waiting)
    # both the average owed and the billed a day are divided by the same number of days
    return Owed(float(bill_days.single[0] / worth[0]), len(billed), waiting, worth[1])


def _amount(one: Invoice, times: int = 1) -> Amount:
    value = None if one.amount is None else one.amount * Decimal(times)
    return Amount(value, one.currency, one.issued_on)


def _days(one: Invoice, first: date, last: date) -> int:
    """At how many ends of days in [first, last] the bill was owed."""
    until = one.paid_on - DAY if one.paid_on else last
    return max(0, (min(until, last) - max(one.issued_on, first)).days + 1)


def _is_open(one: Invoice, last: date) -> bool:
    return one.paid_on is None or one.paid_on > last
