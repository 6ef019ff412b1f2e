"""What rules see, kept for as long as neither the data nor the day changes."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.alerts.look import Look, question, sight_of
from bot.alerts.rule import Rule
from bot.channel import BROKEN, Desk, Said
from commands import Answer, Ask, Grant
from commands._basis import STALE_AFTER, source_ages
from storage.known.version import version
from storage.metrics import load
from storage.models import SyncState

# a figure in hours moves within the day
HOURS = ("h", "min")
# of each at most so many are kept: a table of many rows takes its place
MOST = 400

K = TypeVar("K")
T = TypeVar("T")


class Answers:
    """What was asked for rules: once a question, and again only when it may have changed.

    `zones` are those in which sources count days. It is for one thread.
    """

    def __init__(self, desk: Desk, zones: Collection[ZoneInfo]) -> None:
        self.desk, self.zones, self.metrics = desk, frozenset(zones), load()
        self._mark: Hashable | None = None
        self._hour: Hashable | None = None
        self._said: dict[tuple[str, date], Said] = {}
        self._looks: dict[tuple[Hashable, ...], Look] = {}

    def begin(self, now: datetime, zone: ZoneInfo) -> None:
        """Forgets what may have changed by now; to be called before what follows."""
        with self.desk.store.reader() as session:
            known = version(session, now, {*self.zones, zone})
            mark = known and (known, zone, _stale(session, self.desk.stale_after, now))
        if mark is None or mark != self._mark:
            self._said, self._looks = {}, {}
        self._mark = mark
        hour = now.replace(minute=0, second=0, microsecond=0)
        self._drop(has_hour_passed=hour != self._hour)
        self._hour = hour

    def _drop(self, *, has_hour_passed: bool) -> None:
        """Forgets what broke, which may be mended, and what moves with the hours."""
        moving = {
            line
            for (line, _), said in self._said.items()
            if said is BROKEN or (has_hour_passed and _has_hours(said))
        }
        self._said = {key: said for key, said in self._said.items() if key[0] not in moving}
        self._looks = {
            key: one for key, one in self._looks.items()
            if key[0] not in moving and one.sight.data != "error"
        }  # fmt: skip

    def look(self, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo) -> Look:
        """What there is to see, not yet held against the rule's thresholds.

        Rules that see the same get the same Sight.
        """
        rights = tuple(sorted(grant.levels.items()))
        key = (*question(rule), rights)
        if key not in self._looks:
            made = sight_of(
                self.desk, rule, grant, now, zone,
                lambda line, at: self._ask(rule.channel, line, at, zone),
            )  # fmt: skip
            _keep(self._looks, key, made)
        return self._looks[key]

    def aged(self, session: Session, found: Look, now: datetime, zone: ZoneInfo) -> Look:
        """The same with the ages that its sources have now."""
        if found.answer is None:
            return found
        ask = Ask("", now, zone, Grant(), stale_after=self.desk.stale_after)
        ages = {
            one.metric: source_ages(session, ask, self.metrics[one.metric].needs)
            for one in found.answer.basis
            if one.metric in self.metrics
        }
        basis = tuple(
            replace(one, sources=ages.get(one.metric, one.sources)) for one in found.answer.basis
        )
        return replace(found, answer=replace(found.answer, basis=basis))

    def _ask(self, channel: str, line: str, at: datetime, zone: ZoneInfo) -> Said:
        """The answer as of the local day of an instant; that of today is asked as of now."""
        key = (line, at.astimezone(zone).date())
        if key not in self._said:
            _keep(self._said, key, self.desk.ask(line, channel, at, zone, Grant.everything()))
        return self._said[key]


def _keep(kept: dict[K, T], key: K, value: T) -> None:
    """Keeps one more; the oldest gives way where there are too many."""
    if len(kept) >= MOST:
        del kept[next(iter(kept))]
    kept[key] = value


def _stale(
    session: Session, stale_after: Mapping[str, timedelta], now: datetime
) -> tuple[tuple[str, str, bool], ...]:
    """Which streams are too old to be trusted, which changes as time goes by."""
    states = session.exec(select(SyncState).order_by(SyncState.source, SyncState.stream))
    return tuple(
        (one.source, one.stream, one.last_success_at is None
         or now - one.last_success_at > stale_after.get(one.source, STALE_AFTER))
        for one in states
    )  # fmt: skip


def _has_hours(said: Said) -> bool:
    if not isinstance(said, Answer):
        return False
    units = {one.unit for one in said.readings}
    units |= {one.unit for one in said.table.columns} if said.table else set()
    return not units.isdisjoint(HOURS)
