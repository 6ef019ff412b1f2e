"""A dry run on history: on which days a rule would have fired, had it been there."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.figures import TOTAL, basis_of
from bot.alerts.look import Asks, Look, asking, look
from bot.alerts.rule import Rule
from bot.channel import Desk, Said
from commands import Grant, Reading, Topic
from storage.watch import Phase, State, Watch, step

DAYS = 90
# how long a dry run may take, while a person waits for it
BUDGET = timedelta(seconds=20)
NOTHING = "there is no figure"
ONE_DAY = timedelta(days=1)
WORST: tuple[Phase, ...] = ("firing", "recovering", "pending")
Progress = Callable[[int, int], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Day:
    """A day as it was known then. `value` is the total, or of a rule on rows the count of those
    that fired; null where there was nothing to judge by, for the reason in `why`. `phase` is the
    worst of all entities'.
    """

    date: date
    value: float | None
    phase: Phase
    why: str = ""


@dataclass(frozen=True)
class Fired:
    """That an entity began to fire on a day; the total has no label."""

    date: date
    label: str
    value: float
    words: str = ""


@dataclass(frozen=True)
class Replay:
    """What a rule would have done on days of the past, the oldest first.

    `reach_from` is the first day that could be judged where history does not reach as far as was
    asked, null where it does. `step`: every how many days it was looked at; `is_cut` where time
    ran out before the oldest of them. `entities`: how many it watched. `reading` is the figure,
    null where none was ever seen, for the reason in `why`. `is_rows`: it watches rows, `is_new`:
    which of them there are. Words and a chart of it are in `bot/alerts/replayed.py`.
    """

    days: tuple[Day, ...]
    fired: tuple[Fired, ...] = ()
    asked: int = DAYS
    reach_from: date | None = None
    step: int = 1
    is_cut: bool = False
    entities: int = 0
    reading: Reading | None = None
    watch: Watch | None = None
    topics: tuple[Topic, ...] = ()
    why: str = ""
    is_rows: bool = False
    is_new: bool = False


def replay(
    desk: Desk,
    rule: Rule,
    grant: Grant,
    now: datetime,
    zone: ZoneInfo,
    *,
    clock: Clock,
    days: int = DAYS,
    budget: timedelta = BUDGET,
    progress: Progress | None = None,
) -> Replay:
    """The rule evaluated as known at this time of day on each of the last `days` local days, under
    what `grant` allows, through the same look and the same table of phases.

    `clock` tells when the `budget` is spent: a slow question is asked of every second day, or
    fewer, the newest first. `progress(done, all)` is told after each.
    """
    looks, gap, is_cut = _looks(desk, rule, grant, now, zone, clock, days, budget, progress)
    return replace(_machine(rule, looks, gap, zone), asked=days, step=gap, is_cut=is_cut)


def _looks(
    desk: Desk, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo, clock: Clock, days: int,
    budget: timedelta, progress: Progress | None,
) -> tuple[list[tuple[date, Look]], int, bool]:  # fmt: skip
    """What was seen on each day that time allowed, the newest first; how many days lie between
    two, and whether time ran out before the oldest.
    """
    begun, asks = clock(), _once(asking(desk, rule.channel, zone))
    found = [(_day(now, zone, 0), look(desk, rule, grant, now, zone, asks))]
    gap = max(1, math.ceil((clock() - begun) * days / budget))
    backs = range(gap, days, gap)
    for done, back in enumerate(backs, 1):
        if progress:
            progress(done, len(backs) + 1)
        if clock() - begun >= budget:
            return found, gap, True
        at = _at(now, zone, back)
        found.append((_day(now, zone, back), look(desk, rule, grant, at, zone, asks)))
    return found, gap, False


def _once(asks: Asks) -> Asks:
    """Asks the same line as of the same instant once."""
    known: dict[tuple[str, datetime], Said] = {}

    def ask(line: str, at: datetime) -> Said:
        if (line, at) not in known:
            known[line, at] = asks(line, at)
        return known[line, at]

    return ask


def _day(now: datetime, zone: ZoneInfo, back: int) -> date:
    return now.astimezone(zone).date() - timedelta(days=back)


def _at(now: datetime, zone: ZoneInfo, back: int) -> datetime:
    """The same time of day so many local days before."""
    local = now.astimezone(zone)
    return datetime.combine(_day(now, zone, back), local.time(), zone).astimezone(UTC)


def _reached(
    looks: Sequence[tuple[date, Look]], zone: ZoneInfo
) -> tuple[list[tuple[date, Look]], date | None]:
    """The days from the first one that could be judged on, the oldest first, and that first one
    where there are older ones."""
    newest = looks[0][1]
    begins = date.min
    if newest.answer and newest.reading:
        since = basis_of(newest.answer, newest.reading).history_from
        begins = since.astimezone(zone).date() if since else date.min
    told = [(day, one) for day, one in reversed(looks) if day >= begins]
    while told and told[0][1].sight.data != "ok":
        told.pop(0)
    if len(told) == len(looks):
        return told, None
    return told, max(told[0][0], begins) if told else None


class _Machine:
    """The phases of a rule's entities from day to day, without a store."""

    def __init__(self, rule: Rule, gap: int) -> None:
        self.rule, self.states = rule, dict[str, State]()
        self.entities, self.fired = set[str](), list[Fired]()
        # a dry run looks once in so many days, the rule itself every so often
        self.pending, self.recovering = (
            max(1, math.ceil(count * rule.every / (gap * ONE_DAY)))
            for count in (rule.pending, rule.recovering)
        )
        self.there: set[str] | None = None
        self.since: dict[str, date] = {}

    def see(self, day: date, found: Look) -> Day:
        """One day; what fired on it is kept."""
        if found.sight.data != "ok" or (found.sight.n == 0 and not self._may_be_none(found)):
            for entity in self.states:  # a streak is broken
                self._step(day, found, found.watch, entity)
            return Day(day, None, self._phase(), found.why or NOTHING)
        watch = replace(found.watch, pending=self.pending, recovering=self.recovering)
        before = len(self.fired)
        for entity in self._judged(found):
            self._step(day, found, watch, entity)
        self.entities |= found.sight.values.keys()
        if self.rule.kind == "new":
            return Day(day, float(len(self.fired) - before), self._phase())
        total = found.sight.values.get(TOTAL)
        return Day(day, self._count() if total is None else total, self._phase())

    def _may_be_none(self, found: Look) -> bool:
        return self.rule.kind == "new" or found.sight.is_fleeting

    def _judged(self, found: Look) -> list[str]:
        """The entities that are there or were; of a rule on new ones not those of the beginning."""
        values = found.sight.values
        if self.rule.kind == "new":
            there = found.sight.there
            self.there = set(there) if self.there is None else self.there & values.keys()
        return [one for one in {**self.states, **values} if one not in (self.there or ())]

    def _step(self, day: date, found: Look, watch: Watch, entity: str) -> None:
        seen = found.sight.seen(entity, watch)
        since = self.since.get(entity)
        kept = since is None or day - since >= watch.keep
        state, news = step(self.states.get(entity, State()), seen, watch, kept)
        self.states[entity] = state
        if "fired" in news and seen.value is not None:
            self.since[entity] = day
            label = found.sight.labels.get(entity, entity)
            self.fired.append(Fired(day, label, seen.value, found.words.get(entity, "")))

    def _count(self) -> float:
        return float(sum(one.phase in ("firing", "recovering") for one in self.states.values()))

    def _phase(self) -> Phase:
        phases = {one.phase for one in self.states.values()}
        return next((one for one in WORST if one in phases), "normal")


def _machine(rule: Rule, looks: Sequence[tuple[date, Look]], gap: int, zone: ZoneInfo) -> Replay:
    told, reach_from = _reached(looks, zone)
    machine = _Machine(rule, gap)
    days = tuple(machine.see(day, one) for day, one in told)
    newest = looks[0][1]
    last = next((one for _, one in looks if one.sight.data == "ok"), newest)
    return Replay(
        days, tuple(machine.fired), reach_from=reach_from, entities=len(machine.entities),
        reading=last.reading, watch=last.watch, topics=last.topics,
        why="" if told else newest.why,
        is_rows=rule.each or rule.kind in ("new", "unusual"), is_new=rule.kind == "new",
    )  # fmt: skip
