"""What is owed of very many lines in money, by group: the sums that `Rates.total` makes."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import numpy as np

from storage.curves_by import Ints
from storage.known._kept_rows import NO_AMOUNT
from storage.known.rates import Amount, Rates, Sums
from storage.metrics._due_by import Dues
from storage.models._types import MONEY_SCALE, QTY_SCALE

SCALE = MONEY_SCALE * QTY_SCALE


def worth_by(
    dues: Dues, owed: Ints, groups: Ints, count: int, rates: Rates, into: str = ""
) -> list[Sums]:
    """Of each group what is owed at the lines' prices, in one currency where every rate is there.

    Where nothing has to be converted money is added up as whole numbers, which is exact.
    """
    lines, target = dues.lines, into or rates.home
    texts = lines.texts
    is_known = lines["price"] != NO_AMOUNT
    currency = lines["currency"]
    if target and any(
        at < 0 or texts[at] != target for at in np.unique(currency[is_known]).tolist()
    ):
        return _converted(dues, owed, groups, count, rates, into)
    unknown = np.bincount(groups[~is_known], minlength=count).tolist()
    sums: list[dict[str, int]] = [defaultdict(int) for _ in range(count)]
    columns = (groups, currency, lines["price"], owed)
    known = [column[is_known & (owed != 0)].tolist() for column in columns]
    for group, at, price, qty in zip(*known, strict=True):
        if price:
            sums[group][texts[at] if at >= 0 else ""] += price * qty
    return [_sums(found, lost) for found, lost in zip(sums, unknown, strict=True)]


def _sums(found: dict[str, int], unknown: int) -> Sums:
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return Sums({code: Decimal(value) / SCALE for code, value in ranked}, unknown)


def _converted(
    dues: Dues, owed: Ints, groups: Ints, count: int, rates: Rates, into: str
) -> list[Sums]:
    lines = dues.lines
    amounts: list[list[Amount]] = [[] for _ in range(count)]
    columns = (groups, lines["currency"], lines["price"], owed, lines["ordered_on"])
    for group, at, price, qty, on in zip(*(one.tolist() for one in columns), strict=True):
        value = None if price == NO_AMOUNT else Decimal(price * qty) / SCALE
        currency = lines.texts[at] if at >= 0 else None
        amounts[group].append(Amount(value, currency, date.fromordinal(on)))
    return [rates.total(some, into) for some in amounts]
