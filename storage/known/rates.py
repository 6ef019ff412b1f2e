"""Rates of exchange as known on a day, and sums of money that mix no currencies."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_qty
from storage.models._types import instant_to_int


@dataclass(frozen=True)
class Amount:
    """Money in a currency on the day of which the rate counts; a null amount is not known."""

    value: Decimal | None
    currency: str | None
    on: date


@dataclass(frozen=True)
class Sums:
    """Money by currency, largest first; `unknown` counts amounts that nobody told.

    More than one currency stands in it only where a rate was missing: then nothing is one sum.
    """

    by_currency: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: int = 0

    @property
    def single(self) -> tuple[Decimal, str] | None:
        """The one sum and its currency; null where there are several, none, or unknown parts."""
        if len(self.by_currency) != 1 or self.unknown:
            return None
        ((currency, value),) = self.by_currency.items()
        return value, currency


class Rates:
    """Units of the home currency for one unit of another, by day; `home` has rate 1."""

    def __init__(self, home: str, rows: Iterable[tuple[str, date, Decimal]]) -> None:
        self.home = home
        self._days: dict[str, list[date]] = defaultdict(list)
        self._rates: dict[str, list[Decimal]] = defaultdict(list)
        for currency, day, rate in sorted(rows):
            self._days[currency].append(day)
            self._rates[currency].append(rate)

    def rate(self, currency: str, on: date) -> Decimal | None:
        """The rate of a day, or of the last day before it that has one; null before the first."""
        if currency == self.home:
            return Decimal(1)
        at = bisect_right(self._days.get(currency, []), on)
        return self._rates[currency][at - 1] if at else None

    def convert(self, amount: Amount, into: str) -> Decimal | None:
        """The amount in another currency at the rate of its day; null without a rate."""
        if amount.value is None or not amount.currency:
            return None
        if amount.currency == into:
            return amount.value
        have, want = self.rate(amount.currency, amount.on), self.rate(into, amount.on)
        return None if have is None or not want else amount.value * have / want

    def total(self, amounts: Iterable[Amount], into: str = "") -> Sums:
        """Sums of money, in one currency where every rate is there, else each in its own."""
        every = [one for one in amounts if one.value != 0]
        known = [one for one in every if one.value is not None]
        unknown = len(every) - len(known)
        target = into or self.home
        converted = [self.convert(one, target) if target else None for one in known]
        if target and known and None not in converted:
            return Sums({target: sum((one for one in converted if one), Decimal(0))}, unknown)
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for one in known:
            sums[one.currency or ""] += one.value or 0
        ranked = sorted(sums.items(), key=lambda found: (-found[1], found[0]))
        return Sums(dict(ranked), unknown)


def rates(session: Session, now: datetime, home: str = "") -> Rates:
    """All rates of days before `now`'s; `home` is the company's currency, "" where not said."""
    rows = session.execute(
        text(
            "SELECT currency, rate_on, rate FROM fxrate"
            " WHERE deleted_at IS NULL AND rate IS NOT NULL AND rate_on <= :day"
            " AND first_seen_at < :now"
        ),
        {"day": now.date().isoformat(), "now": instant_to_int(now)},
    )
    return Rates(home, [(code, date.fromisoformat(on), as_qty(rate)) for code, on, rate in rows])
