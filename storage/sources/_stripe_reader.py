"""Reads one kind of Stripe's objects: all by its list, and changes by the feed of events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Page, Rejected, Row, State, StreamSpec, mapped
from storage.sources._answers import answered
from storage.sources._entity import Entity
from storage.sources._http import Http, Reply
from storage.sources._seconds import seconds
from storage.sources._stripe_map import EVENTS, GONE
from storage.sources._window import Window, open_window

PAGE = 100
EVENTS_KEPT = timedelta(days=29)  # thirty, and a day to be safe
STALE_CURSOR = frozenset({400, 404, 410})

Object = dict[str, Any]


class _Stale(Exception):
    """The object or event that we stopped at is gone."""


@dataclass
class _Taken:
    """What of the feed was taken, which has the newest first: objects of the last event's second,
    and those that are gone or make no fact now. Older events about them must not come in behind."""

    at: int = 0
    ids: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, after: Any) -> "_Taken":
        return cls(after["at"], set(after["ids"]), set(after["gone"])) if after else cls()

    def newest(self, events: Sequence[Object]) -> list[Object]:
        """Of each object the newest event, without what older pages had newer."""
        found, seen = [], set[str]()
        for event in events:
            id_ = _object_id(event)
            if event["created"] != self.at:
                self.at, self.ids = event["created"], set()
            if id_ not in seen and id_ not in self.gone and id_ not in self.ids:
                found.append(event)
            seen.add(id_)
            self.ids.add(id_)
        return found

    def after(self, event_id: str) -> Object:
        return {"id": event_id, "at": self.at, "ids": sorted(self.ids), "gone": sorted(self.gone)}


@dataclass(frozen=True)
class Reader:
    """One kind of objects of one account. `asked`: what its list is asked for beside the page."""

    http: Http
    entity: Entity
    zone: ZoneInfo
    asked: Mapping[str, str] = field(default_factory=dict)

    def pull(self, stream: StreamSpec, state: State | None, now: datetime) -> Iterator[Page]:
        """The pages behind `state`. What changed before the feed begins is read from the list."""
        window = open_window(state, now, stream.lookback, stream.settle)
        if window.start is not None and window.start < now - EVENTS_KEPT:
            window = open_window(None, now, stream.lookback, stream.settle)
        # what was deleted since then is in no list
        asks_sweep = state is not None and window.start is None
        for page in self._pages(window):
            yield replace(page, asks_sweep=asks_sweep)

    def ids(self) -> Iterator[tuple[str, Sequence[str]]]:
        yield self.entity.table, []
        for objects, _ in self._listed(None):
            rows, rejected = self._mapped(objects, None)
            yield self.entity.table, [row["source_id"] for row in rows]
            yield self.entity.table, [refused.source_id for refused in rejected]

    def first(self) -> Reply:
        """The answer to a question for one object, whatever it is."""
        return self.http.get(f"v1/{self.entity.name}", {**self.asked, "limit": 1})

    def _pages(self, window: Window) -> Iterator[Page]:
        """Those of a window; anew where what we stopped at is gone."""
        try:
            yield from self._read(window)
        except _Stale:
            yield from self._read(Window(window.start, window.end, None, window.high))

    def _read(self, window: Window) -> Iterator[Page]:
        return self._all(window) if window.start is None else self._changes(window, window.start)

    def _all(self, window: Window) -> Iterator[Page]:
        """All objects. They are as of now, and their stamp is the window's end: what happened since
        comes with the events of the next one."""
        for objects, more in self._listed(window.after):
            rows, rejected = self._mapped(objects, window.end)
            state = window.at(more) if more else window.finished()
            high = window.high if more else window.end
            yield self._page(rows, rejected, objects, state, high)

    def _changes(self, window: Window, start: datetime) -> Iterator[Page]:
        taken, cursor = _Taken.of(window.after), (window.after or {}).get("id")
        while True:
            said = self._asked("events", cursor, {
                "types[]": EVENTS[self.entity.stream], "created[gte]": int(start.timestamp()),
                "created[lte]": int(window.end.timestamp()),
            })  # fmt: skip
            events = taken.newest(said["data"])
            changed = [one for one in events if one["type"] not in GONE]
            rows, rejected = [], []
            for event in changed:
                stamp = seconds(event["created"], self.zone)
                made, refused = self._mapped([event["data"]["object"]], stamp)
                rows += made
                rejected += refused
            objects = [event["data"]["object"] for event in events]
            taken.gone |= {_id(one) for one in objects} - {row["source_id"] for row in rows}
            is_over = not said.get("has_more") or not said["data"]
            cursor = None if is_over else said["data"][-1]["id"]
            state = window.at(taken.after(cursor)) if cursor else window.finished()
            high = window.high if cursor else window.end
            yield self._page(rows, rejected, objects, state, high)
            if is_over:
                return

    def _page(
        self,
        rows: list[Row],
        rejected: list[Rejected],
        objects: Sequence[Object],
        state: State,
        high: datetime | None,
    ) -> Page:
        """A page; what of its objects makes no fact is deleted where it made one before."""
        there = {row["source_id"] for row in rows} | {one.source_id for one in rejected}
        gone = [one["id"] for one in objects if one["id"] not in there]
        return Page(
            {self.entity.table: rows}, state, {self.entity.table: gone} if gone else {},
            rejected, received=len(objects), high=high,
        )  # fmt: skip

    def _mapped(
        self, objects: Sequence[Object], stamp: datetime | None
    ) -> tuple[list[Row], list[Rejected]]:
        rows, rejected = mapped(objects, lambda one: self.entity.rows(one, self.zone), _id)
        made = rows.get(self.entity.table, [])
        return [{**row, "source_updated_at": stamp} for row in made], rejected

    def _listed(self, after: str | None) -> Iterator[tuple[list[Object], str | None]]:
        """Pages of the list, each with the object to go on behind; null behind the last."""
        while True:
            said = self._asked(self.entity.name, after, self.asked)
            more = said.get("has_more") and said["data"]
            after = said["data"][-1]["id"] if more else None
            yield said["data"], after
            if after is None:
                return

    def _asked(self, kind: str, after: str | None, asked: Mapping[str, Any]) -> Any:
        behind = {"starting_after": after} if after else {}
        reply = self.http.get(f"v1/{kind}", {**asked, **behind, "limit": PAGE})
        if after and reply.status in STALE_CURSOR:
            raise _Stale
        return answered(reply, "data")


def _id(one: Object) -> str:
    return str(one.get("id"))


def _object_id(event: Object) -> str:
    return str(event["data"]["object"]["id"])
