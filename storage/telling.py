"""One evaluation of an episode: where it goes, and what of it is told, left or held back.

The tables are in `storage/watch.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from storage.watch import Data, News, Phase, Seen, State, Watch, step

Notice = Literal["fired", "worse", "resolved", "woken", "again"]
Fate = Literal["told", "held", "left"]

# what is held back gives way only to what is graver
GRAVEST: tuple[Notice, ...] = ("fired", "worse", "resolved", "woken", "again")
FIFTH = 0.2


class Course(NamedTuple):
    """An episode as its rule's evaluations know it; the columns of `storage.models.Episode`."""

    begun_at: datetime
    phase: Phase = "normal"
    data: Data = "ok"
    streak: int = 0
    value: float | None = None
    worst: float | None = None
    fired_value: float | None = None
    told_value: float | None = None
    fired_at: datetime | None = None
    told_at: datetime | None = None
    ended_at: datetime | None = None
    tellings: int = 0
    held: Notice | None = None
    acked_at: datetime | None = None
    snoozed_until: datetime | None = None
    is_snoozed_out: bool = False

    @property
    def never_was(self) -> bool:
        """Whether it was pending only and is no more."""
        return self.phase == "normal" and self.fired_at is None


@dataclass(frozen=True)
class Hush:
    """What holds at the time of an evaluation: a silence of the entity, quiet hours of the rule."""

    is_silenced: bool = False
    is_quiet: bool = False


@dataclass(frozen=True)
class Telling:
    """News of one entity: told now, or held back from now on, or held back before and released."""

    news: tuple[News, ...] = ()
    how: Literal["told", "held", "released"] = "told"


NOTHING = Telling()


def evaluate(
    before: Course, seen: Seen, watch: Watch, hush: Hush, now: datetime
) -> tuple[Course, Telling]:
    """The episode after an evaluation, and what becomes of its news."""
    if before.ended_at:
        return _told(before, None, hush, now)
    put_back = not_ahead(before, now)
    after = _moved(put_back, seen, watch, now)
    return _told(after, _notice(after, seen, watch, now), hush, now)


def not_ahead(course: Course, now: datetime) -> Course:
    """What lies ahead of a clock that was put back happens now."""
    begun, fired, told = course.begun_at, course.fired_at, course.told_at
    if begun <= now and (fired is None or fired <= now) and (told is None or told <= now):
        return course
    return course._replace(
        begun_at=min(begun, now),
        fired_at=fired and min(fired, now),
        told_at=told and min(told, now),
    )


def _moved(course: Course, seen: Seen, watch: Watch, now: datetime) -> Course:
    kept = course.fired_at is None or now - course.fired_at >= watch.keep
    state, _ = step(State(course.phase, course.data, course.streak), seen, watch, kept)
    changed: dict[str, Any] = {}
    if (state.phase, state.data, state.streak) != (course.phase, course.data, course.streak):
        changed |= {"phase": state.phase, "data": state.data, "streak": state.streak}
    if seen.value is not None and seen.value != course.value and not seen.is_gone:
        changed |= {"value": seen.value, "worst": _worst(course.worst, seen.value, watch)}
    if state.phase == "firing" and course.fired_at is None:
        changed |= {"fired_at": now, "fired_value": seen.value}
    if state.phase == "normal" and course.fired_at is not None:
        changed["ended_at"] = now
    return course._replace(**changed) if changed else course


def _worst(worst: float | None, value: float, watch: Watch) -> float:
    if worst is None:
        return value
    return max(worst, value) if watch.when.is_upper else min(worst, value)


def _notice(course: Course, seen: Seen, watch: Watch, now: datetime) -> Notice | None:
    """What there is to tell, by the second table."""
    if course.phase == "normal":
        return "resolved" if course.told_at else None
    if course.phase != "firing" or seen.value is None:
        return None
    if course.told_at is None:
        return "fired"
    if _is_worse(course, seen.value, watch):
        return "worse"
    if course.snoozed_until and course.snoozed_until <= now:
        return "woken"
    is_time = watch.repeat is not None and now - course.told_at >= watch.repeat
    return "again" if is_time else None


def _is_worse(course: Course, value: float, watch: Watch) -> bool:
    told = course.told_value
    if told is None or not watch.when.holds(value):
        return False
    beyond = value - told if watch.when.is_upper else told - value
    return beyond > 0 and beyond >= FIFTH * abs(watch.when.limit or told)


def fate(course: Course, notice: Notice, hush: Hush, now: datetime) -> Fate:
    """What becomes of a notice, by the third table."""
    is_snoozed = course.snoozed_until is not None and now < course.snoozed_until
    if hush.is_silenced or is_snoozed or (course.is_snoozed_out and notice != "resolved"):
        return "left"
    if notice == "again" and course.acked_at:
        return "left"
    return "held" if hush.is_quiet else "told"


def _told(
    course: Course, notice: Notice | None, hush: Hush, now: datetime
) -> tuple[Course, Telling]:
    if course.held and not hush.is_quiet:
        held, course = course.held, course._replace(held=None)
        if fate(course, held, hush, now) == "told":
            return _noted(course, now), Telling(_released(held, course), "released")
    if notice is None:
        return course, NOTHING
    becomes = fate(course, notice, hush, now)
    if becomes == "told":
        return _noted(course, now), Telling((_news(notice),))
    if becomes == "left" or not _is_graver(notice, course.held):
        return course, NOTHING
    return course._replace(held=notice), Telling((_news(notice),), "held")


def _released(held: Notice, course: Course) -> tuple[News, ...]:
    is_over = course.ended_at is not None and held != "resolved"
    return (_news(held), "resolved") if is_over else (_news(held),)


def _noted(course: Course, now: datetime) -> Course:
    """The episode once it has been told of as it is."""
    woken = course.snoozed_until is not None and course.snoozed_until <= now
    return course._replace(
        told_at=now, told_value=course.value, tellings=course.tellings + 1,
        snoozed_until=None if woken else course.snoozed_until,
    )  # fmt: skip


def _is_graver(notice: Notice, held: Notice | None) -> bool:
    return held is None or GRAVEST.index(notice) < GRAVEST.index(held)


def _news(notice: Notice) -> News:
    return "again" if notice == "woken" else notice
