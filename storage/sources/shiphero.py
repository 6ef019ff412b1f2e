"""ShipHero: items, warehouses, stock by warehouse, orders and what was sent, over its GraphQL."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.sources import Ask, Health, Kind, Page, SourceError, State, StreamSpec, mapped
from storage.sources._entity import Entity, EntitySettings, unknown, with_own
from storage.sources._graphql import GraphQL, Record, part
from storage.sources._http import Http, Reply
from storage.sources._oauth import Bearer, Kept, given_token, utc_now
from storage.sources._shiphero_map import ENTITIES, sold, still
from storage.sources._shiphero_query import ROOTS, Queries, first
from storage.sources._skip import check_skip
from storage.sources._sliced import Sliced
from storage.sources._slices import BETWEEN, Fetch, Part
from storage.sources._window import Window

WEEK = timedelta(days=7)
BEGINNING = datetime(2012, 1, 1, tzinfo=UTC)  # ShipHero is younger than that
OUT_OF_CREDITS = 30

SPECS = (
    StreamSpec("items", ("item",), sweep_every=WEEK),
    StreamSpec("locations", ("location",), mode="snapshot"),
    StreamSpec("stock_levels", ("stocklevel",), sweep_every=WEEK),
    StreamSpec("sales", ("salesorder", "salesline", "shipment"), sweep_every=WEEK),
)


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is the refresh token of a user of the account; where ShipHero exchanges it the
    new one is kept in `folder`. `customer`: of a 3PL the account id of the customer that is read.
    """

    url: str = "https://public-api.shiphero.com"
    folder: str = "."
    customer: str = ""


class ShipHero:
    """One account. Records are read in slices of their stamp: its cursors count from the first
    record, so that one that changes on the way shifts the others."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        check_skip(settings.key, settings.skip, {spec.name for spec in SPECS})
        self.streams: Sequence[StreamSpec] = [
            spec for spec in SPECS if spec.name not in settings.skip
        ]
        found = with_own(ENTITIES, settings.fields, settings.key)
        self.entities: Mapping[str, Entity] = {one.table: one for one in found}
        self.api, self._schema = GraphQL(http, "graphql"), dict[str, list[str]]()
        self.queries = Queries(self.entities, self._there, bool(settings.customer))

    def check(self) -> Health:
        """The fields that the account's schema does not have, of ours and of one's own."""
        wanted, missing = {spec.name for spec in self.streams}, list[str]()
        for entity in self.entities.values():
            if entity.stream in wanted:
                own = self.settings.fields.get(entity.table, {})
                missing += self.queries.missing(entity)
                missing += unknown(entity, own, self._there(entity.name))
        return Health("public API", "UTC", self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        if stream.name not in ROOTS:
            yield self._locations()
            return
        yield from self._sliced(stream.name).pages(stream, state, self._server_now())

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        if stream.name in ROOTS:
            yield from self._sliced(stream.name).ids(stream, self._server_now())
        else:
            yield "location", [row["source_id"] for row in self._locations().rows["location"]]

    def _sliced(self, stream: str) -> Sliced:
        asking, mapping, key = self._asking(stream), self._mapping(stream), self._key(stream)
        named = still if stream == "sales" else None
        return Sliced(asking, mapping, _id, key, BEGINNING, named)

    def _asking(self, stream: str) -> Fetch:
        """How one page of a span of time is asked for."""
        query, root, page = self.queries.page(stream), ROOTS[stream], first(stream)
        given = {"customer": self.settings.customer} if self.settings.customer else {}

        def ask(start: datetime, end: datetime, cursor: str | None) -> Part:
            span = {"from": _iso(start), "to": _iso(end), "first": page, "after": cursor}
            found = part((self.api.ask(query, {**span, **given}).get(root) or {})["data"])
            return replace(found, records=[self._whole(one) for one in found.records])

        return ask

    def _whole(self, record: Record) -> Record:
        """An order with all of its lines; others as they are."""
        found = part(record.get("line_items") or {})
        if found.next is None:
            return record
        edges, query = list(record["line_items"]["edges"]), self.queries.more_lines()
        while found.next is not None:
            said = self.api.ask(query, {"id": record["id"], "after": found.next})
            found = part(said["order"]["data"]["line_items"])
            edges += [{"node": one} for one in found.records]
        return {**record, "line_items": {"edges": edges}}

    def _locations(self) -> Page:
        account = self.api.ask(self.queries.warehouses(), {}).get("account") or {}
        found = [one for one in (account.get("data") or {}).get("warehouses") or () if one]
        rows, rejected = mapped(found, self._mapping("locations"), self._key("locations"))
        now = self._server_now()
        return Page(
            {"location": rows.get("location", [])}, Window(None, now).finished(),
            rejected=rejected, received=len(found), high=now, begins=True,
        )  # fmt: skip

    def _mapping(self, stream: str) -> Callable[[Record], Any]:
        zone = self.settings.tz
        if stream == "sales":
            return lambda record: list(sold(self.entities, record, zone))
        entity = self._entity(stream)
        return lambda record: entity.rows(record, zone)

    def _key(self, stream: str) -> Callable[[Record], str]:
        key = self._entity(stream).key[0]
        return lambda record: str(record.get(key))

    def _entity(self, stream: str) -> Entity:
        return next(one for one in self.entities.values() if one.stream == stream)

    def _there(self, kind: str) -> list[str]:
        if kind not in self._schema:
            self._schema[kind] = self.api.fields(kind)
        return self._schema[kind]

    def _server_now(self) -> datetime:
        return self.http.now(lambda: self.api.ask("query { __typename }", {}))


def out_of_credits(reply: Reply) -> float | None:
    """The seconds until a query that cost too much may be asked again; null for all others."""
    if reply.status != 200 or b'"errors"' not in reply.body:
        return None
    said = reply.json()
    errors = said.get("errors") if isinstance(said, dict) else None
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict) and error.get("code") == OUT_OF_CREDITS:
            said_so = f"{error.get('time_remaining')} {error.get('message')}"
            wait = re.search(r"(\d+) second", said_so)
            return float(wait[1]) if wait else 60.0
    return None


def _id(record: Record) -> str:
    return str(record.get("id"))


def _iso(at: datetime) -> str:
    return (at - BETWEEN).astimezone(UTC).replace(tzinfo=None).isoformat()


def _refreshing(settings: Settings, http: Http) -> Callable[[], Mapping[str, Any]]:
    """Fetches a token for the refresh token, which ShipHero takes as JSON."""
    kept = Kept(settings.folder, settings.key)

    def ask(used: str) -> Mapping[str, Any]:
        reply = http.post("auth/refresh", {"refresh_token": used})
        if reply.status in (400, 401, 403):
            raise SourceError(
                f"{reply.place} takes the refresh token no more: make a new one", permanent=True
            )
        return given_token(reply)

    return lambda: kept.exchanged(settings.secret, ask)


def open_shiphero(settings: Settings, http: Callable[..., Http]) -> ShipHero:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    fetch = _refreshing(settings, http(settings.url, secrets=(settings.secret,)))
    auth, secrets = Bearer(fetch, utc_now), (settings.secret,)
    return ShipHero(settings, http(settings.url, secrets=secrets, auth=auth, busy=out_of_credits))


ASKS = (
    Ask("secret", "The refresh token of a developer user", is_secret=True),
    Ask("customer", "Of a 3PL the account id of the customer to read (Enter: none)", ""),
)
SOURCE = Kind("shiphero", Settings, open_shiphero, ASKS)
