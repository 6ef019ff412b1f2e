"""Tryton: orders, goods, stock, production and invoices, read over its JSON-RPC."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
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
from storage.sources._skip import check_skip
from storage.sources._tryton_context import known_of, with_page
from storage.sources._tryton_fields import LEVELS, LOCATIONS, STREAMS, Reads
from storage.sources._tryton_known import Known
from storage.sources._tryton_map import MAPPINGS
from storage.sources._tryton_reader import BY_ID, PAGE, Reader
from storage.sources._tryton_rpc import NoModel, Rpc
from storage.sources._tryton_stock import locations, stock_level, stores
from storage.sources._tryton_values import written_day
from storage.sources._window import Window, open_window

ID_PAGE = 10_000
MADE_UP = ("bom_lines", "stock_levels")  # facts whose ids are not those of the records
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
        check_skip(settings.key, settings.skip, {stream.name for stream in SPECS})
        self.streams: Sequence[StreamSpec] = [
            spec for spec in SPECS if spec.name not in settings.skip
        ]
        self.rpc = Rpc(http, settings.database, settings.user, settings.secret)
        self.reader = Reader(self.rpc)
        self._made: dict[str, list[str]] = {}

    def check(self) -> Health:
        """The series, the company's zone, and the needed models and fields that are not there.

        A module that is not activated is no fault: its streams are empty.
        """
        missing = [one for stream in self.streams for one in self._missing(stream.name)]
        return Health(self.rpc.version(), self._zone(), self.http.skew, tuple(missing))

    def _missing(self, stream: str) -> Iterator[str]:
        reads = _reads(stream)
        if not self._is_there(reads):
            return
        try:
            there = self.rpc.call(reads.model, "fields_get", [])
        except NoModel:
            yield f"{stream}: {reads.model}"
            return
        needed = dict.fromkeys(name.partition(".")[0] for name in reads.asked)
        yield from (f"{stream}: {reads.model}.{name}" for name in needed if name not in there)

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        made: list[str] = []
        try:
            for page in self._pages(stream, state):
                if stream.name in MADE_UP:
                    made += [row["source_id"] for rows in page.rows.values() for row in rows]
                yield page
        except NoModel as error:
            raise SourceError(
                f"{error} If not, add {stream.name!r} to skip", permanent=True
            ) from error
        self._made[stream.name] = made

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        if stream.name in MADE_UP:
            if stream.name not in self._made:
                deque(self.pull(stream, None), maxlen=0)
            yield stream.tables[0], self._made[stream.name]
            return
        reads, after = _reads(stream.name), 0
        while self._is_there(reads):
            domain = [*reads.domain, ["id", ">", after]]
            found = self.rpc.call(reads.model, "search", domain, 0, ID_PAGE, BY_ID)
            yield stream.tables[0], [str(id_) for id_ in found]
            if len(found) < ID_PAGE:
                return
            after = found[-1]

    def _is_there(self, reads: Reads) -> bool:
        """Whether the module that the fields come with is activated."""
        if reads.module_of is None:
            return True
        try:
            self.rpc.call(reads.module_of, "search_count", [])
        except NoModel:
            return False
        return True

    def _pages(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        if not self._is_there(_reads(stream.name)):
            return
        if stream.name == "locations":
            yield self._locations()
        elif stream.name == "stock_levels":
            yield from self._levels(stream, state)
        else:
            yield from self._records(stream, None if stream.mode == "snapshot" else state)

    def _locations(self) -> Page:
        rows = locations({row["id"]: row for row in self.reader.all(LOCATIONS)})
        now = self._server_now()
        state = Window(None, now).finished()
        return Page({"location": rows}, state, received=len(rows), high=now, begins=True)

    def _levels(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        """What lay at each place when yesterday ended; nothing where that can't have changed."""
        now = self._server_now()
        on = now.astimezone(self.settings.tz).date() - timedelta(days=1)
        window = open_window(state, now, stream.lookback)
        if (state or {}).get("on") == on.isoformat() and not self._moved(window, on):
            return
        known, unfinished = self._known("stock_levels"), Window(None, now).finished()
        rows: list[Row] = []
        begins = True
        for place in stores({row["id"]: row for row in self.reader.all(LOCATIONS)}):
            context = {"locations": [place], "stock_date_end": written_day(on)}
            found = self.reader.all(LEVELS, **context)
            rows += [stock_level(record, place, on, known) for record in found]
            if len(rows) >= PAGE:
                yield Page({"stocklevel": rows}, unfinished, received=len(rows), begins=begins)
                rows, begins = [], False
        done = {**unfinished, "on": on.isoformat()}
        yield Page({"stocklevel": rows}, done, received=len(rows), high=now, begins=begins)

    def _moved(self, window: Window, on: date) -> bool:
        """Whether a move was entered or mended that counts up to a day."""
        reads = STREAMS["stock_moves"]
        before = ["effective_date", "<=", written_day(on)]
        domain = [*reads.domain, before, *self.reader.changed_in(window, reads)]
        return bool(self.rpc.call(reads.model, "search_count", domain))

    def _records(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        reads, known = STREAMS[stream.name], self._known(stream.name)
        window = open_window(state, self._server_now(), stream.lookback, stream.settle)
        domain = [*reads.domain, *self.reader.changed_in(window, reads)]
        total = None if window.start else self.rpc.call(reads.model, "search_count", domain)
        after = window.after or 0
        while True:
            begins = window.start is None and not after
            records = self.reader.page(reads, domain, after)
            is_last = len(records) < PAGE
            after = records[-1]["id"] if records else after
            seen = with_page(self.reader, known, stream.name, records)
            page = _page(stream.name, records, seen, window, None if is_last else after, total)
            yield replace(page, begins=begins)
            if is_last:
                return

    def _known(self, stream: str) -> Known:
        return known_of(self.reader, stream, self.settings.tz)

    def _zone(self) -> str | None:
        companies = self.rpc.call("company.company", "search_read", [], 0, 1, BY_ID, ["timezone"])
        return companies[0]["timezone"] if companies else None

    def _server_now(self) -> datetime:
        return self.http.now(self.rpc.version)


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
        _gone(stream, records, made, rejected),
        rejected,
        received=len(records),
        high=window.end if after is None else window.high,
        total=total,
    )


def _gone(
    stream: str, records: list[Row], made: Mapping[str, list[Row]], rejected: Sequence[Rejected]
) -> dict[str, list[str]]:
    """Invoices that were taken back: what is no fact any more goes."""
    if stream != "invoices":
        return {}
    kept = {row["source_id"] for row in made.get("invoice", ())}
    kept |= {one.source_id for one in rejected}
    gone = [id_ for record in records if (id_ := str(record["id"])) not in kept]
    return {"invoice": gone} if gone else {}


def _reads(stream: str) -> Reads:
    return {"locations": LOCATIONS, "stock_levels": LEVELS, **STREAMS}[stream]


def _spec(
    name: str, table: str, mode: Any = "incremental", sweep_limit: float = 0.05
) -> StreamSpec:
    # a transaction's stamp is its start: the lookback is longer than Tryton lets one run
    return StreamSpec(name, (table,), mode, sweep_every=WEEK, sweep_limit=sweep_limit)


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
    # what is sold out is not named any more, and that may be much at once
    _spec("stock_levels", "stocklevel", "snapshot", 0.5),
    _spec("stock_moves", "stockmove"),
    _spec("make_orders", "makeorder"),
    _spec("consumption", "consumption"),
    _spec("bom_lines", "bomline", "snapshot"),
    _spec("invoices", "invoice"),
)


def open_tryton(settings: Settings, http: Callable[..., Http]) -> Tryton:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return Tryton(settings, http(settings.url, secrets=(settings.secret,)))


ASKS = (
    Ask("url", "The address of Tryton, with its port (https://…:8000)"),
    Ask("database", "The database"),
    Ask("user", "The login of the user that Leadline reads as"),
    Ask("secret", "The password of that user", is_secret=True),
)
SOURCE = Kind("tryton", Settings, open_tryton, ASKS)
