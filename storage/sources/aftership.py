"""AfterShip: the scans of the parcels that it tracks."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.sources import Ask, Health, Kind, Page, Row, State, StreamSpec
from storage.sources._answers import answered
from storage.sources._entity import Entity, EntitySettings, needed, of, unknown, with_own
from storage.sources._http import Http
from storage.sources._sliced import Sliced
from storage.sources._slices import BETWEEN, Part, Record, Stale
from storage.sources._tracking import events, still

PAGE = 200
BEGINNING = datetime(2012, 1, 1, tzinfo=UTC)  # AfterShip is younger than that
STALE_CURSOR = frozenset({400, 404, 410, 422})
SCANS = "checkpoints"  # the field of a tracking that lists them

CHECKPOINT = Entity(
    "checkpoint", "trackings", "trackingevent", ("tracker.id", "checkpoint_time", "tag"),
    {
        "tracking": needed("tracker.tracking_number"), "status": needed("tag"),
        "seen": needed("checkpoint_time"), "place": of("location", "city", "country_region_name"),
    },
    updated="tracker.updated_at",
)  # fmt: skip
MEANINGS = {
    "pending": "announced", "inforeceived": "announced", "intransit": "in_transit",
    "outfordelivery": "out_for_delivery", "attemptfail": "attempted",
    "availableforpickup": "waiting", "delivered": "delivered", "exception": "failed",
    "expired": "expired",
}  # fmt: skip
TRACKINGS = StreamSpec("trackings", ("trackingevent",), sweep_every=timedelta(days=7))


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is an API key; `version` that of the API. Many carriers write the times of scans
    without a zone: those are in `zone`."""

    url: str = "https://api.aftership.com"
    version: str = "2026-07"


class AfterShip:
    """One organisation. AfterShip keeps a tracking for some months after its last change."""

    streams: Sequence[StreamSpec] = (TRACKINGS,)

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        (self.entity,) = with_own((CHECKPOINT,), settings.fields, settings.key)
        self.path = f"tracking/{settings.version}/trackings"

    def check(self) -> Health:
        """Fields of one's own that the newest tracking with scans does not have."""
        found = [one for one in self._listed({"limit": PAGE})["trackings"] if one.get(SCANS)]
        missing: list[str] = []
        if found:
            there = ["tracker", *found[0][SCANS][0]]
            own = self.settings.fields.get("trackingevent", {})
            missing = unknown(self.entity, own, there)
        return Health(self.settings.version, self.settings.zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        return self._sliced().pages(stream, state, self._server_now())

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        return self._sliced().ids(stream, self._server_now())

    def _sliced(self) -> Sliced:
        return Sliced(self._ask, self._events, _id, _id, BEGINNING, self._still)

    def _events(self, tracking: Record) -> Iterator[tuple[str, Row]]:
        return events(self.entity, tracking, SCANS, MEANINGS, self.settings.tz)

    def _still(self, tracking: Record) -> Iterator[tuple[str, str]]:
        return still(self.entity, tracking, SCANS)

    def _ask(self, start: datetime, end: datetime, cursor: str | None) -> Part:
        asked: dict[str, Any] = {
            "limit": PAGE, "updated_at_min": _iso(start), "updated_at_max": _iso(end),
            "created_at_min": _iso(BEGINNING),
        }  # fmt: skip
        if cursor is not None:
            asked["cursor"] = cursor
        said = self._listed(asked)
        pages = said.get("pagination") or {}
        more = pages.get("next_cursor") if pages.get("has_next_page") else None
        return Part(said["trackings"], more or None)

    def _listed(self, asked: dict[str, Any]) -> Any:
        reply = self.http.get(self.path, asked)
        if "cursor" in asked and reply.status in STALE_CURSOR:
            raise Stale
        return answered(reply, "data", "trackings")["data"]

    def _server_now(self) -> datetime:
        return self.http.now(lambda: self._listed({"limit": 1}))


def _id(tracking: Record) -> str:
    return str(tracking.get("id"))


def _iso(at: datetime) -> str:
    return (at - BETWEEN).astimezone(UTC).isoformat()


def open_aftership(settings: Settings, http: Callable[..., Http]) -> AfterShip:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    headers, secrets = {"as-api-key": settings.secret}, (settings.secret,)
    return AfterShip(settings, http(settings.url, headers=headers, secrets=secrets))


ASKS = (Ask("secret", "An API key (asat_…)", is_secret=True),)
SOURCE = Kind("aftership", Settings, open_aftership, ASKS)
