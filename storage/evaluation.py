"""What one evaluation makes of a rule and of every entity that has an episode or begins one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from storage.episode_rows import Kept
from storage.hush import Quiet, Silences
from storage.sight import Ground, Sight, judge, newcomers
from storage.telling import Course, Hush, Telling, evaluate
from storage.watch import News, Watch


@dataclass(frozen=True)
class Case:
    """A rule to be evaluated by what it sees. `quiet` are its quiet hours, null where nothing is
    held back, as of a critical rule.
    """

    rule: str
    watch: Watch
    sight: Sight
    every: timedelta
    quiet: Quiet | None = None

    def is_quiet(self, now: datetime) -> bool:
        return self.quiet is not None and self.quiet.holds(now)


class Step(NamedTuple):
    """What became of an entity; `kept` is null where it had no episode before."""

    entity: str
    before: Course
    after: Course
    telling: Telling
    kept: Kept | None = None

    @property
    def begins(self) -> bool:
        return self.kept is None and not self.after.never_was

    @property
    def differs(self) -> bool:
        return self.after is not self.before and self.after != self.before

    @property
    def shows(self) -> bool:
        """Whether there is more to see than another figure."""
        old, new = self.before, self.after
        return bool(self.telling.news) or (old.phase, old.data) != (new.phase, new.data)


@dataclass(frozen=True)
class Outcome:
    """What became of a rule; `news` are of its data."""

    case: Case
    before: Ground
    after: Ground
    news: News | None
    steps: tuple[Step, ...]

    @property
    def shows(self) -> bool:
        return self.news is not None or any(one.shows for one in self.steps)


def outcome(
    case: Case, before: Ground, kept: Sequence[Kept], hushes: Silences, now: datetime
) -> Outcome:
    """The whole evaluation of a rule whose open episodes and held ones are `kept`."""
    is_quiet = case.is_quiet(now)
    hush = Hush(hushes.hold(case.rule), is_quiet)
    after, news = judge(before, case.sight, case.watch, hush, now)
    steps = tuple(_steps(case, before, after, kept, hushes, is_quiet, now))
    holds = is_quiet and (before.is_holding or any(one.telling.how == "held" for one in steps))
    if holds != after.is_holding:
        after = after._replace(is_holding=holds)
    return Outcome(case, before, after, news, steps)


def _steps(
    case: Case,
    before: Ground,
    after: Ground,
    kept: Sequence[Kept],
    hushes: Silences,
    is_quiet: bool,
    now: datetime,
) -> Iterator[Step]:
    watch = case.watch
    # rows that dropped to nothing are no data, whatever they say
    sight = case.sight if case.sight.data == after.data else Sight(after.data)

    def step(entity: str, course: Course, one: Kept | None) -> Step:
        hush = Hush(hushes.hold(case.rule, entity), is_quiet)
        seen = sight.seen(entity, watch)
        return Step(entity, course, *evaluate(course, seen, watch, hush, now), one)

    for one in kept:
        yield step(one.entity, one.course, one)
    if sight.data != "ok":
        return
    have = {one.entity for one in kept if one.course.ended_at is None}
    for entity in newcomers(before, sight, watch):
        if entity not in have:
            yield step(entity, Course(now), None)
