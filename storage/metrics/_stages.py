"""How long goods spend in a stage: by dated movements, and by what lies in it and leaves it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from storage.curves import Curve
from storage.links import Key
from storage.metrics._durations import Span, before, period
from storage.metrics._flow import Passed
from storage.metrics._stock_days import Held

DOCK, MATERIAL, PRODUCTION = "dock", "material stock", "production"
FINISHED, DELIVERY = "finished stock", "delivery"
FEWEST_TO_CHECK, TOLERANCE, KNOWN_SHARE = 20, 0.25, 0.5
# in less time than this many stays what lies there and what leaves need not fit each other
STAYS = 4
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stage:
    """Days that goods spend in a stage; null where no source tells of it.

    `how`: from dated movements, or from stock and throughput. `n` counts what left it. Two
    figures check each other: `seen`, the mean days of what left, and `counted`, the days for
    which what was in it lasts (open / rate); null where there is no such second figure. `open`:
    how much was in it on the average, null for stock, whose units differ. `over`: the days of the
    window.
    """

    name: str
    days: float | None
    how: Literal["dated", "stock"] | None
    n: int
    over: int
    seen: float | None = None
    counted: float | None = None
    open: float | None = None

    @property
    def is_faulty(self) -> bool:
        """Whether open = rate × mean time does not hold, by more than chance makes likely."""
        if self.seen is None or self.counted is None or self.n < FEWEST_TO_CHECK:
            return False
        if self.over < STAYS * min(self.seen, self.counted):
            return False
        gap = abs(self.counted - self.seen)
        return gap >= 1 and gap > TOLERANCE * self.seen


@dataclass(frozen=True)
class Count:
    """What a count of stock makes of a stage: the days for which it lasts, over all its items, and
    over those of which it is also seen how long they lay; null without such."""

    lasts: float
    matching: float | None = None
    lay: float | None = None


def mean(curve: Curve) -> float | None:
    """The area under a curve up to its last step: the mean, if all has ended by then."""
    area = at = 0.0
    left = 1.0
    for time, after in zip(curve.times, curve.survival, strict=True):
        area += left * (time - at)
        at, left = time, after
    return area if curve.times else None


def timed(name: str, spans: Iterable[Span], first: date, last: date) -> Stage:
    """A stage of dated spans: the mean of what was under way in the days of the window."""
    every = [one for one in before(spans, last + DAY) if not one.end or one.end >= one.start]
    length = (last - first).days + 1
    days = mean(period(every, first, last).curve)
    if days is None:
        return Stage(name, None, None, 0, length)
    inside = {
        (one.key, one.end, one.left): one for one in every if first <= (one.end or one.left or last)
    }
    lasted = sum(_overlap(one, first, last) for one in inside.values())
    ended = sum(1 for one in inside.values() if one.end)
    counted = lasted / ended if ended else None
    return Stage(name, days, "dated", ended, length, days, counted, lasted / length)


def _overlap(one: Span, first: date, last: date) -> int:
    """Days of the window during which it was open."""
    until = min(one.end or one.left or last + DAY, last + DAY)
    return max(0, (until - max(one.start, first)).days)


def lain(name: str, left: Sequence[Passed], count: Count | None, over: int) -> Stage:
    """A stage in stock: by what left it in a window of `over` days, else by a count of it."""
    n = round(sum(one.share for one in left))
    seen = _weighed([(one.lay, one.share) for one in left])
    if seen is not None:
        matching = (count.lay, count.matching) if count else (None, None)
        return Stage(name, seen, "dated", n, over, *matching)
    if count is None or not n:
        return Stage(name, None, None, n, over)
    return Stage(name, count.lasts, "stock", n, over)


def _weighed(parts: Iterable[tuple[float | None, float]]) -> float | None:
    """A mean by share; null where more than half of the shares are unknown."""
    every = list(parts)
    known = [(days, share) for days, share in every if days is not None]
    weight = sum(share for _, share in known)
    if not weight or weight < KNOWN_SHARE * sum(share for _, share in every):
        return None
    return sum(days * share for days, share in known) / weight


def counted(
    left: Iterable[Passed], held: Iterable[Held], first: date, last: date, *, is_used: bool
) -> Count | None:
    """How long stock lasts by a count of it: mean stock / what leaves it a day.

    Over the items that mostly leave for production (or for customers), each weighed by its
    movements out. Null where the stock of none is known over the whole window.
    """
    by_item: dict[Key, list[Passed]] = defaultdict(list)
    for one in left:
        by_item[one.item].append(one)
    lying = _lying(held, first, last)
    length = (last - first).days + 1
    lasts: list[tuple[float | None, float]] = []
    lay: list[tuple[float | None, float]] = []
    for item, parts in by_item.items():
        used = sum(one.share for one in parts if one.into is not None)
        movements = sum(one.share for one in parts)
        if item in lying and (used > movements / 2) == is_used:
            rate = float(sum(one.lot.qty for one in parts)) / length
            lasts.append((lying[item] / rate, movements))
            # per item a count of stock weighs each piece, not each movement
            seen = _weighed([(one.lay_by_books, float(one.lot.qty)) for one in parts])
            lay.append((seen, movements))
    whole = _weighed(lasts)
    if whole is None:
        return None
    told = [one for one, (days, _) in zip(lasts, lay, strict=True) if days is not None]
    return Count(whole, _weighed(told), _weighed([one for one in lay if one[0] is not None]))


def _lying(held: Iterable[Held], first: date, last: date) -> dict[Key, float]:
    """The mean stock of each item over the window; only of those known on each of its days."""
    length = (last - first).days + 1
    found: dict[Key, float] = defaultdict(float)
    unknown = set()
    for one in held:
        part = one.within(first, last)
        item = one.stock.key[0]
        if part.days < length or part.average_qty is None:
            unknown.add(item)
        else:
            found[item] += float(part.average_qty)
    return {item: qty for item, qty in found.items() if item not in unknown}
