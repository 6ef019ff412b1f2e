"""The figures of every supplier in a list, or of every category or country of them, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlmodel import Session

from commands._contract import Ask
from commands._grammar import Query
from commands._lead_time_seen import first_of
from commands._supplier_seen import Group, Shares, begin
from commands._supplier_to_come import ToCome, to_come
from commands._window import Window
from storage.curves import Curve
from storage.curves_by import Flags, Ints
from storage.forecasts._fitted import Fitted
from storage.forecasts.lead_time import used
from storage.known import columns
from storage.known.columns import Lines
from storage.known.rates import Rates, Sums, rates
from storage.metrics import lead_time
from storage.metrics._due_by import Dues, per_group
from storage.metrics._promise_slip_by import mean_slip
from storage.metrics._slowdown_by import paces, paces_of_orders
from storage.metrics._worth_by import worth_by
from storage.metrics.expected_arrival import ENOUGH
from storage.metrics.slowdown import Change, Pace, changed


@dataclass(frozen=True)
class Figures:
    """Figures of some purchase lines. `change`: whether they got slower, in a list that can be
    trusted as a whole; so many lines are `open`, and `overdue`; `owed` is what is to come, in
    money, and `to_come` by when."""

    pace: Pace
    change: Change | None
    shares: Shares
    before: Shares
    open: int
    overdue: int
    owed: Sums
    to_come: ToCome | None


@dataclass(frozen=True)
class Bought:
    """All purchase lines that bear on a question, by column."""

    ask: Ask
    query: Query
    lines: Lines
    rates: Rates
    fitted: Fitted | None = None

    @property
    def then(self) -> str:
        """The time before, as one says it."""
        return self.query.prior.label if self.query.is_named else "in the year before"

    def of(self, query: Query) -> "Bought":
        """The same with the lines of the suppliers alone that are asked about."""
        if not query.named:
            return self
        lines = self.lines.of("supplier", query.refs("supplier"))
        return Bought(self.ask, self.query, lines, self.rates, self.fitted)

    def by(self, dimension: str) -> dict[Group, Figures]:
        """The figures of each value of a dimension."""
        split = self.lines.by(dimension)
        pace = self._paces(split)
        change = changed(dict(enumerate(pace)))
        found = self._figures(split.places, len(split.values), pace, change)
        return dict(zip(split.values, found, strict=True))

    def whole(self) -> Figures:
        """The figures of everything."""
        every = np.zeros(len(self.lines), np.int64)
        return self._figures(every, 1, [self._pace], {})[0]

    def slip(self) -> float | None:
        """How many days promises of lines placed in the window move; null where that is unknown."""
        begun = begin(self.query, self.ask)
        placed = self.lines.only(self.lines.is_ordered(begun, self.query.window.end))
        return mean_slip(placed, begun)

    def _paces(self, split: columns.Split | None) -> list[Pace]:
        spans, today = lead_time.columns(self.lines, split), self.ask.today.toordinal()
        if not self.query.is_named:
            return paces(spans, today)
        recent, earlier = (
            spans.only(self.lines.is_ordered(window.start, window.end))
            for window in (self.query.window, self.query.prior)
        )
        return paces_of_orders(recent, earlier, today)

    def _figures(
        self, groups: Ints, count: int, pace: list[Pace], change: Mapping[int, Change]
    ) -> list[Figures]:
        open_ = self._open
        theirs = groups[open_.which]
        into = self.query.currency or ""
        rows = zip(
            pace,
            self._due.shares(groups, count), self._due_before.shares(groups, count),
            np.bincount(theirs, minlength=count).tolist(),
            np.bincount(theirs[open_.is_late], minlength=count).tolist(),
            worth_by(open_.dues, open_.owed, theirs, count, self.rates, into),
            to_come(
                open_.dues.lines, theirs, count, self.fitted, self._curves(pace), self.ask.today
            ),
            strict=True,
        )  # fmt: skip
        return [Figures(one, change.get(at), *rest) for at, (one, *rest) in enumerate(rows)]

    def _curves(self, pace: Sequence[Pace]) -> list[Curve]:
        """The curve that open lines of each group follow without a fit: its own of these days, that
        of all where it has few; none where the days of another window are asked for."""
        if self.fitted or self.query.is_named:
            return []
        found = [one.now if one.now.n >= ENOUGH else self._pace.now for one in pace]
        return [one.curve for one in found]

    @cached_property
    def _pace(self) -> Pace:
        """The pace of everything."""
        (whole,) = self._paces(None)
        return whole

    @cached_property
    def _dues(self) -> tuple[Ints, Dues]:
        """Which of the lines are deliveries, and these."""
        return np.flatnonzero(self.lines["qty"] > 0), Dues(self.lines)

    @cached_property
    def _open(self) -> "_Open":
        which, dues = self._dues
        is_open = dues.lines.is_open
        found = dues.only(is_open)
        is_late = found.is_dated & (found.day < self.ask.today.toordinal())
        return _Open(which[is_open], found, is_late, found.owed)

    @cached_property
    def _due(self) -> "_Verdicts":
        return self._verdicts(self.query.window)

    @cached_property
    def _due_before(self) -> "_Verdicts":
        return self._verdicts(self.query.prior)

    def _verdicts(self, window: Window) -> "_Verdicts":
        which, dues = self._dues
        zone = self.ask.zone
        since, until = (at.astimezone(zone).date() for at in (window.start, window.end))
        is_due = dues.is_due_in(since.toordinal(), until.toordinal(), self.ask.today.toordinal())
        found = dues.only(is_due)
        return _Verdicts(which[is_due], found.is_on_time, found.is_in_full)


@dataclass(frozen=True)
class _Open:
    """The open lines of all: `which` they are, whether they are late, and what is owed of them."""

    which: Ints
    dues: Dues
    is_late: Flags
    owed: Ints


@dataclass(frozen=True)
class _Verdicts:
    """The lines of all that were due in a window, `which` they are, and how they came."""

    which: Ints
    on_time: Flags
    in_full: Flags

    def shares(self, groups: Ints, count: int) -> list[Shares]:
        theirs = groups[self.which]
        every = (self.on_time, self.in_full, self.on_time & self.in_full)
        found = (per_group(holds, theirs, count) for holds in every)
        return [Shares(*each) for each in zip(*found, strict=True)]


def bought(session: Session, ask: Ask, query: Query) -> Bought:
    """The purchases of the last years, of every supplier: a list of who changed needs them all."""
    lines = columns.purchases(session, ask.now, first_of(ask, query), ask.now, ask.zone)
    if query.site:
        lines = lines.of("site", [query.site])
    return Bought(ask, query, lines, rates(session, ask.now, ask.currency), used(session, ask.now))
