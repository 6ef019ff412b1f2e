"""What a customer is worth on a day or over days, in one currency, or not told."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from storage.known.customers import Customer
from storage.known.rates import Amount, Rates

NOTHING = Decimal(0)
Money = tuple[Decimal, str]


def monthly(one: Customer, day: date, rates: Rates, into: str, fixed: date) -> Money | None:
    """Its contracts' money a month on a day, at the rate of the day `fixed`; null where unknown.

    Without a contract that runs then it is nothing, in no currency.
    """
    running = [contract for contract in one.contracts if contract.runs_on(day)]
    return _single(
        (Amount(contract.mrr_on(day), contract.currency, fixed) for contract in running),
        rates, into,
    )  # fmt: skip


def ordered(
    one: Customer, start: date, end: date, rates: Rates, into: str, fixed: date | None = None
) -> Money | None:
    """What it ordered on the days [start, end), at the rate of each day or of one; null where an
    amount or a rate is not known."""
    return _single(
        (
            Amount(order.amount, order.currency, fixed or order.on)
            for order in one.orders
            if start <= order.on < end
        ),
        rates,
        into,
    )


def _single(amounts: Iterable[Amount], rates: Rates, into: str) -> Money | None:
    sums = rates.total(amounts, into)
    if not sums.by_currency and not sums.unknown:
        return NOTHING, ""
    return sums.single
