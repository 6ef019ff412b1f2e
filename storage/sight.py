"""What one evaluation of a rule found, and whether its data can be trusted.

Rows that drop to nothing are no data: none where there were some, or less than half of those of the
last good evaluation where these were 20 or more. After a day of it that is how things are; but a
figure that rests on no observation is never one.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from storage.telling import Hush
from storage.watch import Bound, Data, News, Seen, Watch, of_data

# so few observations can halve by themselves
FEW = 20
# a drop that lasts longer is how things are
DROP_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Sight:
    """What one evaluation of a rule found: the value of every entity that it watches, null where
    one has none; "" is the total. Without data that is ok there are none. `n`: how many
    observations it rests on; `labels`: what a person calls the entities, where not the same.
    `is_fleeting`: an entity that is not among them any more is over; else it has no figure. Of a
    rule on new rows the entities are the rows that are there, each with the value 1.

    Rules that look at the same may share one: its values are put in order only once.
    """

    data: Data
    values: Mapping[str, float | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    n: int | None = None
    is_fleeting: bool = False

    def seen(self, entity: str, watch: Watch) -> Seen:
        """What one entity's own state is to be judged by."""
        if self.data != "ok":
            return Seen(self.data)
        if entity not in self.values and (self.is_fleeting or watch.is_new):
            return Seen("ok", watch.over, is_gone=True)
        value = self.values.get(entity)
        return Seen("no-data") if value is None or not math.isfinite(value) else Seen("ok", value)

    def beyond(self, bound: Bound) -> Sequence[str]:
        """The entities whose value holds the bound, the lowest value first."""
        values, entities = self._ranked
        if bound.is_upper:
            find = bisect_left if bound.word == "at least" else bisect_right
            return entities[find(values, bound.limit) :]
        find = bisect_right if bound.word == "at most" else bisect_left
        return entities[: find(values, bound.limit)]

    @cached_property
    def there(self) -> frozenset[str]:
        """The entities that have a value."""
        return frozenset(entity for entity, value in self.values.items() if value is not None)

    @cached_property
    def _ranked(self) -> tuple[list[float], list[str]]:
        pairs = [(v, e) for e, v in self.values.items() if v is not None and math.isfinite(v)]
        pairs.sort()
        return [value for value, _ in pairs], [entity for _, entity in pairs]


class Ground(NamedTuple):
    """What a rule stands on, for all its entities; the columns of `storage.models.RuleState`."""

    data: Data = "ok"
    told_data: Data = "ok"
    blinded: int = 0
    n: int | None = None
    dropped_at: datetime | None = None
    is_holding: bool = False
    members: frozenset[str] | None = None


def judge(
    before: Ground, sight: Sight, watch: Watch, hush: Hush, now: datetime
) -> tuple[Ground, News | None]:
    """The ground after an evaluation, and what is told of the data."""
    data, dropped_at = _trusted(before, sight, watch, now)
    news = None if hush.is_silenced or hush.is_quiet else of_data(before.told_data, data)
    is_good = data == "ok"
    after = before._replace(
        data=data, dropped_at=dropped_at, told_data=data if news else before.told_data,
        blinded=before.blinded + (news == "blind"),
        n=sight.n if is_good and sight.n is not None else before.n,
        members=_members(before.members, sight) if is_good and watch.is_new else before.members,
    )  # fmt: skip
    return after, news


def newcomers(before: Ground, sight: Sight, watch: Watch) -> Sequence[str]:
    """The entities of good data that may begin an episode, if they have none."""
    if not watch.is_new:
        return sight.beyond(watch.when)
    if before.members is None:
        return ()  # the first evaluation says what was there
    return sorted(sight.there - before.members)


def _trusted(
    before: Ground, sight: Sight, watch: Watch, now: datetime
) -> tuple[Data, datetime | None]:
    """The data as they are to be taken, and since when rows have dropped to nothing."""
    if sight.data != "ok" or sight.n is None:
        return sight.data, None
    good = before.n or 0
    has_dropped = (sight.n == 0 and good > 0) or (good >= FEW and 2 * sight.n < good)
    since = min(before.dropped_at or now, now) if has_dropped else None
    if since is not None and now - since < DROP_LASTS:
        return "no-data", since
    # a figure that rests on nothing is none, but of rows there may be none
    may_be_none = watch.is_new or sight.is_fleeting
    return ("ok" if sight.n or may_be_none else "no-data"), since


def _members(members: frozenset[str] | None, sight: Sight) -> frozenset[str]:
    return sight.there if members is None else members.intersection(sight.values)
