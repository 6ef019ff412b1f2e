"""EasyPost: the scans of the parcels that it tracks."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import (
    Ask,
    BadRow,
    Health,
    Kind,
    Page,
    Row,
    SourceError,
    State,
    StreamSpec,
    mapped,
)
from storage.sources._answers import answered
from storage.sources._entity import Entity, EntitySettings, instant, needed, of, unknown, with_own
from storage.sources._http import Http
from storage.sources._slices import Record
from storage.sources._tracking import events, still
from storage.sources._window import Window, open_window

PAGE = 100
# a parcel that nobody finished is looked at no longer than that
WATCHED = timedelta(days=90)
STALE_CURSOR = frozenset({400, 404, 410, 422})
SCANS = "tracking_details"  # the field of a tracker that lists them

DETAIL = Entity(
    "TrackingDetail", "trackers", "trackingevent", ("tracker.id", "datetime", "status"),
    {
        "tracking": needed("tracker.tracking_code"), "status": needed("status"),
        "seen": needed("datetime"),
        "place": of("tracking_location.city", "tracking_location.zip",
                    "tracking_location.country"),
    },
    updated="tracker.updated_at",
)  # fmt: skip
MEANINGS = {
    "pre_transit": "announced", "available_for_pickup": "waiting", "return_to_sender": "returned",
    "failure": "failed", "error": "failed",
}  # fmt: skip
FINISHED = frozenset({"delivered", "return_to_sender", "cancelled"})
TRACKERS = StreamSpec("trackers", ("trackingevent",), sweep_every=timedelta(days=7))


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is an API key of the production mode. Times without a zone are in `zone`."""

    url: str = "https://api.easypost.com"


@dataclass(frozen=True)
class _Walk:
    """How far back the list is read: to the oldest tracker that was not finished when last read.

    `open`: the oldest of this walk so far.
    """

    window: Window
    since: datetime | None
    open: datetime | None = None

    @classmethod
    def of(cls, state: State | None, window: Window, now: datetime) -> "_Walk":
        kept = state or {}
        if window.start is None:
            return cls(window, None, _instant(kept.get("walked")))
        oldest = _instant(kept.get("open")) or window.start
        since = max(min(oldest, window.start), now - WATCHED)
        return cls(window, since, _instant(kept.get("walked")))

    def within(self, before: str, oldest: datetime | None) -> State:
        since, walked = _iso(self.since), _iso(oldest)
        return {**self.window.at(before), "open": since, "walked": walked}

    def finished(self, oldest: datetime | None) -> State:
        return {**self.window.finished(), "open": _iso(oldest)}


class EasyPost:
    """One account.

    Its list can't be asked for what changed: it is read from the newest tracker back to the oldest
    that was not finished, and of those the changed ones are taken.
    """

    streams: Sequence[StreamSpec] = (TRACKERS,)

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http, self.zone = settings, http, ZoneInfo(settings.zone)
        (self.entity,) = with_own((DETAIL,), settings.fields, settings.key)

    def check(self) -> Health:
        """Fields of one's own that the newest tracker with scans does not have."""
        found = [one for one in self._listed()["trackers"] if one.get(SCANS)]
        own = self.settings.fields.get("trackingevent", {})
        there = ["tracker", *found[0][SCANS][0]] if found else []
        missing = unknown(self.entity, own, there) if found else []
        return Health("v2", self.settings.zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        now = self.http.now(self._listed)
        window = open_window(state, now, stream.lookback, stream.settle)
        walk = _Walk.of(state, window, now)
        oldest, before = walk.open, window.after
        while True:
            said = self._listed(before)
            if said is None:  # the tracker we stopped at is gone
                before, oldest = None, None
                continue
            trackers = [
                one for one in said["trackers"] if self._is_since(one, "created_at", walk.since)
            ]
            oldest = self._oldest(trackers, oldest)
            changed = [one for one in trackers if self._is_since(one, "updated_at", window.start)]
            rows, rejected = mapped(changed, self._events, _id)
            is_last = not said.get("has_more") or not said["trackers"]
            is_over = is_last or len(trackers) < len(said["trackers"])
            before = None if is_over else _id(trackers[-1])
            yield Page(
                rows, walk.within(before, oldest) if before else walk.finished(oldest),
                rejected=rejected, received=len(trackers),
                high=window.high if before else window.end,
            )  # fmt: skip
            if is_over:
                return

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        yield "trackingevent", []
        before = None
        while True:
            said = self._listed(before)
            if said is None:
                raise SourceError(f"{self.http.base.host}: a tracker went while all were listed")
            rows, rejected = mapped(said["trackers"], self._events, _id)
            yield "trackingevent", [row["source_id"] for row in rows.get("trackingevent", ())]
            for refused in rejected:
                for table, source_id in still(self.entity, refused.payload, SCANS):
                    yield table, [source_id]
            if not said.get("has_more") or not said["trackers"]:
                return
            before = _id(said["trackers"][-1])

    def _events(self, tracker: Record) -> Iterator[tuple[str, Row]]:
        return events(self.entity, tracker, SCANS, MEANINGS, self.zone)

    def _is_since(self, tracker: Record, name: str, since: datetime | None) -> bool:
        """Whether a time of a tracker is not before another; so it is where either is unknown."""
        at = self._time(tracker, name)
        return since is None or at is None or at >= since

    def _oldest(self, trackers: Sequence[Record], before: datetime | None) -> datetime | None:
        """When the oldest was made that is not finished, of these and of those before."""
        made = [self._time(one, "created_at") for one in trackers if not _is_finished(one)]
        known = [at for at in (*made, before) if at is not None]
        return min(known) if known else None

    def _time(self, tracker: Record, name: str) -> datetime | None:
        try:
            return instant(tracker.get(name), self.zone)
        except BadRow:
            return None

    def _listed(self, before: str | None = None) -> Any:
        """The newest page, or the one behind a tracker; null where that is not there any more."""
        asked: dict[str, Any] = {"page_size": PAGE}
        if before is not None:
            asked["before_id"] = before
        reply = self.http.get("v2/trackers", asked)
        if before is not None and reply.status in STALE_CURSOR:
            return None
        return answered(reply, "trackers")


def _is_finished(tracker: Record) -> bool:
    said = tracker.get("finalized")
    return bool(said) if isinstance(said, bool) else tracker.get("status") in FINISHED


def _id(tracker: Record) -> str:
    return str(tracker.get("id"))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def open_easypost(settings: Settings, http: Callable[..., Http]) -> EasyPost:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    known = base64.b64encode(f"{settings.secret}:".encode()).decode()
    headers, secrets = {"Authorization": f"Basic {known}"}, (settings.secret, known)
    return EasyPost(settings, http(settings.url, headers=headers, secrets=secrets))


ASKS = (Ask("secret", "An API key of the production mode (EZAK…)", is_secret=True),)
SOURCE = Kind("easypost", Settings, open_easypost, ASKS)
