"""Reads one type of HubSpot's objects: changes by search, and the periodic passes over lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from storage.sources import Page, Rejected, Row, State, StreamSpec, mapped
from storage.sources._hubspot_api import READ_PAGE, SEARCH_PAGE, Api, ApiError, Listed
from storage.sources._hubspot_cursor import Cursor, Pass
from storage.sources._hubspot_journal import Journal, Lost
from storage.sources._hubspot_record import ObjectType, Record
from storage.sources._window import open_window

ARCHIVED_EVERY = timedelta(hours=1)
STALE_CURSOR = frozenset({400, 404, 410})
NOT_THERE = frozenset({403, 404})  # the key may not read it, or the account has none


@dataclass
class Reader:
    """What reads the types of one account; one for each run. `zone` is the account's.

    `journal`, where the app has one, tells at once what changed, is linked anew or gone; the
    search and the passes stay, as nobody says what the app has subscribed to.
    """

    api: Api
    zone: ZoneInfo
    journal: Journal | None = None
    _names: dict[str, str] = field(default_factory=dict)
    _asked_names: bool = False

    def pull(self, kind: ObjectType, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        """The pages behind `state`; the clock of the account must have been heard before."""
        now = self.api.http.now()
        window = open_window(state, now, stream.lookback, stream.settle)
        cursor = self._told(
            Cursor(window, Pass.of(state, "archived"), Pass.of(state, "reread")), state
        )
        if window.start is None:
            cursor = replace(cursor, reread=Pass(window.end))
            yield from self._all(kind, cursor)
        else:
            yield from self._changes(kind, cursor)
        if cursor.archived.is_due(now, ARCHIVED_EVERY):
            yield from self._archived(kind, cursor, now)
            cursor = replace(cursor, archived=Pass(now))
        if cursor.reread.is_due(now, kind.reread_every):
            yield from self._again(kind, cursor, now)
            cursor = replace(cursor, reread=Pass(now))
        if self.journal is not None:
            yield from self._followed(kind, cursor, self.journal)

    def ids(self, kind: ObjectType) -> Iterator[tuple[str, Sequence[str]]]:
        """The ids of all facts that the type's living records make."""
        merged = kind.fields["merged_ids"].split() if kind.keeps_merged else []
        for page in self._lists(kind, ["hs_object_id", *merged]):
            records = [self._record(kind, one) for one in page.records]
            yield kind.table, [one for record in records for one in _named(kind, record)]

    def _all(self, kind: ObjectType, cursor: Cursor) -> Iterator[Page]:
        for page in self._lists(kind, properties(kind), cursor.window.after):
            is_last = page.after is None
            state = cursor.behind() if is_last else cursor.within(page.after)
            high = cursor.window.end if is_last else None
            yield replace(self._page(kind, page.records, state), high=high)

    def _changes(self, kind: ObjectType, cursor: Cursor) -> Iterator[Page]:
        window = cursor.window
        after = window.after or 0
        while True:
            records = self.api.changed(kind.name, properties(kind), kind.modified, window, after)
            is_last = len(records) < SEARCH_PAGE
            after = int(records[-1]["id"]) if records else after
            state = cursor.behind() if is_last else cursor.within(after)
            yield replace(
                self._page(kind, records, state), high=window.end if is_last else window.high
            )
            if is_last:
                return

    def _told(self, cursor: Cursor, state: State | None) -> Cursor:
        """With the offset in the journal: the kept one, else that of now."""
        if self.journal is None:
            return cursor
        kept = (state or {}).get("journal")
        return replace(cursor, journal=self.journal.latest() if kept is None else kept)

    def _followed(self, kind: ObjectType, cursor: Cursor, journal: Journal) -> Iterator[Page]:
        """Reads again what the journal names; where it forgot us, the next pull passes over all."""
        offset = cursor.journal or ""
        try:
            while (entry := journal.after(offset)) is not None:
                ids = sorted(entry.touched.get(kind.name, ()), key=int)
                for begin in range(0, len(ids), READ_PAGE):
                    yield self._named(kind, ids[begin : begin + READ_PAGE], cursor)
                offset = entry.offset
                cursor = replace(cursor, journal=offset)
        except Lost:
            cursor = Cursor(cursor.window, journal=journal.latest())
        yield Page({}, cursor.behind(), high=cursor.window.end)

    def _named(self, kind: ObjectType, ids: Sequence[str], cursor: Cursor) -> Page:
        """The records of these ids; those that are not there any more are gone."""
        records = self.api.read(kind.name, properties(kind), ids)
        page = self._page(kind, records, cursor.behind())
        there = {row["source_id"] for row in page.rows.get(kind.table, ())}
        there |= {one.source_id for one in page.rejected}
        gone = {kind.prefix + one for one in ids} - there
        gone |= set(page.deletes.get(kind.table, ()))
        deletes = {kind.table: sorted(gone)} if gone else {}
        return replace(page, deletes=deletes, high=cursor.window.end)

    def _archived(self, kind: ObjectType, cursor: Cursor, now: datetime) -> Iterator[Page]:
        begun = cursor.archived.at if cursor.archived.after else now
        for page in self._lists(kind, ["hs_object_id"], cursor.archived.after, archived=True):
            state = replace(cursor, archived=Pass(begun, page.after)).behind()
            gone = [f"{kind.prefix}{record['id']}" for record in page.records]
            yield Page({}, state, {kind.table: gone}, received=len(gone), high=cursor.window.end)

    def _again(self, kind: ObjectType, cursor: Cursor, now: datetime) -> Iterator[Page]:
        begun = cursor.reread.at if cursor.reread.after else now
        for page in self._lists(kind, properties(kind), cursor.reread.after):
            state = replace(cursor, reread=Pass(begun, page.after)).behind()
            yield replace(self._page(kind, page.records, state), high=cursor.window.end)

    def _lists(
        self,
        kind: ObjectType,
        properties: Sequence[str],
        after: str | None = None,
        *,
        archived: bool = False,
    ) -> Iterator[Listed]:
        """The pages of a list; where HubSpot does not know `after` any more, all of them."""
        try:
            page = self.api.listed(kind.name, properties, after, archived=archived)
        except ApiError as error:
            if after is None or error.status not in STALE_CURSOR:
                raise
            page = self.api.listed(kind.name, properties, archived=archived)
        yield page
        while page.after is not None:
            page = self.api.listed(kind.name, properties, page.after, archived=archived)
            yield page

    def _page(self, kind: ObjectType, records: Sequence[Row], state: State) -> Page:
        accounts, owners = self._accounts(kind, records), self._owners(kind, records)
        read = [
            replace(self._record(kind, one), account=accounts.get(str(one["id"])), owners=owners)
            for one in records
        ]
        rows, rejected = mapped(
            read, lambda record: _facts(kind, record), lambda record: kind.prefix + record.id
        )
        refused = [Rejected(one.source_id, one.reason, one.payload.raw) for one in rejected]
        there = {row["source_id"] for row in rows.get(kind.table, ())}
        there |= {one.source_id for one in refused}
        named = {kind.prefix + one for record in read for one in (record.id, *record.merged())}
        gone = sorted(named - there)
        return Page(rows, state, {kind.table: gone} if gone else {}, refused, received=len(records))

    def _record(self, kind: ObjectType, raw: Row) -> Record:
        return Record(raw, kind.fields, kind.modified, self.zone)

    def _owners(self, kind: ObjectType, records: Sequence[Row]) -> dict[str, str]:
        """What all owners are called, asked once a run and only where records have one."""
        is_owned = "owner" in kind.fields
        if not is_owned or not any(self._record(kind, one).text("owner") for one in records):
            return {}
        if not self._asked_names:
            self._names, self._asked_names = self._called(), True
        return self._names

    def _called(self) -> dict[str, str]:
        try:
            return self.api.owners()
        except ApiError as error:
            if error.status not in NOT_THERE:
                raise
            return {}

    def _accounts(self, kind: ObjectType, records: Sequence[Row]) -> dict[str, str]:
        """The company of each record that has one, by the record's id."""
        if not kind.has_account or not records:
            return {}
        if kind.account_of is None:
            return self.api.companies_of(kind.name, [str(one["id"]) for one in records])
        read = [self._record(kind, one) for one in records]
        contacts = {one.id: one.text(kind.account_of) for one in read}
        asked = sorted({contact for contact in contacts.values() if contact})
        found = self.api.companies_of("contacts", asked) if asked else {}
        found |= self._of_survivors("contacts", [one for one in asked if one not in found])
        return {one: found[contact] for one, contact in contacts.items() if contact in found}

    def _of_survivors(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        """The companies of records that are no more, by those that they were merged into."""
        living = {
            str(one["id"])
            for begin in range(0, len(ids), READ_PAGE)
            for one in self.api.read(kind, ["hs_object_id"], ids[begin : begin + READ_PAGE])
        }
        gone = [one for one in ids if one not in living]
        into = self.api.merged_into(kind, gone) if gone else {}
        found = self.api.companies_of(kind, sorted(set(into.values()))) if into else {}
        return {one: found[survivor] for one, survivor in into.items() if survivor in found}


def _facts(kind: ObjectType, record: Record) -> Iterator[tuple[str, Row]]:
    row = kind.row(record)
    if row is None:
        return
    stamped = {"source_updated_at": record.updated}
    yield kind.table, {"source_id": kind.prefix + record.id, **stamped, **row}
    for merged in record.merged() if kind.keeps_merged else ():
        into = {"name": row["name"], "merged_into": record.id}
        yield kind.table, {"source_id": merged, **stamped, **into}


def properties(kind: ObjectType) -> list[str]:
    """What is asked for of each record."""
    names = [one for name in kind.fields.values() for one in name.split()]
    return [*dict.fromkeys(names), kind.modified]


def _named(kind: ObjectType, record: Record) -> list[str]:
    merged = record.merged() if kind.keeps_merged else []
    return [kind.prefix + record.id, *merged]
