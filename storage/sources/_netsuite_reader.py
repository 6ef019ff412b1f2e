"""Reads one query of NetSuite in windows of its stamp, and then what was deleted meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from storage.sources import Page, SourceError, State, StreamSpec, mapped
from storage.sources._entity import Record, nearest
from storage.sources._keyset import Chunk, Key, Keyset, pages
from storage.sources._naive import FORMAT, highest, lowest, meant
from storage.sources._netsuite_api import TIME, Api, QueryError, literal, parts
from storage.sources._netsuite_sheet import ID, STAMP, Sheet, time_and_number
from storage.sources._window import Window, open_window

LOG = Keyset(
    "deletedrecord d",
    (f"d.recordid AS {ID}", f"TO_CHAR(d.deleteddate, '{TIME}') AS {STAMP}"),
    "d.recordid",
    time_and_number,
    "d.deleteddate",
)
LOG_EVERY = timedelta(hours=1)
NET = (
    "SELECT tl.transaction AS id, SUM(tl.foreignamount) AS net FROM transactionline tl WHERE"
    " tl.transaction IN ({}) AND tl.mainline = 'F' AND tl.taxline = 'F' AND tl.iscogs = 'F'"
    " GROUP BY tl.transaction"
)


@dataclass
class Reader:
    """What reads one account. `own`: fields of one's own by table, which must be there."""

    api: Api
    own: Mapping[str, Mapping[str, str]]
    _settled: dict[str, Sheet] = field(default_factory=dict)

    def pull(self, sheet: Sheet, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        shape = self.settled(sheet)
        kept = (state or {}).get("log")
        log = datetime.fromisoformat(kept) if kept else None
        if "open" in (state or {}):  # a pass that was stopped
            yield from self._open(shape, state or {}, log)
        window = open_window(state, self.api.now, stream.lookback, stream.settle)
        if stream.mode == "snapshot":
            window = replace(window, start=None)
        yield from self._window(shape, window, log, stream)
        if _rereads(shape, window):
            yield from self._open(shape, _finished(window, log), log)
        yield from self._deleted(shape, window, log)

    def ids(self, sheet: Sheet) -> Iterator[tuple[str, Sequence[str]]]:
        shape = self.settled(sheet)
        if not shape.by_number:
            columns = {name: shape.columns[name] for name in shape.entity.key}
            shape = replace(shape, stamp="", columns=columns)
        for chunk, _ in self._pages(shape, None, None, None):
            records = chunk.records
            if shape.by_number:
                records = [one for one in records if _is_stocked(one)]
            yield shape.entity.table, [shape.entity.id_of(one) for one in records]

    def settled(self, sheet: Sheet) -> Sheet:
        """The query without what this account does not have; asked once a run.

        What it has not switched on it calls unknown, one field at a time. A field that is needed
        is an error, as is one of one's own.
        """
        name = sheet.entity.name
        if name not in self._settled:
            shape = sheet.with_own()
            while error := self._refusal(shape):
                shape = self._reshaped(shape, error)
            self._settled[name] = shape
        return self._settled[name]

    def _refusal(self, shape: Sheet) -> QueryError | None:
        """What the account says of a field that it does not know; null where it knows all."""
        nothing = replace(shape, where=(*shape.where, f"{shape.id} < 0"))
        try:
            self.api.chunk(nothing.keyset().statement())
        except QueryError as error:
            if not error.unknown:
                raise
            return error
        return None

    def _reshaped(self, shape: Sheet, error: QueryError) -> Sheet:
        unknown = error.unknown
        if shape.header_stamp and unknown in shape.stamp and unknown not in shape.header_stamp:
            return shape.by_header()
        names = shape.mentions(unknown)
        own = set(self.own.get(shape.entity.table, {}).values())
        if not names or {*names} & (shape.needed() | own):
            raise SourceError(
                f"{shape.entity.name}: no field {unknown!r}; near: {self.near(shape, unknown)}",
                permanent=True,
            ) from error
        return shape.without(names)

    def near(self, shape: Sheet, name: str) -> str:
        """The names of fields that a record has and that are near to one."""
        table = shape.tables.split(" JOIN ")[0]
        alias = table.rpartition(" ")[2]
        try:
            found = self.api.chunk(f"SELECT {alias}.* FROM {table} WHERE ROWNUM <= 1").records
        except QueryError:
            return "none"
        return nearest(name, sorted({key for one in found for key in one if key != "links"}))

    def _window(
        self, shape: Sheet, window: Window, log: datetime | None, stream: StreamSpec
    ) -> Iterator[Page]:
        after = window.after or [None, None, None]
        key = (after[1], after[2]) if after[0] == shape.stamp and after[1] is not None else None
        is_timed = bool(shape.stamp) and not shape.by_number
        since = literal(lowest(window.start, self.api.tz)) if window.start and is_timed else None
        before = literal(highest(window.end, self.api.tz)) if is_timed else None
        for chunk, behind in self._pages(shape, since, before, key):
            state, high = {**window.at([shape.stamp, *(behind or ())]), **_log(log)}, window.high
            if chunk.is_last:
                state, high = _finished(window, log), window.end
                if _rereads(shape, window):
                    state, high = {**state, "open": None}, window.high
            page = self._page(shape, chunk.records, state, high)
            begins = stream.mode == "snapshot" and key is None
            yield replace(page, begins=begins) if begins else page
            key = behind

    def _open(self, shape: Sheet, state: State, log: datetime | None) -> Iterator[Page]:
        """Lines that wait for something, again: that they changed, nothing tells."""
        columns = {**shape.columns, STAMP: f"TO_CHAR({shape.stamp}, '{TIME}')"}
        where = (*shape.where, *shape.is_open)
        waiting = replace(shape, stamp="", columns=columns, where=where)
        done = {name: one for name, one in state.items() if name != "open"}
        high, begun = datetime.fromisoformat(done["high"]), state.get("open")
        for chunk, behind in self._pages(waiting, None, None, ("", begun) if begun else None):
            after = done if chunk.is_last else {**done, "open": behind and behind[1]}
            yield self._page(waiting, chunk.records, after, high if chunk.is_last else None)

    def _pages(
        self, shape: Sheet, since: str | None, before: str | None, key: Key | None
    ) -> Iterator[tuple[Chunk, Key | None]]:
        query = shape.keyset()
        return pages(
            lambda after: self.api.chunk(query.statement(since, before, after)),
            lambda record: _key(shape, record), key,
        )  # fmt: skip

    def _page(
        self, shape: Sheet, rows: Sequence[Record], state: State, high: datetime | None
    ) -> Page:
        entity, zone = shape.entity, self.api.tz
        nets = self._nets(rows) if shape.has_net else {}
        records = [self._record(shape, row, nets) for row in rows]
        made, rejected = mapped(records, lambda one: entity.rows(one, zone), entity.id_of)
        facts = {row["source_id"] for row in made.get(entity.table, ())}
        facts |= {one.source_id for one in rejected}
        gone = sorted({entity.id_of(one) for one in records} - facts)
        return Page(made, state, {entity.table: gone} if gone else {}, rejected, len(rows), high)

    def _record(self, shape: Sheet, row: Record, nets: Mapping[str, Any]) -> Record:
        """A row with what stands elsewhere: its stamp as an instant, its currency, its sum."""
        made = dict(row)
        if STAMP in row and not shape.by_number:
            shown = datetime.strptime(str(row[STAMP]), FORMAT)  # noqa: DTZ007 - it has no zone
            made["stamp"] = meant(shown, self.api.tz)
        if row.get("currency") is not None:
            made["symbol"] = self._currencies.get(str(row["currency"]))
        if shape.has_net:
            made["net"] = nets.get(str(row["id"]))
        made["today"] = self.api.now.astimezone(self.api.tz).date()
        return made

    def _nets(self, rows: Sequence[Record]) -> dict[str, Any]:
        """The sums of the lines of some transactions, without tax and without cost of goods."""
        ids = [str(row["id"]) for row in rows]
        return {
            str(one["id"]): one.get("net")
            for part in parts(ids, self.api.rows)
            for one in self.api.chunk(NET.format(part)).records
        }

    @cached_property
    def _currencies(self) -> dict[str, str]:
        """What currencies are called; none where the account has only one."""
        try:
            found = self.api.chunk("SELECT c.id AS id, c.symbol AS symbol FROM currency c").records
        except QueryError:
            return {}
        return {str(one["id"]): str(one["symbol"]) for one in found if one.get("symbol")}

    def _deleted(self, shape: Sheet, window: Window, log: datetime | None) -> Iterator[Page]:
        """What the log of deletions names and is not there any more.

        It names records of all kinds by numbers that are not theirs alone: so each is looked for.
        Lines are not named: where an order went, they are to be found among all ids.
        """
        since = log or window.end
        if not shape.root or self.api.now - since < LOG_EVERY or not self.has_log:
            return
        until = self.api.now
        named = sorted(set(self._log(since - LOG_EVERY, until)), key=int)
        gone = sorted(set(named) - self.api.among(shape.root_id, shape.root, named), key=int)
        deletes = {shape.entity.table: gone} if gone and not shape.is_of_lines else {}
        yield Page(
            {}, _finished(window, until), deletes, high=window.end,
            asks_sweep=bool(gone) and shape.is_of_lines,
        )  # fmt: skip

    def _log(self, since: datetime, until: datetime) -> Iterator[str]:
        start = literal(lowest(since, self.api.tz))
        end = literal(highest(until, self.api.tz))
        found = pages(
            lambda after: self.api.chunk(LOG.statement(start, end, after)),
            lambda record: (str(record[STAMP]), str(record[ID])),
        )  # fmt: skip
        for chunk, _ in found:
            yield from (str(record[ID]) for record in chunk.records)

    @cached_property
    def has_log(self) -> bool:
        """Whether the role may read which records were deleted."""
        try:
            self.api.chunk("SELECT d.recordid AS id FROM deletedrecord d WHERE d.recordid < 0")
        except QueryError:
            return False
        return True


def _rereads(shape: Sheet, window: Window) -> bool:
    """Whether the lines have no stamp of their own, and were not all read just now."""
    has_none = bool(shape.is_open) and shape.stamp == shape.header_stamp
    return has_none and window.start is not None


def _is_stocked(record: Record) -> bool:
    return any(float(record.get(name) or 0) for name in ("on_hand", "committed", "on_order"))


def _key(shape: Sheet, record: Record) -> Key:
    id_ = str(record[ID])
    if not shape.stamp:
        return "", id_
    return (f"{int(record[STAMP]):020}" if shape.by_number else str(record[STAMP])), id_


def _finished(window: Window, log: datetime | None) -> State:
    return {**window.finished(), **_log(log or window.end)}


def _log(log: datetime | None) -> State:
    return {"log": log.astimezone(UTC).isoformat() if log else None}
