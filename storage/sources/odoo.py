"""Odoo, from version 13 to the newest: orders, receipts, shipments and stock, read over its RPC."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from storage.sources import (
    Health,
    Kind,
    Page,
    Row,
    SourceError,
    SourceSettings,
    State,
    StreamSpec,
    mapped,
)
from storage.sources._http import Http
from storage.sources._odoo_fields import LOCATIONS, STREAMS, WAREHOUSES, Reads
from storage.sources._odoo_map import MAPPINGS
from storage.sources._odoo_reader import (
    PAGE,
    Asked,
    Domain,
    fields_of,
    locations,
    reference_data,
    with_page,
)
from storage.sources._odoo_rpc import NoModel, Rpc, connect
from storage.sources._odoo_values import link
from storage.sources._window import Window, open_window

WEEK = timedelta(days=7)


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`user` is a login, the secret its API key. `skip`: streams whose app is not installed."""

    database: str
    user: str
    skip: tuple[str, ...] = ()


class Odoo:
    """One database of one Odoo.

    Inside a window of write dates records are paged by id: Odoo keeps microseconds and shows
    whole seconds, so that a shown stamp can't be a place to go on from.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        unknown = set(settings.skip) - {stream.name for stream in SPECS}
        if unknown:
            raise SourceError(f"{settings.key}: no stream {min(unknown)!r} to skip", permanent=True)
        self.streams: Sequence[StreamSpec] = [
            spec for spec in SPECS if spec.name not in settings.skip
        ]

    @cached_property
    def rpc(self) -> Rpc:
        """The open connection: made when first needed."""
        settings = self.settings
        return connect(self.http, settings.database, settings.user, settings.secret)

    def check(self) -> Health:
        """The version, the user's zone, and the needed models and fields that are not there."""
        context = self.rpc.call("res.users", "context_get")
        missing: list[str] = []
        for stream in self.streams:
            for reads in (
                (WAREHOUSES, LOCATIONS) if stream.name == "locations" else (STREAMS[stream.name],)
            ):
                try:
                    there = fields_of(self.rpc, reads.model)
                except NoModel:
                    missing.append(f"{stream.name}: {reads.model}")
                    continue
                missing += [f"{stream.name}: {reads.model}.{name}" for name in reads.missing(there)]
        zone = context.get("tz") or None
        return Health(self.rpc.version, zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        try:
            if stream.name == "locations":
                yield self._locations()
            else:
                yield from self._records(stream, state)
        except NoModel as error:
            raise SourceError(
                f"{error} If not, add {stream.name!r} to skip", permanent=True
            ) from error

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        table = stream.tables[0]
        if stream.name == "locations":
            yield table, [row["source_id"] for row in locations(self.rpc)]
            return
        for batch in Asked.of(self.rpc, STREAMS[stream.name]).ids():
            yield table, [str(found) for found in batch]

    def _locations(self) -> Page:
        rows = list(locations(self.rpc))
        now = self._server_now()
        return Page({"location": rows}, Window(None, now).finished(), received=len(rows), high=now)

    def _records(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        asked = Asked.of(self.rpc, STREAMS[stream.name])
        known = reference_data(self.rpc, stream.name, self.settings.tz)
        window = open_window(state, self._server_now(), stream.lookback, stream.settle)
        if stream.mode == "snapshot":
            window = replace(window, start=None)
        domain = [*map(list, asked.reads.domain), *self._changed_in(window, asked)]
        total = None if window.start else asked.count(domain)
        after = window.after or 0
        while True:
            rows = asked.page(domain, after)
            is_last = len(rows) < PAGE
            after = rows[-1]["id"] if rows else after
            context = with_page(self.rpc, known, stream.name, rows)
            yield _page(stream.name, rows, context, window, None if is_last else after, total)
            if is_last:
                return

    def _changed_in(self, window: Window, asked: Asked) -> Domain:
        """The condition for records that changed in the window; none for the first pull."""
        if window.start is None:
            return []
        within = [_within(path, window) for path in (
            "write_date", *(f"{name}.write_date" for name in asked.follows)
        )]  # fmt: skip
        callers = self._callers(window, asked)
        if callers:
            within.append([["id", "in", callers]])
        return ["|"] * (len(within) - 1) + [term for terms in within for term in terms]

    def _callers(self, window: Window, asked: Asked) -> list[int]:
        """Records that others of the window were made for: a partner gets its first order."""
        found: set[int] = set()
        for model, name in asked.reads.called_by:
            try:
                others = Asked.of(self.rpc, Reads(model, (name,)))
                new = others.all(_within("create_date", window))
                found |= {id_ for row in new if (id_ := link(row[name]))}
            except NoModel:
                continue
        return sorted(found)

    def _server_now(self) -> datetime:
        if self.http.server_now is None:
            raise SourceError(
                f"{self.http.base.host} sends no Date header: its clock is unknown", permanent=True
            )
        return self.http.server_now


def _page(
    stream: str, rows: list[Row], context: Any, window: Window, after: int | None, total: int | None
) -> Page:
    mapping = MAPPINGS[stream]
    made, rejected = mapped(rows, lambda row: mapping(row, context), lambda row: str(row["id"]))
    return Page(
        made,
        window.finished() if after is None else window.at(after),
        rejected=rejected,
        received=len(rows),
        high=window.end if after is None else window.high,
        total=total,
    )


def _within(path: str, window: Window) -> Domain:
    """[start, end) in whole seconds: the second that is not over yet stays open."""
    before = [path, "<", _text(window.end)]
    if window.start is None:
        return [before]
    return ["&", [path, ">=", _text(window.start)], before]


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _spec(name: str, table: str, mode: Any = "incremental") -> StreamSpec:
    # a transaction's stamp is its start: the default lookback is longer than Odoo lets one run
    return StreamSpec(name, (table,), mode, sweep_every=WEEK)


SPECS = (
    _spec("partners", "party"),
    _spec("items", "item"),
    _spec("locations", "location", "snapshot"),
    _spec("purchases", "purchaseorder"),
    _spec("purchase_lines", "purchaseline"),
    _spec("receipts", "receipt"),
    _spec("sales", "salesorder"),
    _spec("sale_lines", "salesline"),
    _spec("shipments", "shipment"),
    _spec("stock_levels", "stocklevel", "snapshot"),
)


def open_odoo(settings: Settings, http: Callable[..., Http]) -> Odoo:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return Odoo(settings, http(settings.url, secrets=(settings.secret,)))


SOURCE = Kind("odoo", Settings, open_odoo)
