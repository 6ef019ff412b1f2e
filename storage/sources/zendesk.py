"""Zendesk Support: organizations, tickets and satisfaction ratings.

Tickets and organizations come by the incremental exports, which keep a place for us; users are
not read at all: a ticket names the organization of who asked.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from storage.sources import Ask, Health, Kind, Page, Row, State, StreamSpec, mapped
from storage.sources._entity import Entity, EntitySettings, nearest
from storage.sources._entity import with_own as entities_with_own
from storage.sources._http import Http, Reply
from storage.sources._rest import (
    Feed,
    Listed,
    Part,
    Refused,
    Windows,
    good,
    listed,
    pull_parts,
    records_of,
)
from storage.sources._skip import check_skip
from storage.sources._window import Window
from storage.sources._zendesk_map import (
    ACCOUNTS,
    SURVEYS,
    TICKETS,
    id_of,
    metrics_of,
    stamped,
    with_own,
)

LISTED = 100  # the most that a list gives, and that are asked for by their ids
WEEK = timedelta(days=7)
# a rating is asked for by when it was offered, if need be, and may be given so long after that
RATED_WITHIN = timedelta(days=28)
WAIT = 60.0  # seconds: the exports allow ten requests a minute, and do not always say so
TICKET_EXPORT, ACCOUNT_EXPORT = "incremental/tickets/cursor.json", "incremental/organizations.json"
ENTITIES = (ACCOUNTS, TICKETS, SURVEYS)
FIELDS = {"accounts": ("organization_fields", "key"), "tickets": ("ticket_fields", "id")}


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is `https://COMPANY.zendesk.com`. With `user`, the e-mail address of an admin, the
    secret is an API token; without, the access token of an OAuth client.

    `fields`: a ticket's field of one's own by its number, one of an organization as
    `organization_fields.KEY`. `page`: records a request.
    """

    user: str = ""
    page: int = 1000


class Zendesk:
    """One Zendesk account. A ticket that is deleted says so in the export."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        names = [one.stream for one in ENTITIES]
        check_skip(settings.key, settings.skip, names)
        self.own = {
            table: {column: _path(table, name) for column, name in columns.items()}
            for table, columns in settings.fields.items()
        }
        made = entities_with_own(ENTITIES, self.own, settings.key)
        self.entities = {one.stream: one for one in made if one.stream not in settings.skip}
        self.streams: Sequence[StreamSpec] = [_spec(one) for one in self.entities.values()]

    def check(self) -> Health:
        """What the user may not read, and named fields that are not there, by their titles."""
        missing: list[str] = []
        since = {"start_time": 0, "per_page": 1}
        ways: dict[str, tuple[str, Row]] = {
            "accounts": (ACCOUNT_EXPORT, since), "tickets": (TICKET_EXPORT, since),
            "surveys": ("satisfaction_ratings.json", {"page[size]": 1}),
        }  # fmt: skip
        for stream, entity in self.entities.items():
            try:
                self._get(*ways[stream])
                missing += self._unknown(stream, entity)
            except Refused as error:
                if error.status == 401:
                    raise
                missing.append(f"{stream}: {error}")
        return Health("v2", "UTC", self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        make = partial(self._make, self.entities[stream.name])
        parts: dict[str, Callable[[], Part]] = {
            "accounts": lambda: Feed("accounts", self._account_export, make),
            "tickets": lambda: Feed("tickets", self._ticket_export, make),
            "surveys": lambda: Windows("surveys", self._ratings, make, stream.lookback),
        }
        yield from pull_parts([parts[stream.name]()], state, self._clock)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        """All living ids. Lists of tickets leave out the archived: theirs are in the export."""
        entity = self.entities[stream.name]
        asks: dict[str, Callable[[Any], Listed]] = {
            "accounts": partial(self._list, "organizations", {}),
            "tickets": lambda after: self._ticket_export(after, None),
            "surveys": partial(self._list, "satisfaction_ratings", {"score": "received"}),
        }
        for page in listed(asks[stream.name]):
            living = [one for one in page.records if one.get("status") != "deleted"]
            yield entity.table, [str(one["id"]) for one in living]

    def _ticket_export(self, place: Any, since: datetime | None) -> Listed:
        asked = {"cursor": place} if place is not None else {"start_time": _seconds(since)}
        body = self._export(TICKET_EXPORT, {**asked, "include": "metric_sets"})
        found = metrics_of(records_of(body, "tickets", self.http.base.host), body)
        goes_on = body.get("after_cursor") or place
        return Listed(found, None if body.get("end_of_stream", True) else goes_on, goes_on)

    def _account_export(self, place: Any, since: datetime | None) -> Listed:
        body = self._export(
            ACCOUNT_EXPORT, {"start_time": _seconds(since) if place is None else place}
        )
        found = records_of(body, "organizations", self.http.base.host)
        goes_on = body.get("end_time") or place
        if body.get("end_of_stream", True):
            return Listed(found, None, goes_on)
        # a page holds all that bears the time of its last record: one that holds no other is done
        goes_on += goes_on == place
        return Listed(found, goes_on, goes_on)

    def _export(self, path: str, asked: Row) -> Row:
        """A page of an export; nothing where it was asked too soon after the last."""
        try:
            return self._get(path, {**asked, "per_page": self.settings.page})
        except Refused as error:
            if error.status == 422 and "too recent" in str(error).lower():
                return {"tickets": [], "organizations": []}
            raise

    def _ratings(self, window: Window, after: Any) -> Listed:
        asked = {"score": "received", "end_time": int(window.end.timestamp())}
        if window.start is not None:
            asked["start_time"] = int(window.start.timestamp())
        page = self._list("satisfaction_ratings", asked, after)
        tickets = sorted({str(one["ticket_id"]) for one in page.records if one.get("ticket_id")})
        accounts: dict[str, Any] = {}
        if tickets:
            body = self._get("tickets/show_many.json", {"ids": ",".join(tickets)})
            for one in records_of(body, "tickets", self.http.base.host):
                accounts[str(one["id"])] = one.get("organization_id")
        records = [
            {**one, "_account": accounts.get(str(one.get("ticket_id")))} for one in page.records
        ]
        return Listed(records, page.after)

    def _list(self, name: str, asked: Row, after: Any = None) -> Listed:
        """A page of a list, in order of ids behind a cursor."""
        within = {**asked, "page[size]": LISTED}
        if after is not None:
            within["page[after]"] = after
        body = self._get(f"{name}.json", within)
        meta = body.get("meta") or {}
        records = records_of(body, name, self.http.base.host)
        return Listed(records, meta.get("after_cursor") if meta.get("has_more") else None)

    def _make(self, entity: Entity, records: Sequence[Row]) -> Page:
        is_ticket = entity.table == "ticket"
        read = [stamped(with_own(one) if is_ticket else one) for one in records]
        # a record that was changed on the way comes twice: the last is the newest
        newest = list({id_of(one): one for one in read if one.get("id") is not None}.values())
        zone = self.settings.tz
        rows, bad = mapped(newest, lambda one: entity.rows(one, zone), id_of)
        there = {row["source_id"] for row in rows.get(entity.table, ())}
        there |= {one.source_id for one in bad}
        gone = [one for record in newest if (one := id_of(record)) not in there]
        return Page(rows, {}, {entity.table: gone} if gone else {}, bad)

    def _unknown(self, stream: str, entity: Entity) -> Iterator[str]:
        own = self.own.get(entity.table, {})
        if stream not in FIELDS or not own:
            return
        name, key = FIELDS[stream]
        body = self._get(f"{name}.json", {})
        found = records_of(body, name, self.http.base.host)
        titles = {str(one[key]): str(one.get("title")) for one in found}
        by_title = {title: code for code, title in titles.items()}
        for path in own.values():
            code = path.rpartition(".")[2]
            if "." in path and code not in titles:
                near = nearest(code, [*by_title]).split(", ")
                shown = ", ".join(f"{one} ({by_title.get(one)})" for one in near)
                yield f"{stream}: no field {code!r}; near: {shown}"

    def _get(self, path: str, asked: Row) -> Row:
        hint = ": exports are for admins"
        return good(self.http.get(f"api/v2/{path}", asked), _said, hint)

    def _clock(self) -> datetime:
        return self.http.now(lambda: self._get("users/me.json", {}))


def _path(table: str, name: str) -> str:
    """Where a record keeps a field; one of a ticket's own is named by its number."""
    return f"custom_fields.{name}" if table == "ticket" and name.isdigit() else name


def _spec(entity: Entity) -> StreamSpec:
    if entity.table == "ticket":
        return StreamSpec(entity.stream, (entity.table,))
    if entity.table == "surveyresponse":
        tables = (entity.table,)
        return StreamSpec(entity.stream, tables, lookback=RATED_WITHIN, sweep_every=WEEK)
    return StreamSpec(entity.stream, (entity.table,), sweep_every=WEEK)


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0


def _said(body: Row) -> str | None:
    told = body.get("error")
    if isinstance(told, dict):
        words = [told.get("title"), told.get("message")]
    else:
        words = [told, body.get("description")]
    return ": ".join(str(one) for one in words if one)[:300] or None


def busy(reply: Reply, now: datetime | None) -> float | None:
    """How long to wait after a 429 that does not say it, as that of the edge in front."""
    return WAIT if reply.status == 429 else None


def open_zendesk(settings: Settings, http: Callable[..., Http]) -> Zendesk:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    basic = b64encode(f"{settings.user}/token:{settings.secret}".encode()).decode()
    entry = f"Basic {basic}" if settings.user else f"Bearer {settings.secret}"
    headers = {"Authorization": entry, "Accept": "application/json"}
    secrets = (settings.secret, basic)
    return Zendesk(settings, http(settings.url, headers=headers, secrets=secrets, on_busy=busy))


ASKS = (
    Ask("url", "The address of your Zendesk (https://COMPANY.zendesk.com)"),
    Ask("user", "The e-mail address of an admin (Enter: an OAuth token)", ""),
    Ask("secret", "Their API token, or the OAuth token", is_secret=True),
)
SOURCE = Kind("zendesk", Settings, open_zendesk, ASKS)
