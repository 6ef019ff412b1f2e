"""When nothing is told: quiet hours by the local clock, silences, and planned maintenance."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from storage.models import Silence

HOURS = re.compile(r"^(\d{1,2}):(\d{2}) ?[-–] ?(\d{1,2}):(\d{2})$", re.ASCII)


class BadQuiet(ValueError):
    """Quiet hours that can't be read; the message says how to write them."""


@dataclass(frozen=True)
class Quiet:
    """From `begin` up to `end` by the clock of `zone`, over midnight where the end comes first."""

    begin: time
    end: time
    zone: ZoneInfo

    def holds(self, now: datetime) -> bool:
        """Whether it is quiet. An hour that the clock goes through twice counts the first time,
        one that it leaves out is over at once.
        """
        began, ended = self._passed(self.begin, now), self._passed(self.end, now)
        return (began and not ended) if self.begin < self.end else (began or not ended)

    def ended(self, now: datetime) -> datetime:
        """When it was over the last time (UTC)."""
        day = now.astimezone(self.zone).date()
        if not self._passed(self.end, now):
            day -= timedelta(days=1)
        at = datetime.combine(day, self.end, tzinfo=self.zone)
        # of a time that the clock leaves out there is only that it is over
        return min(at.astimezone(UTC), now)

    def _passed(self, at: time, now: datetime) -> bool:
        """Whether that time of the local day of `now` is behind us."""
        local = now.astimezone(self.zone)
        if local.time() >= at:
            return True
        first = datetime.combine(local.date(), at, tzinfo=self.zone)
        return now.timestamp() >= first.timestamp()


@dataclass(frozen=True)
class Silences:
    """What is silenced at an instant: pairs of rule and entity, of which an empty one means all."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    def hold(self, rule: str, entity: str = "") -> bool:
        """Whether an entity of a rule is silenced; without one, the rule as a whole."""
        if not self.pairs:
            return False
        return not self.pairs.isdisjoint({("", ""), (rule, ""), ("", entity), (rule, entity)})


def read_quiet(text: str, zone: ZoneInfo) -> Quiet | None:
    """Quiet hours like "20:00-07:00", null where there are none; `BadQuiet`."""
    if not text.strip():
        return None
    match = HOURS.match(" ".join(text.split()))
    if not match:
        raise BadQuiet(f"{text!r} is no span of hours; write one like '20:00-07:00'")
    begin, end = _time(match[1], match[2], text), _time(match[3], match[4], text)
    if begin == end:
        raise BadQuiet(f"{text!r} ends when it begins; leave it empty, or silence the rule")
    return Quiet(begin, end, zone)


def silences(session: Session, now: datetime) -> Silences:
    """Those that have begun and have not ended."""
    query = select(Silence.rule, Silence.entity).where(
        col(Silence.begun_at) <= now,
        or_(col(Silence.until).is_(None), col(Silence.until) > now),
        or_(col(Silence.ended_at).is_(None), col(Silence.ended_at) > now),
    )
    return Silences(frozenset((rule, entity) for rule, entity in session.exec(query)))


def _time(hour: str, minute: str, text: str) -> time:
    if int(minute) < 60 and int(hour) < 24:
        return time(int(hour), int(minute))
    if (int(hour), int(minute)) == (24, 0):
        return time(0)
    raise BadQuiet(f"{text!r} has a time that no clock shows; write one like '20:00-07:00'")
