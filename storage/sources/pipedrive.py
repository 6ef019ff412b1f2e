"""Pipedrive: organizations, persons, deals and activities, by the second version of its API.

Lists are read in windows of `update_time`, in order of ids behind an opaque cursor.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any

from storage.sources import (
    Ask,
    Health,
    Kind,
    Page,
    Row,
    State,
    StreamSpec,
    mapped,
)
from storage.sources._entity import Entity, EntitySettings, with_own
from storage.sources._http import Auth, Http, Reply, TryLater
from storage.sources._oauth import Bearer, Kept, refreshed, utc_now
from storage.sources._pipedrive_fields import Labels, path_of
from storage.sources._pipedrive_map import ACCOUNTS, ACTIVITIES, CONTACTS, DEALS
from storage.sources._rest import (
    NOT_THERE,
    Listed,
    Refused,
    Windows,
    good,
    listed,
    pull_parts,
    records_of,
)
from storage.sources._skip import check_skip
from storage.sources._window import Window

MOST = 500  # records a page
WEEK = timedelta(days=7)
# who deletes a deal is seen in the list for 30 days, who deletes anything else is not
EVERY_DEAL = "open,won,lost,deleted"
LISTS: dict[str, tuple[tuple[str, Row], ...]] = {
    "accounts": (("organizations", {}),),
    "contacts": (("persons", {"include_fields": "marketing_status"}),),
    "deals": (("deals", {"status": EVERY_DEAL}), ("deals/archived", {})),
    "activities": (("activities", {}),),
}
ENTITIES = (ACCOUNTS, CONTACTS, DEALS, ACTIVITIES)
FIELDS = {"accounts": "organizationFields", "contacts": "personFields", "deals": "dealFields",
          "activities": "activityFields"}  # fmt: skip


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is that of the company (`https://COMPANY.pipedrive.com`), the secret an API token.

    With `client`, the id of an app, the secret is `CLIENT_SECRET:REFRESH_TOKEN`; refresh tokens
    that are exchanged are kept in `folder`. `fields` names a field of one's own by its hash of 40
    letters; `check` finds it by its label.
    """

    client: str = ""
    folder: str = "."
    login: str = "https://oauth.pipedrive.com"


class Pipedrive:
    """One Pipedrive account. A user who sees only a part of it gives only that part."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        check_skip(settings.key, settings.skip, LISTS)
        own = {
            table: {column: path_of(name) for column, name in columns.items()}
            for table, columns in settings.fields.items()
        }
        self.own = own
        self.described: dict[str, Labels] = {}
        made = with_own(ENTITIES, own, settings.key)
        self.entities = {one.stream: one for one in made if one.stream not in settings.skip}
        self.streams: Sequence[StreamSpec] = [
            StreamSpec(name, (one.table,), sweep_every=WEEK) for name, one in self.entities.items()
        ]

    def check(self) -> Health:
        """What the token may not read, and named fields that are not there, by their labels."""
        missing: list[str] = []
        for stream, entity in self.entities.items():
            try:
                self._page(LISTS[stream][0][0], {"limit": 1})
                said = (self._labels(stream).unknown(entity.name, name)
                        for name in self.own.get(entity.table, {}).values())  # fmt: skip
                missing += [one for one in said if one]
            except Refused as error:
                if error.status == 401:
                    raise
                missing.append(f"{stream}: {error}")
        return Health("v2", "UTC", self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        names = self._names  # asked first: its answer tells the clock
        make = partial(self._make, self.entities[stream.name], names)
        parts = [
            Windows(
                path, partial(self._changed, path, asked), make, is_optional="/" in path
            )
            for path, asked in LISTS[stream.name]
        ]  # fmt: skip
        yield from pull_parts(parts, state, self.http.now)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        table = stream.tables[0]
        for path, _ in LISTS[stream.name]:
            try:
                for found in listed(partial(self._page, path, {"limit": MOST})):
                    living = [one for one in found.records if not one.get("is_deleted")]
                    yield table, [str(one["id"]) for one in living]
            except Refused as error:
                if "/" not in path or error.status not in NOT_THERE:
                    raise

    def _changed(self, path: str, asked: Row, window: Window, after: Any) -> Listed:
        within = {**asked, "limit": MOST, "sort_by": "id", "updated_until": _text(window.end)}
        if window.start is not None:
            within["updated_since"] = _text(window.start)
        return self._page(path, within, after)

    def _page(self, path: str, asked: Row, after: Any = None) -> Listed:
        if after is not None:
            asked = {**asked, "cursor": after}
        body = good(self.http.get(f"api/v2/{path}", asked), _said)
        more = (body.get("additional_data") or {}).get("next_cursor")
        return Listed(records_of(body, "data", self.http.base.host), more or None)

    def _make(
        self, entity: Entity, names: tuple[dict[str, str], dict[str, str]], records: Sequence[Row]
    ) -> Page:
        owners, stages = names
        own = list(self.own.get(entity.table, {}).values())
        read = []
        for one in records:
            added = {"_owner": owners.get(str(one.get("owner_id"))),
                     "_stage": stages.get(str(one.get("stage_id")))}  # fmt: skip
            spelled = self._labels(entity.stream).spelled(one, own) if own else one
            read.append({**spelled, **added})
        living = [one for one in read if not one.get("is_deleted")]
        rows, bad = mapped(
            living, lambda one: entity.rows(one, self.settings.tz), lambda one: str(one.get("id"))
        )
        there = {row["source_id"] for row in rows.get(entity.table, ())}
        there |= {one.source_id for one in bad}
        gone = [str(one["id"]) for one in read if str(one["id"]) not in there]
        return Page(rows, {}, {entity.table: gone} if gone else {}, bad)

    @cached_property
    def _names(self) -> tuple[dict[str, str], dict[str, str]]:
        """What owners and stages are called; asked once a run."""
        body = good(self.http.get("api/v1/users"), _said)
        users = records_of(body, "data", self.http.base.host)
        owners = {str(one["id"]): str(one.get("email") or one.get("name")) for one in users}
        stages = {
            str(one["id"]): str(one["name"])
            for page in listed(partial(self._page, "stages", {"limit": MOST}))
            for one in page.records
        }
        return owners, stages

    def _labels(self, stream: str) -> Labels:
        """The fields of a kind of records; asked once a run."""
        if stream not in self.described:
            pages = listed(partial(self._page, FIELDS[stream], {"limit": MOST}))
            self.described[stream] = Labels.of(one for page in pages for one in page.records)
        return self.described[stream]


def _said(body: Row) -> str | None:
    words = [str(body[name]) for name in ("error", "error_info") if body.get(name)]
    return "; ".join(words)[:300] or None


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def busy(reply: Reply, now: datetime | None) -> float | None:
    """How long to wait after a 429: until the short window ends; not at all where the day's
    budget of the company is used up, which is renewed at midnight."""
    if reply.status != 429:
        return None
    if reply.headers.get("x-daily-ratelimit-token-remaining", "").strip() == "0":
        told = now or utc_now()
        until = datetime.combine(told.date() + timedelta(days=1), time(), UTC)
        raise TryLater(
            f"{reply.place}: the requests of this day are used up; there are new ones after"
            f" {until:%Y-%m-%d %H:%M} UTC",
            until - told,
        )
    reset = reply.headers.get("x-ratelimit-reset", "")
    return float(reset) if reset.isascii() and reset.isdigit() and len(reset) < 4 else None


def _auth(settings: Settings, http: Callable[..., Http]) -> Auth:
    """A token for an app's refresh token."""
    secret, _, token = settings.secret.partition(":")
    basic = b64encode(f"{settings.client}:{secret}".encode()).decode()
    login = http(
        settings.login, headers={"Authorization": f"Basic {basic}"}, secrets=(secret, token, basic)
    )
    kept = Kept(settings.folder, settings.key)
    return Bearer(refreshed(login, "oauth/token", token, kept), utc_now)


def open_pipedrive(settings: Settings, http: Callable[..., Http]) -> Pipedrive:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    if settings.client:
        made = http(settings.url, auth=_auth(settings, http), on_busy=busy)
    else:
        headers = {"x-api-token": settings.secret}
        made = http(settings.url, headers=headers, secrets=(settings.secret,), on_busy=busy)
    return Pipedrive(settings, made)


ASKS = (
    Ask("url", "The address of your Pipedrive (https://COMPANY.pipedrive.com)"),
    Ask("client", "The id of an app that is installed by OAuth (Enter: an API token)", ""),
    Ask("secret", "The API token, or CLIENT_SECRET:REFRESH_TOKEN of the app", is_secret=True),
)
SOURCE = Kind("pipedrive", Settings, open_pipedrive, ASKS)
