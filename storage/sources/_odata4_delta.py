"""Follows what changed in a set by the links that an OData service gives for it (delta links).

State: `{"v": 1, "high", "asked", "delta"}` between reads, with `begun` and `next` inside one. A
link comes with the last page of a read and stands for that page's time: what changed on pages read
before would be lost between two reads. So a read of several pages is followed by a window of stamps
from its begin on (`window`, as in `_window`), and only then is the stream complete.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.sources import Row, SourceError, State
from storage.sources._odata4 import Answer, Reads, Refused, Service, instant
from storage.sources._odata4_read import pages
from storage.sources._window import VERSION, Window, from_iso, open_window


@dataclass(frozen=True)
class Step:
    """A page of a feed: what changed, what is gone, and the state once both are stored.

    `is_blind`: what was deleted meanwhile may not have been told of.
    """

    records: Sequence[Row]
    removed: Sequence[str]
    state: State
    high: datetime | None
    is_blind: bool = False


@dataclass(frozen=True)
class _Feed:
    """Where a feed stands. `asked`: what it asks for, which is fixed in its links."""

    asked: str
    high: datetime | None = None
    begun: datetime | None = None
    next: str | None = None
    delta: str | None = None

    @classmethod
    def of(cls, state: State | None, reads: Reads) -> "_Feed":
        """The feed of a state; from its beginning where other fields are asked for now."""
        asked = ",".join(reads.fields)
        if not state or state.get("v") != VERSION:
            return cls(asked)
        high = from_iso(state.get("high"))
        if state.get("asked") != asked:
            return cls(asked, high)
        return cls(asked, high, from_iso(state.get("begun")), state.get("next"), state.get("delta"))

    def state(self) -> State:
        begun = {"begun": self.begun.isoformat(), "next": self.next} if self.begun else {}
        high = self.high.isoformat() if self.high else None
        return {"v": VERSION, "high": high, **begun, **self.links()}

    def links(self) -> State:
        return {"asked": self.asked, "delta": self.delta}


def changes(
    service: Service, reads: Reads, state: State | None, lookback: timedelta
) -> Iterator[Step]:
    """The pages behind `state`: all records the first time, and whenever its link has expired."""
    feed = _Feed.of(state, reads)
    if state and "window" in state and feed.delta:
        yield from _caught_up(service, reads, feed, open_window(state, service.now(), lookback))
        return
    is_long = feed.next is not None
    feed = replace(feed, begun=feed.begun or service.now())
    while True:
        answer, feed = _asked(service, reads, feed)
        is_long = is_long or answer.next is not None
        if answer.next is None:
            break
        feed = replace(feed, next=answer.next)
        yield Step(answer.records, answer.removed, feed.state(), feed.high)
    if answer.delta is None or feed.begun is None:
        raise SourceError(
            f"{service.http.base.host} gives no link to the changes of {reads.path}: does it still"
            " track them?"
        )
    is_whole = feed.delta is None
    begun, feed = feed.begun, replace(feed, begun=None, next=None, delta=answer.delta)
    if not is_long:
        feed = replace(feed, high=begun)
        yield Step(answer.records, answer.removed, feed.state(), feed.high, is_whole)
        return
    window = Window(begun - lookback, max(service.now(), begun), None, feed.high)
    caught_up = {**window.at(None), **feed.links()}
    yield Step(answer.records, answer.removed, caught_up, feed.high, is_blind=True)
    yield from _caught_up(service, reads, feed, window)


def _asked(service: Service, reads: Reads, feed: _Feed) -> tuple[Answer, _Feed]:
    """The next page, and the feed without those of its links that have expired.

    An expired link to a page is replaced by the link that the read began with, an expired one of
    those by a read of all.
    """
    while link := feed.next or feed.delta:
        try:
            return service.follow(link), feed
        except Refused as refused:
            if not refused.is_stale:
                raise
            feed = replace(feed, next=None, delta=feed.delta if feed.next else None)
    return service.first(reads, is_tracked=True), feed


def _caught_up(service: Service, reads: Reads, feed: _Feed, window: Window) -> Iterator[Step]:
    """What bears a stamp from the window's start on. It has no end but the link's own time, which
    nobody knows to the second: what is changed later comes by the link."""
    since = f"{reads.stamp} ge {instant(window.start)}" if window.start else ""
    for records, place in pages(service, replace(reads, stamp="", only=since), window):
        at = window.finished() if place is None else window.at(place)
        high = window.end if place is None else window.high
        yield Step(records, (), {**at, **feed.links()}, high)
