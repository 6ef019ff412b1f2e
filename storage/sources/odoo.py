"""Odoo, from version 14 to the newest: orders, goods, production and invoices, over its RPC."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from storage.sources import (
    Ask,
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
from storage.sources._odoo_context import reference_data, with_page
from storage.sources._odoo_fields import (
    LAYERS,
    LOCATIONS,
    RECONCILED,
    STREAMS,
    WAREHOUSES,
    Reads,
)
from storage.sources._odoo_map import MAPPINGS
from storage.sources._odoo_pegs import newly_supplied
from storage.sources._odoo_reader import PAGE, Asked, Domain, fields_of, locations
from storage.sources._odoo_rpc import NoAccess, NoModel, Rpc, connect
from storage.sources._odoo_values import link
from storage.sources._skip import check_skip
from storage.sources._window import Window, open_window

WEEK = timedelta(days=7)
# Facts whose ids are not those of the records they are made of.
MADE_UP = ("bom_lines", "pegs")
# What a stream adds to its records from another model, where the database and the user allow it.
ADDED_FROM = {"stock_moves": LAYERS, "invoices": RECONCILED}


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
        check_skip(settings.key, settings.skip, {stream.name for stream in SPECS})
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
        missing = [one for stream in self.streams for one in self._missing(stream.name)]
        zone = context.get("tz") or None
        return Health(self.rpc.version, zone, self.http.skew, tuple(missing))

    def _missing(self, stream: str) -> Iterator[str]:
        """What a stream needs and the user can't read; an app that is not installed is no fault."""
        for reads in (WAREHOUSES, LOCATIONS) if stream == "locations" else (STREAMS[stream],):
            try:
                there = fields_of(self.rpc, reads.model)
            except NoModel:
                if not reads.is_optional:
                    yield f"{stream}: {reads.model}"
                continue
            if not reads.is_optional:
                yield from (f"{stream}: {reads.model}.{name}" for name in reads.missing(there))
        if stream in ADDED_FROM:
            try:
                Asked.of(self.rpc, ADDED_FROM[stream]).page([], 0, 1)
            except NoModel:
                return
            except NoAccess:
                yield f"{stream}: {ADDED_FROM[stream].model}"

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
        asked = Asked.if_there(self.rpc, STREAMS[stream.name])
        if asked is None:
            yield table, []
        elif stream.name in MADE_UP:
            yield from self._made_up(stream, table)
        else:
            for batch in asked.ids():
                yield table, [str(found) for found in batch]

    def _made_up(self, stream: StreamSpec, table: str) -> Iterator[tuple[str, Sequence[str]]]:
        """The ids of facts that are no record of their own: those that a full pull makes."""
        yield table, []
        for page in self._records(stream, None):
            yield table, [row["source_id"] for row in page.rows.get(table, ())]

    def _locations(self) -> Page:
        rows = list(locations(self.rpc))
        now = self.http.now()
        state = Window(None, now).finished()
        return Page({"location": rows}, state, received=len(rows), high=now, begins=True)

    def _records(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        asked = Asked.if_there(self.rpc, STREAMS[stream.name])
        window = open_window(state, self.http.now(), stream.lookback, stream.settle)
        if asked is None:
            yield Page({}, window.finished(), high=window.end)
            return
        known = reference_data(self.rpc, stream.name, self.settings.tz)
        if stream.mode == "snapshot":
            window = replace(window, start=None)
        domain = [*asked.domain, *self._changed_in(window, asked, stream.name)]
        total = None if window.start else asked.count(domain)
        after = window.after or 0
        while True:
            begins = window.start is None and not after
            rows = asked.page(domain, after)
            is_last = len(rows) < PAGE
            after = rows[-1]["id"] if rows else after
            context = with_page(self.rpc, known, stream.name, rows)
            page = _page(stream, rows, context, window, None if is_last else after, total)
            yield replace(page, begins=begins)
            if is_last:
                return

    def _changed_in(self, window: Window, asked: Asked, stream: str) -> Domain:
        """The condition for records that changed in the window; none for the first pull."""
        if window.start is None:
            return []
        within = [_within(path, window) for path in (
            "write_date", *(f"{name}.write_date" for name in asked.follows)
        )]  # fmt: skip
        callers = self._callers(window, asked)
        if stream == "pegs":
            callers += sorted(newly_supplied(self.rpc, _within("write_date", window)))
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


def _page(
    stream: StreamSpec, rows: list[Row], context: Any, window: Window, after: int | None,
    total: int | None,
) -> Page:  # fmt: skip
    mapping, table = MAPPINGS[stream.name], stream.tables[0]
    made, rejected = mapped(rows, lambda row: mapping(row, context), lambda row: str(row["id"]))
    return Page(
        made,
        window.finished() if after is None else window.at(after),
        deletes={} if window.start is None else _no_more(table, rows, made, rejected),
        rejected=rejected,
        received=len(rows),
        high=window.end if after is None else window.high,
        total=total,
    )


def _no_more(
    table: str, rows: list[Row], made: Mapping[str, list[Row]], rejected: Sequence[Rejected]
) -> dict[str, list[str]]:
    """Records that changed and make no fact: what they made before is none any more.

    An invoice that is reset to a draft, for example.
    """
    facts = {row["source_id"] for row in made.get(table, ())} | {one.source_id for one in rejected}
    gone = [str(row["id"]) for row in rows if str(row["id"]) not in facts]
    return {table: gone} if gone else {}


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
    _spec("stock_moves", "stockmove"),
    # a bill that takes the place of another brings new lines for all of it
    replace(_spec("bom_lines", "bomline", "snapshot"), sweep_limit=0.5),
    _spec("make_orders", "makeorder"),
    _spec("consumptions", "consumption"),
    _spec("pegs", "peg"),
    _spec("invoices", "invoice"),
)


def open_odoo(settings: Settings, http: Callable[..., Http]) -> Odoo:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return Odoo(settings, http(settings.url, secrets=(settings.secret,)))


ASKS = (
    Ask("url", "The address of Odoo, as in your browser (https://…)"),
    Ask("database", "The database"),
    Ask("user", "The login of the user that Leadline reads as"),
    Ask("secret", "An API key of that user (Preferences, Account Security)", is_secret=True),
)
SOURCE = Kind("odoo", Settings, open_odoo, ASKS)
