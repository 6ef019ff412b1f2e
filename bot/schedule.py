"""When a cron expression in a time zone is due; the one place that knows clocks are put forward."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

# Farther than any clock was ever put forward or back
LEEWAY = timedelta(days=2)
ALL_HOURS = 24


@dataclass(frozen=True)
class Due:
    """A run that is meant: `period` is its local wall time, `at` (UTC) when it really is."""

    period: str
    at: datetime


def runs(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The first `count` instants after `after` (aware), in `zone`, at which `cron` is due.

    A bad expression is a CronSimError, an unknown zone a ZoneInfoNotFoundError.
    """
    tz = ZoneInfo(zone)
    return [due.at.astimezone(tz) for due in islice(upcoming(cron, zone, after), count)]


def upcoming(cron: str, zone: str, after: datetime) -> Iterator[Due]:
    """What is due after `after` (aware), in order.

    A schedule with fixed hours runs once for every local time it names: where clocks skip that
    time, at the first moment after the gap (once, when several fall into it); where they repeat
    it, the first time. One for every hour (`*` or `*/n`) runs whenever the clock shows the time.
    """
    tz = ZoneInfo(zone)
    # local time is counted naively, from so early that no change of the clocks can hide a run
    walls = CronSim(cron, after.astimezone(tz).replace(tzinfo=None) - LEEWAY)
    found = _every_pass(walls, tz) if _is_hourly(walls) else _once_each(walls, tz)
    last = after
    for due in found:
        if due.at > last:
            last = due.at
            yield due


def between(cron: str, zone: str, after: datetime, until: datetime) -> Iterator[Due]:
    """What is due after `after` and not after `until`, in order."""
    for due in upcoming(cron, zone, after):
        if due.at > until:
            return
        yield due


def _is_hourly(walls: CronSim) -> bool:
    hours: str = walls.parts[2]
    return len(walls.hours) == ALL_HOURS or (hours.startswith("*") and len(walls.hours) > 1)


def _once_each(walls: Iterator[datetime], tz: ZoneInfo) -> Iterator[Due]:
    for wall in walls:
        yield Due(wall.isoformat(timespec="minutes"), _first(wall, tz))


def _every_pass(walls: Iterator[datetime], tz: ZoneInfo) -> Iterator[Due]:
    """Both passes of a repeated hour, in the order of time; none of a skipped one."""
    waiting: list[tuple[datetime, str]] = []
    for wall in walls:
        passes = [at for at in _passes(wall, tz) if _shows(at, wall, tz)]
        for at in passes:
            heapq.heappush(waiting, (at, at.astimezone(tz).isoformat(timespec="minutes")))
        while passes and waiting and waiting[0][0] <= passes[0]:
            at, period = heapq.heappop(waiting)
            yield Due(period, at)


def _passes(wall: datetime, tz: ZoneInfo) -> list[datetime]:
    """The instants that a wall time may stand for, one or two, earlier first."""
    return sorted({wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)})


def _shows(at: datetime, wall: datetime, tz: ZoneInfo) -> bool:
    return at.astimezone(tz).replace(tzinfo=None, fold=0) == wall


def _first(wall: datetime, tz: ZoneInfo) -> datetime:
    """The first instant that shows `wall`; where none does, the end of the gap it fell into."""
    early, *more = _passes(wall, tz)
    if not more or _shows(early, wall, tz):
        return early
    return _change(early, more[0], tz)


def _change(before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    """The instant, to the second, at which the zone's offset changes between the two."""
    old = before.astimezone(tz).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
