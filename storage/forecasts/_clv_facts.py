"""What customers brought: orders of those without a contract, and contracts, each in one currency.

An order without money brings nothing and is none; one whose money is not known counts as an order.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from storage.forecasts._buying import Ints
from storage.forecasts._churn_facts import View, signed_by
from storage.forecasts._gamma_gamma import Spent
from storage.forecasts._mbg import Bought
from storage.forecasts._scores import Flags, Floats
from storage.known.contracts import contracts
from storage.known.customers import Customer, identities
from storage.known.rates import Rates
from storage.links import Key
from storage.metrics._worth import monthly
from storage.metrics.churn import Life, lives
from storage.metrics.clv import MONTH
from storage.models._types import MONEY_SCALE, instant_to_int

SEVERAL = -1
DAYS = 10_000_000
AS_THEY_ARE = Rates("", [])
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Paid:
    """Orders as columns: whose, on which day (ordinal), for how much (nan where unknown), and when
    each was called off (0: it was not). Of each buyer its key, and which of the `currencies` it
    pays in ("" where none is named), `SEVERAL` for more than one."""

    buyer: Ints
    day: Ints
    money: Floats
    gone: Ints
    keys: tuple[Key, ...]
    currency: Ints
    currencies: tuple[str, ...]

    def first(self) -> int:
        return int(self.day.min())

    def last(self) -> int:
        return int(self.day.max())

    def of(self, rows: Ints) -> tuple[Ints, Ints, Floats]:
        """Whose, on which day, for how much: of these rows, those of one day as one, and without
        what brought nothing."""
        key, place = np.unique(self.buyer[rows] * DAYS + self.day[rows], return_inverse=True)
        money: Floats = np.bincount(place, self.money[rows], len(key)).astype(float)
        kept = ~(money <= 0)
        return key[kept] // DAYS, key[kept] % DAYS, money[kept]


class Buyers(NamedTuple):
    """Who had ordered before a day, by number, what they had done by then, and spent."""

    number: Ints
    seen: Bought
    spent: Spent

    def only(self, which: Flags) -> "Buyers":
        seen, spent = (one[which] for one in self.seen), (one[which] for one in self.spent)
        return Buyers(self.number[which], Bought(*seen), Spent(*spent))


class Running(NamedTuple):
    """Customers with a contract on a day: their keys, whole months of tenure, money a month, and
    its currency."""

    keys: tuple[Key, ...]
    tenure: Floats
    monthly: Floats
    currency: tuple[str, ...]


def paid(session: Session, now: datetime) -> Paid:
    """All orders placed before `now` by buyers without a contract."""
    who, bound = identities(session), {"now": instant_to_int(now)}
    signed = signed_by(session, now, who)
    days, made = _Days({None: 0}), _Columns()
    for source, ref, on, amount, currency, gone in session.execute(text(_ORDERS), bound):
        key = who.get((source, ref)) or (source, ref)
        if key not in signed:
            money = UNKNOWN if amount is None else amount / MONEY_SCALE
            made.add(key, days[on], money, currency or "", days[gone])
    return made.paid()


def paid_by(customers: Iterable[Customer]) -> Paid:
    """The orders of customers that are known already."""
    made = _Columns()
    for one in customers:
        for order in one.orders:
            money = UNKNOWN if order.amount is None else float(order.amount)
            made.add(one.key, order.on.toordinal(), money, order.currency or "", 0)
    return made.paid()


class _Days(dict[str | None, int]):
    """The ordinals of days, each read once."""

    def __missing__(self, day: str | None) -> int:
        assert day is not None
        found = self[day] = date.fromisoformat(day).toordinal()
        return found


class _Columns:
    """Orders that are put together one by one: whose, day, money, currency, and the day on which
    each was called off."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int] = {}
        self._codes: dict[str, int] = {}
        self._whole = tuple(array("q") for _ in range(4))
        self._money = array("d")

    def add(self, key: Key, on: int, money: float, code: str, gone: int) -> None:
        buyer, day, currency, left = self._whole
        buyer.append(self._numbers.setdefault(key, len(self._numbers)))
        day.append(on)
        currency.append(self._codes.setdefault(code, len(self._codes)))
        left.append(gone)
        self._money.append(money)

    def paid(self) -> Paid:
        buyer, day, code, gone = (np.array(one, np.int64) for one in self._whole)
        size = len(self._numbers)
        least, most = np.full(size, len(self._codes)), np.full(size, SEVERAL)
        np.minimum.at(least, buyer, code)
        np.maximum.at(most, buyer, code)
        return Paid(
            buyer, day, np.array(self._money, float), gone, tuple(self._numbers),
            np.where(least == most, least, SEVERAL), tuple(self._codes),
        )  # fmt: skip


def buyers_before(made: Paid, day: int) -> Buyers:
    """Who had ordered before a day, as known then."""
    known = np.flatnonzero((made.day < day) & ((made.gone == 0) | (made.gone >= day)))
    buyer, on, money = made.of(known)
    number, at, count = np.unique(buyer, return_index=True, return_counts=True)
    first, last = on[at], on[at + count - 1]
    told = ~np.isnan(money)
    size = len(made.keys)
    orders = np.bincount(buyer[told], minlength=size)[number].astype(float)
    sums = np.bincount(buyer[told], money[told], size)[number]
    seen = Bought(*(one.astype(float) for one in (count - 1, last - first, day - first)))
    return Buyers(number, seen, Spent(orders, sums / np.maximum(orders, 1)))


def brought(made: Paid, number: Ints, start: int, end: int) -> Floats:
    """What each of them ordered for in [start, end), but for what was called off by its end; nan
    where that is not known."""
    inside = (made.day >= start) & (made.day < end) & ((made.gone == 0) | (made.gone >= end))
    buyer, _, money = made.of(np.flatnonzero(inside))
    found: Floats = np.bincount(buyer, money, len(made.keys))[number].astype(float)
    return found


def contracts_by_day(session: Session, zone: ZoneInfo) -> View:
    """Customers with a contract as known when a local day begins, and nothing else of them; each
    day read once."""
    who = identities(session)

    @cache
    def view(day: date) -> Mapping[Key, Customer]:
        found = contracts(session, datetime.combine(day, time(), zone), day, who)
        return {
            key: Customer("/".join(key), frozenset({key}), contracts=tuple(some), company=key)
            for key, some in found.items()
        }

    return view


def tenures(everyone: Iterable[Customer], today: date) -> tuple[Floats, Floats]:
    """How many months each customer with a contract stayed, or is there, and whether it left."""
    rows = []
    for life in _signed(everyone, today):
        if life.came_on is None or life.came_on > today:
            continue
        last = life.leavings[0].on if life.leavings else today
        rows.append((max(0, (last - life.came_on).days) / MONTH, float(bool(life.leavings))))
    months, ended = np.array(rows, float).reshape(-1, 2).T
    return months, ended


def _signed(everyone: Iterable[Customer], today: date) -> list[Life]:
    """The lives of those with a contract, by their contracts alone."""
    return lives([replace(one, orders=()) for one in everyone if one.contracts], today)


def running(
    everyone: Iterable[Customer], today: date, rates: Rates = AS_THEY_ARE, into: str = ""
) -> Running:
    """Customers whose contracts bring money today, all of it in one currency, or in the one that
    rates make of it."""
    rows = []
    for life in _signed(everyone, today):
        money = monthly(life.customer, today, rates, into, today)
        if life.left_on or life.came_on is None or money is None or money[0] <= 0:
            continue
        tenure = int(max(0, (today - life.came_on).days) / MONTH)
        rows.append((life.customer.key, tenure, float(money[0]), money[1]))
    keys, months, each, codes = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Running(keys, np.array(months, float), np.array(each, float), codes)


def earned(
    after: Mapping[Key, Customer], key: Key, day: date, worth: Floats, currency: str
) -> float:
    """What a customer's contracts brought in the months from a day on, as seen later; `worth` is
    what 1 in each of them counts. nan where that is not known, or in another currency."""
    one, sums = after.get(key), 0.0
    for number, each in enumerate(worth.tolist() if one else (), start=1):
        assert one is not None
        at = day + timedelta(days=round(number * MONTH))
        money = monthly(one, at, AS_THEY_ARE, "", at)
        if money is None or (money[0] and money[1] != currency):
            return UNKNOWN
        sums += each * float(money[0])
    return sums


_ORDERS = """
SELECT source, customer_ref, ordered_on, amount, currency,
       CASE WHEN cancelled_at < :now THEN cancelled_on END
  FROM salesorder
 WHERE deleted_at IS NULL AND customer_ref IS NOT NULL AND ordered_at < :now
 ORDER BY id"""
