"""Tryton: orders, receipts, deliveries, parties and products, read over its JSON-RPC."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
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
from storage.sources._tryton_fields import LOCATIONS, MOVES, STAMP, STREAMS, UNITS, Domain, Reads
from storage.sources._tryton_map import MAPPINGS, Known
from storage.sources._tryton_rpc import NoModel, Rpc
from storage.sources._tryton_values import written
from storage.sources._window import Window, open_window

PAGE = 500
ID_PAGE = 10_000
BY_ID = [["id", "ASC"]]
WEEK = timedelta(days=7)


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`user` is a login, the secret its password. `skip`: streams whose module is not there.

    `zone` is the company's: Tryton dates orders and receipts by the day.
    """

    database: str
    user: str
    skip: tuple[str, ...] = ()


class Tryton:
    """One database of one Tryton. Inside a window of change stamps records are paged by id."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        unknown = set(settings.skip) - {stream.name for stream in SPECS}
        if unknown:
            raise SourceError(f"{settings.key}: no stream {min(unknown)!r} to skip", permanent=True)
        self.streams: Sequence[StreamSpec] = [
            spec for spec in SPECS if spec.name not in settings.skip
        ]
        self.rpc = Rpc(http, settings.database, settings.user, settings.secret)

    def check(self) -> Health:
        """The series, the company's zone, and the needed models and fields that are not there."""
        missing: list[str] = []
        for stream in self.streams:
            reads = STREAMS.get(stream.name, LOCATIONS)
            try:
                there = self.rpc.call(reads.model, "fields_get", [])
            except NoModel:
                missing.append(f"{stream.name}: {reads.model}")
                continue
            needed = dict.fromkeys(name.partition(".")[0] for name in reads.asked)
            missing += [
                f"{stream.name}: {reads.model}.{name}" for name in needed if name not in there
            ]
        return Health(self.rpc.version(), self._zone(), self.http.skew, tuple(missing))

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
        reads, after = STREAMS.get(stream.name, LOCATIONS), 0
        while True:
            domain = [*reads.domain, ["id", ">", after]]
            found = self.rpc.call(reads.model, "search", domain, 0, ID_PAGE, BY_ID)
            yield stream.tables[0], [str(id_) for id_ in found]
            if len(found) < ID_PAGE:
                return
            after = found[-1]

    def _locations(self) -> Page:
        rows = [
            {
                "source_id": str(record["id"]),
                "name": record["name"],
                "code": record["code"] or None,
                "kind": record["type"],
            }
            for record in self._all(LOCATIONS)
        ]
        now = self._server_now()
        return Page({"location": rows}, Window(None, now).finished(), received=len(rows), high=now)

    def _records(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        reads, known = STREAMS[stream.name], self._known(stream.name)
        window = open_window(state, self._server_now(), stream.lookback, stream.settle)
        domain = [*reads.domain, *self._changed_in(window, reads)]
        total = None if window.start else self.rpc.call(reads.model, "search_count", domain)
        after = window.after or 0
        while True:
            records = self._page(reads, domain, after)
            is_last = len(records) < PAGE
            after = records[-1]["id"] if records else after
            seen = self._with_page(known, stream.name, records)
            yield _page(stream.name, records, seen, window, None if is_last else after, total)
            if is_last:
                return

    def _page(self, reads: Reads, domain: Domain, after: int) -> list[Row]:
        found: list[Row] = self.rpc.call(
            reads.model, "search_read", [*domain, ["id", ">", after]], 0, PAGE, BY_ID, reads.asked
        )
        return found

    def _all(self, reads: Reads, domain: Iterable[Any] = ()) -> Iterator[Row]:
        after = 0
        while True:
            records = self._page(reads, [*reads.domain, *domain], after)
            yield from records
            if len(records) < PAGE:
                return
            after = records[-1]["id"]

    def _changed_in(self, window: Window, reads: Reads) -> Domain:
        """The condition for records that changed in the window; none for the first pull."""
        if window.start is None:
            return []
        within: Domain = [_within(STAMP, window)]
        within += [_within(f"{path}.{STAMP}", window) for path in reads.follows]
        within += [[[path, "where", _within(STAMP, window)]] for path in reads.many]
        callers = sorted(self._callers(window, reads))
        if callers:
            within.append([["id", "in", callers]])
        return [["OR", *within]]

    def _callers(self, window: Window, reads: Reads) -> set[int]:
        """Records that others of the window were made for: a party gets its first order."""
        found: set[int] = set()
        for model, name in reads.called_by:
            found |= self._linked(model, name, _within(STAMP, window))
        return found

    def _linked(self, model: str, name: str, domain: Domain) -> set[int]:
        """The records that a field of others points to; none where their module is not there."""
        try:
            return {row[name] for row in self._all(Reads(model, (name,)), domain) if row[name]}
        except NoModel:
            return set()

    def _known(self, stream: str) -> Known:
        """What all pages of a stream need: units and locations."""
        known = Known(self.settings.tz)
        if stream not in ("purchase_lines", "sale_lines", "receipts", "shipments"):
            return known
        units = {row["id"]: _factor(row) for row in self._all(UNITS)}
        rows = {row["id"]: row for row in self._all(LOCATIONS)}
        return replace(
            known,
            units=units,
            place={id_: _site(id_, rows) for id_ in rows},
            type={id_: row["type"] for id_, row in rows.items()},
        )

    def _with_page(self, known: Known, stream: str, records: Sequence[Row]) -> Known:
        """The same with the moves of these lines, or what these parties are to us."""
        if stream in ("purchase_lines", "sale_lines"):
            ids = sorted(id_ for record in records for id_ in record["moves"])
            moves = self._all(MOVES, [["id", "in", ids]]) if ids else []
            return replace(known, moves={move["id"]: move for move in moves})
        if stream == "partners" and records:
            among: Domain = [["party", "in", [record["id"] for record in records]]]
            supply = self._linked("purchase.purchase", "party", among)
            demand = self._linked("sale.sale", "party", among)
            return replace(known, supply=frozenset(supply), demand=frozenset(demand))
        return known

    def _zone(self) -> str | None:
        companies = self.rpc.call("company.company", "search_read", [], 0, 1, BY_ID, ["timezone"])
        return companies[0]["timezone"] if companies else None

    def _server_now(self) -> datetime:
        if self.http.server_now is None:
            self.rpc.version()
        if self.http.server_now is None:
            raise SourceError(
                f"{self.http.base.host} sends no Date header: its clock is unknown", permanent=True
            )
        return self.http.server_now


def _page(
    stream: str, records: list[Row], known: Known, window: Window, after: int | None,
    total: int | None,
) -> Page:  # fmt: skip
    mapping = MAPPINGS[stream]
    made, rejected = mapped(
        records, lambda record: mapping(record, known), lambda record: str(record["id"])
    )
    return Page(
        made,
        window.finished() if after is None else window.at(after),
        rejected=rejected,
        received=len(records),
        high=window.end if after is None else window.high,
        total=total,
    )


def _within(path: str, window: Window) -> Domain:
    """[start, end), as conditions that both hold."""
    before = [path, "<", written(window.end)]
    return [[path, ">=", written(window.start)], before] if window.start else [before]


def _factor(unit: Row) -> Decimal:
    """How many of its category's reference unit a unit is; the rounder of the two numbers."""
    factor, rate = Decimal(str(unit["factor"])), Decimal(str(unit["rate"]))
    return factor if factor >= 1 else 1 / rate


def _site(id_: int, rows: dict[int, Row]) -> str:
    """Our reference of the site that a location is in: its warehouse, else itself."""
    at: int | None = id_
    while at in rows:
        if rows[at]["type"] == "warehouse":
            return str(at)
        at = rows[at]["parent"]
    return str(id_)


def _spec(name: str, table: str, mode: Any = "incremental") -> StreamSpec:
    # a transaction's stamp is its start: the lookback is longer than Tryton lets one run
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
)


def open_tryton(settings: Settings, http: Callable[..., Http]) -> Tryton:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return Tryton(settings, http(settings.url, secrets=(settings.secret,)))


SOURCE = Kind("tryton", Settings, open_tryton)
