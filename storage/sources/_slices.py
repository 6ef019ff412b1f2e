"""Reads a window in slices of time that each fit on one page, where pages alone can't be trusted.

Where a list is paged by offset, or by a cursor that may be one, a record that changes while it is
read leaves the window and shifts all behind it: one of them is on no page. A slice that is
answered whole by one request has no pages. Only records of the same second can need several;
then behind each next page the one before is read again, and if that is not what it was, the slice
begins anew.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from storage.sources import State
from storage.sources._http import TryLater
from storage.sources._window import Window

SECOND = timedelta(seconds=1)
# Whether an end counts in differs from server to server, and is seldom said. Asked for times so
# much earlier no stamp of seconds or milliseconds lies on an end.
BETWEEN = timedelta(microseconds=500)
FASTER, SLOWER = 4, 2
MOST_ANEW = 50

Record = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What one request brought, and the cursor of what comes behind it; null where nothing does."""

    records: Sequence[Record]
    next: str | None = None


@dataclass(frozen=True)
class Slice:
    """The records of some slice of a window. `state` and `high` are as a page has them."""

    records: Sequence[Record]
    state: State
    high: datetime | None


class Stale(Exception):
    """The server does not know a cursor any more: the slice begins anew."""


# from, to (whole seconds, half open), and a cursor of the same slice or null
Fetch = Callable[[datetime, datetime, str | None], Part]


@dataclass(frozen=True)
class _Place:
    """Where the reading stands: the slice's start and width, and up to where a wider one was too
    full (`wall`). Inside one: its last page by cursor, a mark of what that held, and the next.
    """

    start: datetime
    width: timedelta
    wall: datetime
    cursor: str | None = None
    mark: int | None = None
    next: str | None = None

    @property
    def end(self) -> datetime:
        return self.start + self.width

    def state(self) -> list[Any]:
        start, wall = self.start.isoformat(), self.wall.isoformat()
        return [start, self.width.total_seconds(), wall, self.cursor, self.mark, self.next]

    @classmethod
    def of(cls, window: Window, beginning: datetime) -> "_Place":
        if window.after:
            begun, width, wall, *inside = window.after
            start, wall = datetime.fromisoformat(begun), datetime.fromisoformat(wall)
            return cls(start, timedelta(seconds=width), wall, *inside)
        start = window.start or beginning
        return cls(start, max(window.end - start, SECOND), start)

    def narrower(self) -> "_Place":
        width = timedelta(seconds=int((self.width / FASTER).total_seconds()))
        return _Place(self.start, max(width, SECOND), self.end)

    def behind(self, end: datetime, part: Part) -> "_Place":
        """The next slice: as wide as this one up to where a wider one was too full, then wider."""
        wider = SLOWER if part.records else FASTER
        width = self.width * wider if end >= self.wall else self.width
        return _Place(end, width, self.wall)


def slices(ask: Fetch, window: Window, id_of: Callable[[Record], str], beginning: datetime) -> (
    Iterator[Slice]
):  # fmt: skip
    """The records with stamps in a window; `beginning` is before the first record there can be.

    What is stamped in the second of the window's end is read too, and again by the next window.
    The last slice has the finished state.
    """
    place, anew = _Place.of(window, beginning), 0
    while place.start < window.end:
        end = place.end if place.end < window.end else window.end + SECOND
        part = _next(ask, place, end, id_of)
        if part is None:
            place, anew = _Place(place.start, place.width, place.wall), anew + 1
            if anew > MOST_ANEW:
                raise TryLater("too much changes at once to be read")
            continue
        if part.next is None:
            place = place.behind(end, part)
        elif place.mark is None and place.width > SECOND:
            place = place.narrower()
            continue
        else:
            place = replace(place, cursor=place.next, mark=_mark(part, id_of), next=part.next)
        is_over = place.start >= window.end
        if is_over or part.records:
            state = window.finished() if is_over else window.at(place.state())
            yield Slice(part.records, state, window.end if is_over else window.high)


def _next(ask: Fetch, place: _Place, end: datetime, id_of: Callable[[Record], str]) -> Part | None:
    """The next page of a slice; null where the one before is not what it was."""
    try:
        part = ask(place.start, end, place.next)
        if place.mark is None:
            return part
        before = ask(place.start, end, place.cursor)
    except Stale:
        return None
    return part if _mark(before, id_of) == place.mark else None


def _mark(part: Part, id_of: Callable[[Record], str]) -> int:
    return zlib.crc32("\n".join(id_of(one) for one in part.records).encode())
