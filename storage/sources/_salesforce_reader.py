"""Reads one object of Salesforce: by query or, where it is large, by job; then what was deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Page, SourceError, State, StreamSpec, mapped
from storage.sources._entity import Entity, Record, flag, moment
from storage.sources._keyset import Chunk, Key, Keyset, PlaceLost, pages
from storage.sources._salesforce_api import Api, ApiError
from storage.sources._salesforce_bulk import Bulk
from storage.sources._window import Window, open_window

LONG = timedelta(days=1)  # a shorter window is small enough for queries
DELETED_EVERY = timedelta(hours=1)
DELETED_KEPT = timedelta(days=15)
UNKNOWN_DELETIONS = frozenset({"EXCEEDED_ID_LIMIT", "INVALID_REPLICATION_DATE"})
MERGED = "MasterRecordId"
ASKED_AT_ONCE = 200  # ids in one query, whose address must not grow too long
LOSSES = 3  # jobs that may come to nothing in one pull


@dataclass(frozen=True)
class Cursor:
    """A window, and up to when the log of deletions was read (null: not yet)."""

    window: Window
    deleted: datetime | None

    @classmethod
    def of(cls, state: State | None, window: Window) -> "Cursor":
        kept = (state or {}).get("deleted")
        return cls(window, datetime.fromisoformat(kept) if kept else None)

    def within(self, after: Any) -> State:
        return {**self.window.at(after), **self._log()}

    def behind(self) -> State:
        """The state behind the window; the log is read from the end of the first one."""
        return {**self.window.finished(), **replace(self, deleted=self.log_from)._log()}

    @property
    def log_from(self) -> datetime:
        return self.deleted or self.window.end

    def _log(self) -> State:
        return {"deleted": self.deleted.isoformat() if self.deleted else None}


@dataclass(frozen=True)
class Reader:
    """What reads the objects of one organisation.

    `page_rows`: the most of one query; `bulk_above`: from how many on a job is made, where the
    window is so `long` that it may hold them. `zone` is that of the days.
    """

    api: Api
    bulk: Bulk
    zone: ZoneInfo
    page_rows: int
    bulk_above: int
    long: timedelta = LONG

    def pull(self, entity: Entity, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        self._refuse_missing(entity)
        window = open_window(state, self.api.now, stream.lookback, stream.settle)
        cursor = Cursor.of(state, window)
        after = window.after or {}
        total = None if after else self._count(entity, window)
        if after.get("job") or (total or 0) > self.bulk_above:
            yield from self._by_job(entity, cursor, total, after)
        else:
            yield from self._by_query(entity, cursor, total, after)
        yield from self._deleted(entity, cursor)

    def ids(self, entity: Entity) -> Iterator[tuple[str, Sequence[str]]]:
        """All living ids; of accounts also those that were merged into another."""
        living = "IsDeleted = false"
        if _keeps_merged(entity) and MERGED in self.api.described(entity.name).fields:
            living = f"({living} OR {MERGED} != null)"
        query = Keyset(entity.name, ("Id",), "Id", _literals, where=(living,))
        found = pages(
            lambda after: self.api.chunk(query.statement(after=after)),
            lambda record: ("", str(record["Id"])), go_on=self.api.more,
        )  # fmt: skip
        for chunk, _ in found:
            yield entity.table, [str(record["Id"]) for record in chunk.records]

    def _by_query(
        self, entity: Entity, cursor: Cursor, total: int | None, after: State
    ) -> Iterator[Page]:
        """Each page is a query of its own behind the last key, not a mark that the server keeps:
        behind a mark records that changed meanwhile show stamps which are not where they stand.
        """
        query = self._keyset(entity, cursor.window)
        start, end = _bounds(cursor.window)
        key = after.get("key")

        def ask(behind: Key | None) -> Chunk:
            chunk = self.api.chunk(query.statement(start, end, behind))
            is_last = chunk.is_last and len(chunk.records) < self.page_rows
            return Chunk(chunk.records, is_last)

        begun = tuple(key) if key else None
        for chunk, behind in pages(ask, _key, begun):
            state = cursor.behind() if chunk.is_last else cursor.within({"key": behind})
            yield self._page(entity, chunk.records, cursor, state, chunk.is_last, total)

    def _by_job(
        self, entity: Entity, cursor: Cursor, total: int | None, after: State
    ) -> Iterator[Page]:
        """The parts of a job's result. A job that got lost begins anew with the window."""
        place: State = after
        for _ in range(LOSSES):
            try:
                if not place.get("job"):
                    start, end = _bounds(cursor.window)
                    query = replace(self._keyset(entity, cursor.window), tail="")
                    soql = query.statement(start, end).partition(" ORDER BY ")[0]
                    place = {"job": self.bulk.begin(soql), "locator": None}
                    yield self._waiting(cursor, place)
                for _ in self.bulk.waits(place["job"]):
                    yield self._waiting(cursor, place)
                yield from self._parts(entity, cursor, total, place)
                return
            except PlaceLost:
                place = {}
        raise SourceError(f"{self.api.http.base.host}: bulk jobs of {entity.name} come to nothing")

    def _parts(
        self, entity: Entity, cursor: Cursor, total: int | None, place: State
    ) -> Iterator[Page]:
        job, locator = place["job"], place["locator"]
        while True:
            part = self.bulk.part(job, locator)
            locator, is_last = part.locator, part.locator is None
            state = cursor.behind() if is_last else cursor.within({"job": job, "locator": locator})
            yield self._page(entity, part.records, cursor, state, is_last, total)
            if is_last:
                return

    def _waiting(self, cursor: Cursor, place: State) -> Page:
        """An empty page, which keeps the job and the right to go on with it."""
        return Page({}, cursor.within(place), high=cursor.window.high)

    def _keyset(self, entity: Entity, window: Window) -> Keyset:
        there = self.api.described(entity.name).fields
        asked = dict.fromkeys(["Id", *entity.asked(), "IsDeleted"])
        columns = tuple(name for name in asked if name.partition(".")[0] in there)
        where = ("IsDeleted = false",) if window.start is None else ()
        return Keyset(
            entity.name, columns, "Id", _literals, entity.updated, where,
            f"LIMIT {self.page_rows}",
        )  # fmt: skip

    def _count(self, entity: Entity, window: Window) -> int | None:
        """How many records a long window holds; a number above all limits if nobody can say."""
        start, end = _bounds(window)
        if window.start is not None and window.end - window.start <= self.long:
            return None
        since = "IsDeleted = false" if start is None else f"{entity.updated} >= {start}"
        found = self.api.count(entity.name, f"{since} AND {entity.updated} < {end}")
        return self.bulk_above + 1 if found is None else found

    def _page(
        self, entity: Entity, records: Sequence[Record], cursor: Cursor, state: State,
        is_last: bool, total: int | None,
    ) -> Page:  # fmt: skip
        living = [one for one in records if not self._is_gone(entity, one)]
        rows, rejected = mapped(
            living, lambda one: entity.rows(one, self.zone), lambda one: str(one["Id"])
        )
        facts = {row["source_id"] for row in rows.get(entity.table, ())}
        facts |= {one.source_id for one in rejected}
        gone = sorted({str(one["Id"]) for one in records} - facts)
        return Page(
            rows, state, {entity.table: gone} if gone else {}, rejected, len(records),
            cursor.window.end if is_last else cursor.window.high, total,
        )  # fmt: skip

    def _is_gone(self, entity: Entity, record: Record) -> bool:
        """Deleted, and not by being merged into a record that lives on."""
        if not flag(record.get("IsDeleted"), self.zone):
            return False
        return not (_keeps_merged(entity) and record.get(MERGED))

    def _deleted(self, entity: Entity, cursor: Cursor) -> Iterator[Page]:
        """What the log of deletions holds, of what left the bin too.

        Where it forgot some since we last looked, they are to be found among all ids.
        """
        now, since = self.api.now, cursor.log_from
        if now - since < DELETED_EVERY or not self.api.described(entity.name).is_replicated:
            return
        start = max(since, now - DELETED_KEPT + DELETED_EVERY)
        gone, end, is_whole = self._log(entity, start, now)
        state = replace(cursor, deleted=max(end, start)).behind()
        yield Page(
            {}, state, {entity.table: gone} if gone else {}, received=0, high=cursor.window.end,
            asks_sweep=not is_whole or start > since,
        )  # fmt: skip

    def _log(
        self, entity: Entity, start: datetime, end: datetime
    ) -> tuple[list[str], datetime, bool]:
        """The deleted ids, up to when they are complete, and whether none is missing before."""
        try:
            said = self.api.deleted(entity.name, start, end)
        except ApiError as error:
            if error.code not in UNKNOWN_DELETIONS:
                raise
            return [], end, False
        gone = [str(one["id"]) for one in said["deletedRecords"]]
        if _keeps_merged(entity) and MERGED in self.api.described(entity.name).fields:
            merged = self._merged(entity, gone)
            gone = [one for one in gone if one not in merged]
        is_whole = _instant(said["earliestDateAvailable"]) <= start
        return gone, min(_instant(said["latestDateCovered"]), end), is_whole

    def _merged(self, entity: Entity, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for begin in range(0, len(ids), ASKED_AT_ONCE):
            named = ", ".join(f"'{one}'" for one in ids[begin : begin + ASKED_AT_ONCE])
            where = f"{MERGED} != null AND Id IN ({named})"
            chunk = self.api.chunk(f"SELECT Id FROM {entity.name} WHERE {where}")
            found |= {str(record["Id"]) for record in chunk.records}
        return found

    def _refuse_missing(self, entity: Entity) -> None:
        if lacking := entity.missing(self.api.described(entity.name).names):
            raise SourceError(
                f"{'; '.join(lacking)}. It is hidden from this user or not there", permanent=True
            )


def _keeps_merged(entity: Entity) -> bool:
    return "merged_into" in entity.fields


def _key(record: Record) -> Key:
    return soql_time(_instant(record["SystemModstamp"])), str(record["Id"])


def _literals(key: Key) -> tuple[str, str]:
    return key[0], f"'{key[1]}'"


def _bounds(window: Window) -> tuple[str | None, str]:
    return (soql_time(window.start) if window.start else None), soql_time(window.end)


def soql_time(at: datetime) -> str:
    """An instant as SOQL writes it: bare, in UTC, to the millisecond."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _instant(value: Any) -> datetime:
    found = moment(value, ZoneInfo("UTC"))
    if not isinstance(found, datetime):
        raise SourceError(f"Salesforce says {value!r} where a time must be")
    return found
