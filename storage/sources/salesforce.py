"""Salesforce: accounts, contacts, opportunities, contracts, cases, activities, orders, products."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

import msgspec

from storage.sources import Ask, Health, Kind, Page, State, StreamSpec
from storage.sources._entity import Entity, EntitySettings, unknown, with_own
from storage.sources._http import Http
from storage.sources._oauth import Bearer, Kept, utc_now
from storage.sources._salesforce_api import ABSENT, Api, ApiError
from storage.sources._salesforce_bulk import Bulk
from storage.sources._salesforce_login import (
    Fetch,
    Login,
    by_certificate,
    by_refresh_token,
    by_secret,
    instance,
)
from storage.sources._salesforce_map import ENTITIES, OPTIONAL, survey
from storage.sources._salesforce_reader import Reader
from storage.sources._skip import check_skip
from storage.sources._turns import by_turns

LOOKBACK = timedelta(minutes=10)  # a stamp is that of the change, which others see when it commits
SWEEP_EVERY = timedelta(days=7)
PARTS = 5  # queries that one part of a bulk job stands for


class Survey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An object of one's own that keeps answers; `scale` is the highest score."""

    object: str
    kind: Literal["nps", "csat", "ces"] = "nps"
    scale: int | None = 10


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is the organisation's My Domain, `client` the consumer key of the connected app.

    `login` says what the secret is: the app's secret (client_credentials); its private key (jwt,
    in the name of `user`, at `audience`); or a refresh token, and behind a blank the app's secret.
    A refresh token that is exchanged is kept in `folder`. `limit_share`: no request is made when
    more than this share of the day's is used up, by whomever. `survey` names an object that keeps
    answers; `fields.surveyresponse` its fields.
    """

    client: str
    login: Login = "client_credentials"
    user: str = ""
    audience: str = "https://login.salesforce.com"
    version: str = "v62.0"
    folder: str = "."
    survey: Survey | None = None
    limit_share: float = 0.8
    page_rows: int = 2_000
    bulk_above: int = 10_000


class Salesforce:
    """One organisation, seen as its user sees it: what is hidden from them is not there."""

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        self.settings, self._http = settings, http
        words = settings.secret.split() if settings.login == "refresh_token" else ()
        self.http = http(settings.url, secrets=(settings.secret, *words))
        own = settings.survey
        listed = [*ENTITIES, *([survey(own.object, own.kind, own.scale)] if own else [])]
        entities = with_own(listed, settings.fields, settings.key)
        check_skip(settings.key, settings.skip, {one.stream for one in entities})
        self.parts: dict[str, list[Entity]] = {}
        for one in entities:
            if one.stream not in settings.skip:
                self.parts.setdefault(one.stream, []).append(one)
        self.streams: Sequence[StreamSpec] = [
            StreamSpec(name, (parts[0].table,), lookback=LOOKBACK, sweep_every=SWEEP_EVERY)
            for name, parts in self.parts.items()
        ]

    @cached_property
    def api(self) -> Api:
        """The organisation's data, at the address that comes with the first token."""
        fetch = self._fetch()
        first = [fetch()]
        auth = Bearer(lambda: first.pop() if first else fetch(), utc_now)
        url = instance(first[0], self.settings.url)
        return Api(self._http(url, auth=auth), self.settings.version, self.settings.limit_share)

    @cached_property
    def reader(self) -> Reader:
        of = self.settings
        bulk = Bulk(self.api, PARTS * of.page_rows)
        return Reader(self.api, bulk, of.tz, of.page_rows, of.bulk_above)

    def check(self) -> Health:
        """The organisation's zone, and the objects and fields that its user can't see."""
        if wrong := self._unserved():
            return Health(self.settings.version, None, self.api.http.skew, (wrong,))
        missing = [one for parts in self.parts.values() for part in parts
                   for one in self._missing(part)]  # fmt: skip
        found = self.api.chunk("SELECT TimeZoneSidKey FROM Organization LIMIT 1").records
        zone = str(found[0]["TimeZoneSidKey"]) if found else None
        return Health(self.settings.version, zone, self.api.http.skew, tuple(missing))

    def _unserved(self) -> str | None:
        """What to do about a version of the interface that is not served (any more)."""
        served = [f"v{one['version']}" for one in self.api.get("/services/data/")]
        if self.settings.version in served or not served:
            return None
        return f"no version {self.settings.version}: set version to one up to {served[-1]}"

    def _missing(self, entity: Entity) -> Iterator[str]:
        try:
            there = self.api.described(entity.name)
        except ApiError as error:
            if error.code not in ABSENT:
                raise
            if entity.name not in OPTIONAL:
                yield f"{entity.stream}: no object {entity.name}, or this user may not read it"
            return
        yield from entity.missing(there.names)
        yield from unknown(entity, self.settings.fields.get(entity.table, {}), there.names)
        if entity.updated in there.fields - there.filterable:
            yield f"{entity.name}: {entity.updated} can't be searched by"

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        parts = self.parts[stream.name]
        if len(parts) == 1:
            if self._is_there(parts[0], state):
                yield from self.reader.pull(parts[0], stream, state)
            return
        named = {one.name: one for one in parts}
        yield from by_turns(
            list(named), state,
            lambda name, one: self.reader.pull(named[name], stream, one),
            lambda name, one: self._is_there(named[name], one),
        )  # fmt: skip

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        for part in self.parts[stream.name]:
            if self._is_there(part, None):
                yield from self.reader.ids(part)

    def _is_there(self, entity: Entity, state: State | None) -> bool:
        """Whether an object can be read; one that was and can't be any more is an error."""
        try:
            self.api.described(entity.name)
        except ApiError as error:
            if error.code in ABSENT and state is None:
                return False
            raise
        return True

    def _fetch(self) -> Fetch:
        of: Any = self.settings
        if of.login == "jwt":
            return by_certificate(self.http, of.client, of.secret, of.user, of.audience, utc_now)
        if of.login == "refresh_token":
            return by_refresh_token(self.http, of.client, of.secret, Kept(of.folder, of.key))
        return by_secret(self.http, of.client, of.secret)


def open_salesforce(settings: Settings, http: Callable[..., Http]) -> Salesforce:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return Salesforce(settings, http)


ASKS = (
    Ask("url", "The address of My Domain (https://COMPANY.my.salesforce.com)"),
    Ask("client", "The consumer key of the connected app"),
    Ask(
        "login", "How it is let in: client_credentials, jwt or refresh_token", "client_credentials"
    ),
    Ask("user", "In whose name, for jwt (Enter: nobody's)", ""),
    Ask(
        "secret",
        "The app's secret, its private key (jwt), or a refresh token and the secret",
        is_secret=True,
    ),
)
SOURCE = Kind("salesforce", Settings, open_salesforce, ASKS)
