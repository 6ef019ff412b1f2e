"""HubSpot: companies, contacts, deals, tickets, subscriptions and survey answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from storage.sources import (
    Health,
    Kind,
    Page,
    Rejected,
    Row,
    SourceError,
    SourceSettings,
    State,
    StreamSpec,
    mapped,
)
from storage.sources._http import Http
from storage.sources._hubspot_api import SEARCH_PAGE, Api, ApiError, DailyLimit, Listed, Version
from storage.sources._hubspot_map import OBJECTS, ObjectType, Record
from storage.sources._window import Window, open_window

SETTLE = timedelta(seconds=60)  # what was changed in the last minute is not in the index yet
LOOKBACK = timedelta(minutes=10)  # and some of it shows up five minutes late
ARCHIVED_EVERY = timedelta(hours=1)
REREAD_EVERY = timedelta(days=1)  # a new link to a company is no change of the record
SWEEP_EVERY = timedelta(days=7)
STALE_CURSOR = frozenset({400, 404, 410})


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is the token of a private app; `zone` is the zone of the account.

    `properties` names properties of the account's own, by stream and field:
    `properties.subscriptions = { renewal_on = "renewal_date" }`. `skip`: streams that the
    account does not have.
    """

    url: str = "https://api.hubapi.com"
    version: Version = "v3"
    properties: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    skip: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pass:
    """A periodic pass over a whole list: when it last began, and where it stopped, if it did."""

    at: datetime | None = None
    after: str | None = None

    def is_due(self, now: datetime, every: timedelta) -> bool:
        return self.at is None or self.after is not None or now - self.at >= every

    def state(self) -> State:
        return {"at": self.at.isoformat() if self.at else None, "after": self.after}

    @classmethod
    def of(cls, state: State | None, name: str) -> "Pass":
        kept = (state or {}).get(name) or {}
        at = kept.get("at")
        return cls(datetime.fromisoformat(at) if at else None, kept.get("after"))


@dataclass(frozen=True)
class Cursor:
    """Where a stream stands: the window of changes, and the two periodic passes."""

    window: Window
    archived: Pass = field(default_factory=Pass)
    reread: Pass = field(default_factory=Pass)

    def within(self, after: Any) -> State:
        return {**self.window.at(after), **self._passes()}

    def behind(self) -> State:
        return {**self.window.finished(), **self._passes()}

    def _passes(self) -> State:
        return {"archived": self.archived.state(), "reread": self.reread.state()}


class HubSpot:
    """One HubSpot account.

    The first pull reads the lists. From then on changes come by search, in windows of their
    stamp, which begin before the first pull did. Archived records are in their own list only.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        self.api = Api(http, settings.version)
        self.types = {
            name: replace(one, fields=_fields(one, settings.properties.get(name, {})))
            for name, one in OBJECTS.items()
            if name not in settings.skip
        }
        if unknown := {*settings.properties, *settings.skip} - set(OBJECTS):
            raise SourceError(f"{settings.key}: no stream {min(unknown)!r}", permanent=True)
        self.streams: Sequence[StreamSpec] = [
            StreamSpec(
                name, (one.table,), lookback=LOOKBACK, settle=SETTLE, sweep_every=SWEEP_EVERY
            )
            for name, one in self.types.items()
        ]

    def check(self) -> Health:
        """The streams that the key may not read, and named properties that are not there."""
        missing: list[str] = []
        for name, kind in self.types.items():
            try:
                records = self.api.listed(name, _properties(kind), limit=1).records
            except ApiError as error:
                if error.status == 401:
                    raise
                missing.append(f"{name}: {error}")
                continue
            # HubSpot leaves out what it does not know and gives null for what is empty
            asked = self.settings.properties.get(name, {}).values()
            missing += [f"{name}: {one}" for record in records
                        for one in asked if one not in record["properties"]]  # fmt: skip
        return Health(self.settings.version, self.settings.zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        kind = self.types[stream.name]
        total = self.api.count(kind.name)
        now = self._server_now()
        window = open_window(state, now, stream.lookback, stream.settle)
        cursor = Cursor(window, Pass.of(state, "archived"), Pass.of(state, "reread"))
        if window.start is None:
            cursor = replace(cursor, reread=Pass(window.end))
            yield from self._all(kind, cursor, total)
        else:
            yield from self._changes(kind, cursor)
        if cursor.archived.is_due(now, ARCHIVED_EVERY):
            yield from self._archived(kind, cursor, now)
            cursor = replace(cursor, archived=Pass(now))
        if cursor.reread.is_due(now, REREAD_EVERY):
            yield from self._again(kind, cursor, now)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        kind = self.types[stream.name]
        for page in self._lists(kind, ["hs_object_id"]):
            yield kind.table, [str(record["id"]) for record in page.records]

    def _all(self, kind: ObjectType, cursor: Cursor, total: int) -> Iterator[Page]:
        for page in self._lists(kind, _properties(kind), cursor.window.after):
            is_last = page.after is None
            state = cursor.behind() if is_last else cursor.within(page.after)
            high = cursor.window.end if is_last else None
            yield replace(self._page(kind, page.records, state), high=high, total=total)

    def _changes(self, kind: ObjectType, cursor: Cursor) -> Iterator[Page]:
        window = cursor.window
        after = window.after or 0
        while True:
            records = self.api.changed(kind.name, _properties(kind), kind.modified, window, after)
            is_last = len(records) < SEARCH_PAGE
            after = int(records[-1]["id"]) if records else after
            state = cursor.behind() if is_last else cursor.within(after)
            yield replace(
                self._page(kind, records, state), high=window.end if is_last else window.high
            )
            if is_last:
                return

    def _archived(self, kind: ObjectType, cursor: Cursor, now: datetime) -> Iterator[Page]:
        begun = cursor.archived.at if cursor.archived.after else now
        for page in self._lists(kind, ["hs_object_id"], cursor.archived.after, archived=True):
            state = replace(cursor, archived=Pass(begun, page.after)).behind()
            gone = [str(record["id"]) for record in page.records]
            yield Page({}, state, {kind.table: gone}, received=len(gone), high=cursor.window.end)

    def _again(self, kind: ObjectType, cursor: Cursor, now: datetime) -> Iterator[Page]:
        begun = cursor.reread.at if cursor.reread.after else now
        for page in self._lists(kind, _properties(kind), cursor.reread.after):
            state = replace(cursor, reread=Pass(begun, page.after)).behind()
            yield replace(self._page(kind, page.records, state), high=cursor.window.end)

    def _lists(
        self,
        kind: ObjectType,
        properties: Sequence[str],
        after: str | None = None,
        *,
        archived: bool = False,
    ) -> Iterator[Listed]:
        """The pages of a list; where HubSpot does not know `after` any more, all of them."""
        try:
            page = self.api.listed(kind.name, properties, after, archived=archived)
        except ApiError as error:
            if after is None or error.status not in STALE_CURSOR:
                raise
            page = self.api.listed(kind.name, properties, archived=archived)
        yield page
        while page.after is not None:
            page = self.api.listed(kind.name, properties, page.after, archived=archived)
            yield page

    def _page(self, kind: ObjectType, records: Sequence[Row], state: State) -> Page:
        accounts = self._accounts(kind, records)
        read = [
            Record(one, kind.fields, kind.modified, self.settings.tz, accounts.get(str(one["id"])))
            for one in records
        ]
        rows, rejected = mapped(read, lambda record: _facts(kind, record), lambda record: record.id)
        refused = [Rejected(one.source_id, one.reason, one.payload.raw) for one in rejected]
        merged = [old for record in read for old in record.merged()]
        deletes = {kind.table: merged} if merged else {}
        return Page(rows, state, deletes, refused, received=len(records))

    def _accounts(self, kind: ObjectType, records: Sequence[Row]) -> dict[str, str]:
        """The company of each record that has one, by the record's id."""
        if not kind.has_account or not records:
            return {}
        if kind.account_of is None:
            return self.api.companies_of(kind.name, [str(one["id"]) for one in records])
        name = kind.fields[kind.account_of]
        contacts = {str(one["id"]): one["properties"].get(name) for one in records}
        asked = sorted({contact for contact in contacts.values() if contact})
        found = self.api.companies_of("contacts", asked) if asked else {}
        return {one: found[contact] for one, contact in contacts.items() if contact in found}

    def _server_now(self) -> datetime:
        if self.http.server_now is None:
            raise SourceError(
                f"{self.http.base.host} sends no Date header: its clock is unknown", permanent=True
            )
        return self.http.server_now


def _facts(kind: ObjectType, record: Record) -> Iterator[tuple[str, Row]]:
    row = kind.row(record)
    if row is not None:
        yield kind.table, {"source_id": record.id, "source_updated_at": record.updated, **row}


def _properties(kind: ObjectType) -> list[str]:
    return [*dict.fromkeys(name for name in kind.fields.values() if name), kind.modified]


def _fields(kind: ObjectType, own: Mapping[str, str]) -> dict[str, str]:
    for name in own:
        if name not in kind.fields:
            raise SourceError(
                f"properties.{kind.name}: no field {name!r}; there are {', '.join(kind.fields)}",
                permanent=True,
            )
    return {**kind.fields, **own}


def open_hubspot(settings: Settings, http: Callable[..., Http]) -> HubSpot:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return HubSpot(
        settings,
        http(
            settings.url,
            headers={"Authorization": f"Bearer {settings.secret}"},
            secrets=(settings.secret,),
            on_busy=DailyLimit(settings.tz),
        ),
    )


SOURCE = Kind("hubspot", Settings, open_hubspot)
