"""HubSpot: companies, contacts, deals, tickets, subscriptions, survey answers and activities."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TypeVar

import msgspec
from rapidfuzz import process

from storage.sources import (
    Ask,
    Health,
    Kind,
    Page,
    SourceError,
    SourceSettings,
    State,
    StreamSpec,
)
from storage.sources._http import Http
from storage.sources._hubspot_api import Api, ApiError, DailyLimit, Version
from storage.sources._hubspot_journal import SCOPE, TOKEN, Journal
from storage.sources._hubspot_map import OBJECTS
from storage.sources._hubspot_reader import NOT_THERE, Reader, properties
from storage.sources._hubspot_record import ObjectType
from storage.sources._oauth import Bearer, Kept, client_credentials, refreshed, utc_now
from storage.sources._turns import by_turns

SETTLE = timedelta(seconds=60)  # what was changed in the last minute is not in the index yet
LOOKBACK = timedelta(minutes=10)  # and some of it shows up five minutes late
SWEEP_EVERY = timedelta(days=7)

T = TypeVar("T")


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is the token of a private app; `zone` is the zone of the account.

    With `client`, the id of an app that is installed by OAuth, the secret is
    `CLIENT_SECRET:REFRESH_TOKEN`; refresh tokens that are exchanged are kept in `folder`. Such an
    app may have a `journal` of changes; `portal` is the account's number where it has several.

    `properties` names properties of the account's own, by type of objects and field:
    `properties.subscriptions = { renewal_on = "renewal_date" }`. `skip`: types and streams that
    are not wanted.
    """

    url: str = "https://api.hubapi.com"
    version: Version = "v3"
    client: str = ""
    journal: bool = False
    portal: int = 0
    folder: str = "."
    properties: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    skip: tuple[str, ...] = ()


class HubSpot:
    """One HubSpot account.

    The first pull reads the lists. From then on changes come by search, in windows of their
    stamp, which begin before the first pull did. Archived records are in their own list only.
    A type that was never there for us gives nothing, until it is; one that is taken away fails.
    """

    def __init__(self, settings: Settings, http: Http, journal: Journal | None = None) -> None:
        self.settings, self.http, self.journal = settings, http, journal
        self.api = Api(http, settings.version)
        self.types = {
            name: replace(one, fields=_fields(one, settings.properties.get(name, {})))
            for name, one in OBJECTS.items()
            if not {name, one.stream} & set(settings.skip)
        }
        streams = {one.stream for one in OBJECTS.values()}
        if unknown := {*settings.properties, *settings.skip} - set(OBJECTS) - streams:
            raise SourceError(f"{settings.key}: no stream {min(unknown)!r}", permanent=True)
        self.parts: dict[str, list[ObjectType]] = {}
        for one in self.types.values():
            self.parts.setdefault(one.stream or one.name, []).append(one)
        self.streams: Sequence[StreamSpec] = [
            StreamSpec(
                name, (kinds[0].table,), lookback=LOOKBACK, settle=SETTLE, sweep_every=SWEEP_EVERY
            )
            for name, kinds in self.parts.items()
        ]
        self.reader = Reader(self.api, settings.tz, journal)

    def check(self) -> Health:
        """The types that the key may not read, and named properties that are not there."""
        missing: list[str] = []
        for name, kind in self.types.items():
            try:
                self.api.listed(name, properties(kind), limit=1)
                missing += self._unknown(name)
            except ApiError as error:
                if error.status == 401:
                    raise
                missing.append(f"{name}: {error}")
        try:
            self.api.owners()
        except ApiError as error:
            missing.append(f"owners: {error}")
        if self.journal is not None:
            try:
                self.journal.latest()
            except SourceError as error:
                missing.append(f"journal: {error}")
        return Health(self.settings.version, self.settings.zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        kinds = self.parts[stream.name]
        if len(kinds) > 1 or kinds[0].stream:
            yield from by_turns(
                [kind.name for kind in kinds], state,
                lambda name, kept: self.reader.pull(self.types[name], stream, kept),
                lambda name, kept: self._is_there(self.types[name], kept),
            )  # fmt: skip
            return
        total = self._count(kinds[0], state)
        if total is not None:
            for page in self.reader.pull(kinds[0], stream, state):
                yield replace(page, total=total) if state is None else page

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        for kind in self.parts[stream.name]:
            if self._is_there(kind, None):
                yield from self.reader.ids(kind)

    def _count(self, kind: ObjectType, state: State | None) -> int | None:
        """How many records there are; null for a type that was never there for us.

        Its reply tells the clock of the account, as that of `_is_there` does.
        """
        return _unless_absent(lambda: self.api.count(kind.name), state)

    def _is_there(self, kind: ObjectType, state: State | None) -> bool:
        """Whether the type can be read, found without a search: of those there are few a second."""
        asked = _unless_absent(lambda: self.api.listed(kind.name, ["hs_object_id"], limit=1), state)
        return asked is not None

    def _unknown(self, kind: str) -> list[str]:
        """The named properties that are not there, with the nearest that are."""
        asked = self.settings.properties.get(kind)
        if not asked:
            return []
        there = self.api.properties(kind)
        return [
            f"{kind}: no property {one!r}; near: {_near(one, there)}"
            for name in asked.values() for one in name.split() if one not in there
        ]  # fmt: skip


def _unless_absent(ask: Callable[[], T], state: State | None) -> T | None:
    try:
        return ask()
    except ApiError as error:
        if state is None and error.status in NOT_THERE:
            return None
        raise


def _near(name: str, names: Sequence[str]) -> str:
    return ", ".join(found[0] for found in process.extract(name, names, limit=3))


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
    busy = DailyLimit(settings.tz)
    if not settings.client:
        if settings.journal:
            raise SourceError(
                f"{settings.key}: a journal is for apps that are installed by OAuth: set client",
                permanent=True,
            )
        headers = {"Authorization": f"Bearer {settings.secret}"}
        key = http(settings.url, headers=headers, secrets=(settings.secret,), on_busy=busy)
        return HubSpot(settings, key)
    secret, _, token = settings.secret.partition(":")
    login = http(settings.url, secrets=(secret, token))
    app = {"client_id": settings.client, "client_secret": secret}
    fetch = refreshed(login, TOKEN, token, Kept(settings.folder, settings.key), **app)
    made = http(settings.url, on_busy=busy, auth=Bearer(fetch, utc_now))
    return HubSpot(settings, made, _journal(settings, http, login, secret))


def _journal(
    settings: Settings, http: Callable[..., Http], login: Http, secret: str
) -> Journal | None:
    """The journal, into which the app is let by its own secret."""
    if not settings.journal:
        return None
    fetch = client_credentials(login, TOKEN, settings.client, secret, scope=SCOPE)
    return Journal(
        http(settings.url, auth=Bearer(fetch, utc_now)), cache(lambda url: http(url)),
        settings.portal,
    )  # fmt: skip


ASKS = (
    Ask("client", "The id of an app that is installed by OAuth (Enter: a private app)", ""),
    Ask(
        "secret", "The token of the private app (pat-…), or CLIENT_SECRET:REFRESH_TOKEN",
        is_secret=True,
    ),
    Ask("url", "The address of HubSpot's API", "https://api.hubapi.com"),
)  # fmt: skip
SOURCE = Kind("hubspot", Settings, open_hubspot, ASKS)
