"""What was not so at one time and is so at another, each by what was known then."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from commands._contract import Ask, Topic
from commands._window import midnight
from storage.known import Named
from storage.known.cases import Case, cases
from storage.known.customers import Customer, customers, identities
from storage.known.orders import Promise, promises, promises_since
from storage.known.purchases import Line, purchase_lines
from storage.known.sales import SalesLine, sales_lines
from storage.links import Key
from storage.metrics import lead_time, slowdown
from storage.metrics._durations import LONGEST
from storage.metrics._signals import signals

AT_ONCE = 5_000
ORDER_GAP = "order gap"
Kind = Literal["late", "promise", "slower", "quiet", "opened", "solved"]
TOPIC_OF_KIND: Mapping[Kind, Topic] = {
    "late": "customers", "promise": "supply", "slower": "supply", "quiet": "customers",
    "opened": "customers", "solved": "customers",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One thing that is so now and was not: whose it is, what, and by how many days it moved."""

    kind: Kind
    who: str
    what: str
    days: int | None = None


@dataclass(frozen=True)
class Watched:
    """What was looked at for a kind of change, so that none is none of something: how many, and
    how many of them can't be told.
    """

    n: int
    untold: int = 0


@dataclass(frozen=True)
class Changes:
    """All that changed from `then` to `until`, of the kinds that the asker may see; those are the
    keys of `watched`.
    """

    then: datetime
    until: datetime
    found: Sequence[Change]
    watched: Mapping[Kind, Watched]

    def of(self, kind: Kind) -> list[Change]:
        return [one for one in self.found if one.kind == kind]


@dataclass(frozen=True)
class _Times:
    """The two times, and the local days on which they lie."""

    then: datetime
    until: datetime
    zone: ZoneInfo

    @property
    def first(self) -> date:
        return self.then.astimezone(self.zone).date()

    @property
    def last(self) -> date:
        return self.until.astimezone(self.zone).date()


def changes(session: Session, ask: Ask, then: datetime, until: datetime) -> Changes:
    """What changed in [then, until), as known at `until`."""
    times = _Times(then, until, ask.zone)
    found: list[Change] = []
    watched: dict[Kind, Watched] = {}
    if ask.grant.allows("customers"):
        _of_customers(session, times, found, watched)
    if ask.grant.allows("supply"):
        _of_suppliers(session, times, found, watched)
    order = list(TOPIC_OF_KIND)
    return Changes(then, until, sorted(found, key=lambda one: order.index(one.kind)), watched)


def _of_customers(
    session: Session, times: _Times, found: list[Change], watched: dict[Kind, Watched]
) -> None:
    lines = list(sales_lines(session, times.until, open_only=True, zone=times.zone))
    found += _late(lines, times)
    watched["late"] = Watched(len(lines), sum(1 for line in lines if line.due_on is None))
    who = identities(session)
    now = customers(session, times.until, times.last, who)
    before = customers(session, times.then, times.first, who)
    found += _quiet(now, before, times)
    watched["quiet"] = Watched(len(now))
    names = {key: one.name for one in now for key in one.keys}
    every = list(cases(session, times.until, who))
    kinds: tuple[Kind, Kind] = ("opened", "solved")
    for kind in kinds:
        found += _tickets(every, kind, names, times)
        watched[kind] = Watched(len(every))


def _late(lines: Iterable[SalesLine], times: _Times) -> Iterator[Change]:
    """Orders whose first line became late: its day was over neither then nor before."""
    orders: dict[Key, list[SalesLine]] = defaultdict(list)
    for line in lines:
        if line.due_on and line.due_on < times.last:
            orders[line.order].append(line)
    for late in orders.values():
        first = min(late, key=lambda line: line.due_on or date.max)
        assert first.due_on is not None
        if first.due_on >= times.first:
            who = first.customer.name if first.customer else "unknown"
            yield Change("late", who, f"{first.number}, due {first.due_on.isoformat()}")


def _quiet(now: Iterable[Customer], before: Iterable[Customer], times: _Times) -> Iterator[Change]:
    """Customers who have been quiet for longer than they usually are, and were not."""
    were = {min(one.keys): one for one in before}
    for one in now:
        words = _gap(one, times.last)
        was = were.get(min(one.keys))
        if words and was and not _gap(was, times.first):
            yield Change("quiet", one.name, words)


def _gap(one: Customer, today: date) -> str | None:
    """What is said of an order gap; null where there is none, or we owe them an order."""
    found = [signal for signal in signals(one, today) if signal.name == ORDER_GAP]
    return found[0].words if found and not found[0].is_suspended else None


def _tickets(
    every: Iterable[Case], kind: Kind, names: Mapping[Key, str], times: _Times
) -> Iterator[Change]:
    for one in every:
        at = one.opened_at if kind == "opened" else one.closed_at
        if at and times.then <= at < times.until:
            who = names.get(one.company, "unknown") if one.company else "unknown"
            yield Change(kind, who, one.subject or one.number or one.key[1])


def _of_suppliers(
    session: Session, times: _Times, found: list[Change], watched: dict[Kind, Watched]
) -> None:
    now = _purchases(session, times.until, times.zone)
    open_lines = {line.key: line for line in now if line.is_open}
    moved = list(_moved(session, open_lines, times))
    found += [one for one in moved if one]
    watched["promise"] = Watched(len(open_lines), sum(1 for one in moved if one is None))
    paces = _paces(now, times.last)
    before = slowdown.changed(_paces(_purchases(session, times.then, times.zone), times.first))
    for supplier, change in slowdown.changed(paces).items():
        if change == "slower" and before.get(supplier) != "slower":
            found.append(Change("slower", _name(supplier), _takes(paces[supplier])))
    untested = sum(1 for one in paces.values() if one.test is None)
    watched["slower"] = Watched(len(paces), untested)


def _purchases(session: Session, now: datetime, zone: ZoneInfo) -> list[Line]:
    start = midnight(now.astimezone(zone).date() - timedelta(days=LONGEST), zone)
    return list(purchase_lines(session, now, start, now, zone=zone))


def _paces(lines: Sequence[Line], today: date) -> dict[Named | str | None, slowdown.Pace]:
    """How long the purchases from each supplier take."""
    groups = lead_time.split(lines, "supplier")
    return {value: slowdown.pace(theirs, today) for value, theirs in groups.items()}


def _takes(pace: slowdown.Pace) -> str:
    now = "not yet estimable" if pace.now.median is None else f"{pace.now.median:g} d"
    return f"{now} now, {pace.before.median:g} d in the year before"


def _moved(session: Session, lines: Mapping[Key, Line], times: _Times) -> Iterator[Change | None]:
    """What became of the promises of open lines; null for one of which we know nothing before."""
    touched = promises_since(session, times.until, "purchaseline", times.then)
    keys = [key for key in touched if key in lines]
    for at in range(0, len(keys), AT_ONCE):
        some = keys[at : at + AT_ONCE]
        for key, ledger in promises(session, times.until, "purchaseline", some).items():
            before = [one for one in ledger if one.seen_at < times.then]
            if not before:
                if lines[key].ordered_at < times.then:
                    yield None
                continue
            if change := _promise(lines[key], before[-1], ledger[-1]):
                yield change


def _promise(line: Line, before: Promise, after: Promise) -> Change | None:
    if before.on == after.on or before.on is None:
        return None
    who = _name(line.supplier)
    if after.on is None:
        return Change("promise", who, f"{line.number}: no promise any more")
    days = (after.on - before.on).days
    what = f"{line.number}: {before.on.isoformat()} to {after.on.isoformat()} ({days:+d} d)"
    return Change("promise", who, what, days)


def _name(value: Named | str | None) -> str:
    return value.name if isinstance(value, Named) else value or "unknown"
