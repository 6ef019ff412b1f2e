"""ERPNext, version 13 and later: orders, goods, production, stock and invoices, by its REST API.

Changes come in windows of `modified`, which is written in the zone of the site, page by page
behind the last (modified, name): the site's own paging by offset skips and repeats what moves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from storage.sources import Ask, Health, Kind, Page, Row, SourceError, State, StreamSpec
from storage.sources._entity import Entity, EntitySettings, with_own
from storage.sources._erpnext_api import Site
from storage.sources._erpnext_docs import Docs, Reader, tombstones, with_entities
from storage.sources._erpnext_known import Known
from storage.sources._erpnext_map import OUTSIDE
from storage.sources._erpnext_types import STREAMS
from storage.sources._rest import Refused, pull_parts
from storage.sources._skip import check_skip

WEEK = timedelta(days=7)
WHOLE = ("bom_lines", "stock_levels")
PLACES = [{"source_id": ref, "name": kind, "kind": kind} for ref, kind in OUTSIDE.items()]


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is `KEY:SECRET` of a user who may read what is wanted; `zone` is for a site that
    does not tell its own.

    `fields` of a line's table may name one of its document as `head.NAME`. `page`: documents a
    request, fewer where the site is slow.
    """

    page: int = 500


class ERPNext:
    """One ERPNext site.

    Deleted documents are known from its own list of them, where the user may read that, else by
    the weekly sweep. What was cancelled and amended is one order; its receipts point to it.
    """

    def __init__(self, settings: Settings, http: Any) -> None:
        self.settings, self.http = settings, http
        if settings.page < 1:
            raise SourceError(f"{settings.key}: page must be 1 or more", permanent=True)
        check_skip(settings.key, settings.skip, STREAMS)
        entities = _entities(settings)
        self.docs: Mapping[str, tuple[Docs, ...]] = {
            stream: tuple(with_entities(one, entities) for one in docs)
            for stream, docs in STREAMS.items()
            if stream not in settings.skip
        }
        self.streams: Sequence[StreamSpec] = [_spec(name, docs) for name, docs in self.docs.items()]

    @cached_property
    def site(self) -> Site:
        """The site, whose zone was asked for: that also tells its clock."""
        site = Site(self.http, self.settings.page, self.settings.tz)
        _ = site.tz
        return site

    @cached_property
    def known(self) -> Known:
        return Known(self.site)

    def check(self) -> Health:
        """The version and zone of the site, the types and fields that are not there or not ours."""
        missing = [one for stream in self.docs for one in self._missing(stream)]
        if self.site.told_zone is None:
            missing.append(f"{SYSTEM_ZONE}; {self.settings.zone} is taken for it")
        return Health(self._version(), self.site.tz.key, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        readers = self._readers(stream.name)
        if stream.name in WHOLE:
            parts = [part for one in readers for part in one.parts(is_whole=True)]
        else:
            parts = [tombstones(self.site, readers)]
            parts += [part for one in readers for part in one.parts()]
        for page in pull_parts(parts, state, self.http.now):
            yield self._with_places(page) if stream.name == "warehouses" else page

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        for reader in self._readers(stream.name):
            yield from reader.ids()
        if stream.name == "warehouses":
            yield "location", list(OUTSIDE)

    def _readers(self, stream: str) -> list[Reader]:
        return [Reader(self.site, self.known, docs) for docs in self.docs[stream]]

    def _missing(self, stream: str) -> Iterator[str]:
        for reader in self._readers(stream):
            try:
                yield from reader.missing()
                yield from reader.unknown(self.settings.fields)
                self.site.listed(reader.docs.doctype, ["name"], limit=1)
            except Refused as error:
                if error.status == 401:
                    raise
                yield f"{stream}: {error}"

    def _with_places(self, page: Page) -> Page:
        """The page with the places outside of all warehouses, where it has any warehouse."""
        if not page.rows.get("location"):
            return page
        rows: dict[str, Sequence[Row]] = {"location": [*page.rows["location"], *PLACES]}
        return replace(page, rows=rows)

    def _version(self) -> str:
        try:
            apps = self.site.call("frappe.utils.change_log.get_versions").get("message") or {}
        except Refused as error:
            if error.status == 401:
                raise
            return "unknown"
        return str((apps.get("erpnext") or apps.get("frappe") or {}).get("version", "unknown"))


SYSTEM_ZONE = "the site does not tell its time zone: let its user read System Settings"


def _entities(settings: Settings) -> dict[str, Entity]:
    """All entities by name, with what leadline.toml says of fields of one's own."""
    every = [one for docs in STREAMS.values() for each in docs for one in each.entities]
    made = with_own(every, settings.fields, settings.key)
    return {one.name: one for one in made}


def _spec(name: str, docs: Sequence[Docs]) -> StreamSpec:
    tables = tuple(dict.fromkeys(one.table for each in docs for one in each.entities))
    if name in WHOLE:
        # a bill that takes the place of another brings new lines for all of it
        limit = 0.5 if name == "bom_lines" else 0.05
        return StreamSpec(name, tables, "snapshot", sweep_limit=limit)
    return StreamSpec(name, tables, sweep_every=WEEK)


def open_erpnext(settings: Settings, http: Callable[..., Any]) -> ERPNext:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    headers = {"Authorization": f"token {settings.secret}", "Accept": "application/json"}
    secrets = (settings.secret, settings.secret.rpartition(":")[2])
    return ERPNext(settings, http(settings.url, headers=headers, secrets=secrets))


ASKS = (
    Ask("url", "The address of ERPNext, as in your browser (https://…)"),
    Ask("secret", "KEY:SECRET of a user (Settings, API Access)", is_secret=True),
)
SOURCE = Kind("erpnext", Settings, open_erpnext, ASKS)
