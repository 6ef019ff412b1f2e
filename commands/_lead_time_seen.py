"""What a question about lead times looks at, and how they are told of all of it or of a part."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from commands._contract import Ask
from commands._grammar import Query
from commands._window import Window, midnight
from storage.known.columns import Lines, Split, purchases
from storage.metrics._durations import LONGEST, Duration
from storage.metrics._durations_by import Length, Spans, calendar_days, cohort, now, trend
from storage.metrics.lead_time import columns


@dataclass(frozen=True)
class Bought:
    """All lines that a question looks at, and how their lead time is told: as of now, or of those
    placed in the window that was named; of all, or of each group of a split."""

    query: Query
    every: Lines
    ask: Ask

    @property
    def today(self) -> date:
        return self.ask.today

    def spans(self, split: Split | None = None) -> Spans:
        return columns(self.every, split)

    def figures(self, spans: Spans, length: Length = calendar_days) -> list[Duration]:
        day = self.today.toordinal()
        if self.query.is_named:
            return cohort(self._in(spans, self.query.window), day, length=length)
        return now(spans, day, length)

    def before(self, spans: Spans, since: date | None) -> list[Duration]:
        """The same of the time before; `since`: where the time of these days begins."""
        if self.query.is_named:
            return cohort(self._in(spans, self.query.prior), self.today.toordinal())
        then = self.today - timedelta(days=365) if self.query.versus_year else since
        return trend(spans, [(then or self.today).toordinal()])[0]

    def _in(self, spans: Spans, window: Window) -> Spans:
        return spans.only(self.every.is_ordered(window.start, window.end))


def bought(session: Session, ask: Ask, query: Query) -> Bought:
    """Lines that bear on the question: of the last years, and of the windows that were named."""
    found = purchases(session, ask.now, first_of(ask, query), ask.now, ask.zone)
    for kind in ("supplier", "item"):
        if wanted := query.refs(kind):
            found = found.of(kind, wanted)
    return Bought(query, found.of("site", [query.site]) if query.site else found, ask)


def first_of(ask: Ask, query: Query) -> datetime:
    """From when on orders bear on a question."""
    start = midnight(ask.today - timedelta(days=LONGEST), ask.zone)
    return min(query.window.start, query.prior.start, start) if query.is_named else start
