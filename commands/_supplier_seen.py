"""What a question about suppliers looks at, and the figures of each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from commands._contract import Ask
from commands._grammar import Query, named_by
from commands._lead_time_seen import first_of
from commands._window import Window, midnight
from storage.known import Named
from storage.known.orders import Promise, promises_since
from storage.known.purchases import Line, purchase_lines
from storage.known.rates import Amount, Rates, Sums, rates
from storage.known.told import Told, told
from storage.links import Key
from storage.metrics import _due, lead_time
from storage.metrics._due import Due, Share, due_in, of_purchases, per_line
from storage.metrics._durations import PERIODS, cohort
from storage.metrics.lead_time_variability import Spreads, lately
from storage.metrics.otif import holds, in_full, on_time
from storage.metrics.promise_slip import Slips, slips
from storage.metrics.slowdown import Change, Pace, changed, pace, pace_of_orders

BY = ("supplier", "category", "country")
YEAR = timedelta(days=365)
# the longest period that "now" is, before which the year of before lies
LONGEST_NOW = timedelta(days=max(PERIODS))
Group = Named | str | None
T = TypeVar("T")


@dataclass(frozen=True)
class Shares:
    """Of lines due in a window: how many came on time, in full, and both."""

    on_time: Share
    in_full: Share
    both: Share


@dataclass(frozen=True)
class Card:
    """The figures of some purchase lines. `change`: whether they got slower, in a list that can be
    trusted as a whole; `overdue` are open lines past their day; `owed` is what is to come, in
    money."""

    lines: Sequence[Line]
    pace: Pace
    change: Change | None
    shares: Shares
    before: Shares
    slips: Slips
    open: Sequence[Due]
    overdue: Sequence[Due]
    owed: Sums


@dataclass(frozen=True)
class Seen:
    """All purchase lines that bear on a question, and how figures of a part of them are made."""

    ask: Ask
    query: Query
    every: Sequence[Line]
    dues: Sequence[Due]
    ledger: Mapping[Key, Sequence[Promise]]
    rates: Rates
    told: Told

    @property
    def then(self) -> str:
        """The time before, as one says it."""
        return self.query.prior.label if self.query.is_named else "in the year before"

    @property
    def begin(self) -> datetime:
        """Where the window of orders placed begins: the one that was named, else a year."""
        return begin(self.query, self.ask)

    def spreads(self) -> Spreads:
        if self.query.is_named:
            return Spreads(self.placed(self.every), lambda spans: cohort(spans, self.ask.today))
        return Spreads(self.every, lately(self.ask.today))

    def placed(self, lines: Sequence[Line]) -> list[Line]:
        """Lines ordered in the window; without one, in the last year."""
        begin, end = self.begin, self.query.window.end
        return [line for line in lines if begin <= line.ordered_at < end]

    def counted(self, lines: Sequence[Line] | None = None) -> list[Line]:
        """Lines that bear on any figure: what was under way in the time now or in that before."""
        wanted = self.every if lines is None else lines
        since = self.begin.astimezone(self.ask.zone).date()
        if self.query.is_named:
            since = self.query.prior.start.astimezone(self.ask.zone).date()
        else:
            since -= LONGEST_NOW
        return [line for line in wanted if line.is_open or _last(line) >= since]

    def planned(self, lines: Sequence[Line]) -> list[Line]:
        """Lines planned for a day of the window that is over."""
        since, until = self._days(self.query.window)
        return [
            line
            for line in lines
            if (day := line.planned_on or line.promised_first) and since <= day < until
        ]

    def _days(self, window: Window) -> tuple[date, date]:
        """The local days [since, until) of a window that are over."""
        zone = self.ask.zone
        return window.start.astimezone(zone).date(), window.end.astimezone(zone).date()

    def of(self, query: Query) -> "Seen":
        """The same with the lines of the suppliers alone that are asked about."""
        if not query.named:
            return self
        lines = [line for line in self.every if named_by(query, "supplier", line.supplier)]
        return replace(self, every=lines, dues=_dues(lines, self.query, self.ask))

    def cards(self, dimension: str) -> dict[Group, Card]:
        """A card for each value of a dimension, over everything that was read."""
        lines = lead_time.split(self.every, dimension)
        dues = _due.split(self.dues, dimension)
        paces = {value: self._pace(theirs) for value, theirs in lines.items()}
        change = changed(paces)
        return {
            value: self._card(theirs, dues.get(value, []), paces[value], change.get(value))
            for value, theirs in lines.items()
        }

    def whole(self) -> Card:
        """One card of everything."""
        return self._card(self.every, self.dues, self._pace(self.every), None)

    def _card(
        self, lines: Sequence[Line], dues: Sequence[Due], found: Pace, change: Change | None
    ) -> Card:
        waiting = [one for one in dues if one.is_open]
        today = self.ask.today
        return Card(
            lines, found, change,
            self._shares(dues, self.query.window), self._shares(dues, self.query.prior),
            slips(self.placed(lines), self.ledger), waiting,
            [one for one in waiting if (day := one.day()) and day < today],
            self.rates.total(map(owed, waiting), self.query.currency or ""),
        )  # fmt: skip

    def _pace(self, lines: Sequence[Line]) -> Pace:
        if not self.query.is_named:
            return pace(lines, self.ask.today)
        recent, earlier = (
            [line for line in lines if window.start <= line.ordered_at < window.end]
            for window in (self.query.window, self.query.prior)
        )
        return pace_of_orders(recent, earlier, self.ask.today)

    def _shares(self, dues: Sequence[Due], window: Window) -> Shares:
        found = due_in(dues, *self._days(window), self.ask.today).lines
        return Shares(*(per_line(found, one) for one in (on_time(), in_full(), holds())))


def owed(one: Due) -> Amount:
    """What of an open line is still to come, in money."""
    value = None if one.value is None else one.value * one.owed / one.qty
    return Amount(value, one.currency, one.ordered_on)


def suppliers_seen(
    session: Session, ask: Ask, query: Query, ids: Sequence[int] | None = None
) -> Seen:
    """The purchases of the last years, of every supplier: a list of who changed needs them all.
    `ids`: only the lines with these numbers in the store."""
    read = purchase_lines(
        session, ask.now, first_of(ask, query), ask.now, zone=ask.zone, ids=ids
    )  # fmt: skip
    lines = [line for line in read if query.site in (None, line.site)]
    return Seen(
        ask, query, lines, _dues(lines, query, ask),
        promises_since(session, ask.now, "purchaseline", begin(query, ask)),
        rates(session, ask.now, ask.currency), told(session, ask.now),
    )  # fmt: skip


def begin(query: Query, ask: Ask) -> datetime:
    """Where the window of orders placed begins: the one that was named, else a year."""
    return query.window.start if query.is_named else midnight(ask.today - YEAR, ask.zone)


def _dues(lines: Sequence[Line], query: Query, ask: Ask) -> list[Due]:
    """What was due in the window or in the one before, and what is open."""
    first = query.prior.start.astimezone(ask.zone).date()
    return of_purchases(
        line
        for line in lines
        if line.is_open or (line.promised_first or line.requested_on or date.min) >= first
    )


def asked_about(query: Query, cards: Mapping[Group, T]) -> dict[Group, T]:
    """The cards of the suppliers that were asked about; all where none was."""
    return {
        value: card
        for value, card in cards.items()
        if not isinstance(value, Named) or named_by(query, "supplier", value)
        if value is not None or not query.named
    }


def name_of(value: Group) -> str:
    """A value of a dimension as it stands in a table."""
    if value is None:
        return "unknown"
    return value.name if isinstance(value, Named) else value


def _last(line: Line) -> date:
    """The last day on which anything is known to have become of a line."""
    days = (line.completed_on, line.cancelled_on, line.promised_on, line.ordered_on)
    return max(day for day in days if day)


def oldest(dues: Sequence[Due]) -> date | None:
    """The first day by which any of them should have been here."""
    return min((day for one in dues if (day := one.day())), default=None)
