"""Documents of a Frappe site as facts: a type, the rows of a table in it, and their reading."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from storage.sources import Page, Rejected, Row, SourceError, mapped
from storage.sources._entity import Entity, nearest
from storage.sources._erpnext_api import Filter, Site, is_twice
from storage.sources._erpnext_chain import Chains
from storage.sources._erpnext_known import Known
from storage.sources._rest import Again, Listed, Part, Windows

HEAD = "head."  # before a field of a line: one of the document that it is in
OURS = "_"  # before a field: none of the site's, but one that is added here

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Docs:
    """Documents of one type.

    `head` is the fact that each makes, `lines` those of the rows in a table of it. `only`: of
    which documents at all; `open`: which of them are read again every hour, for what is changed
    without a new stamp. `adds`: what is added to them, see `Known.add`. `is_amended`:
    one that is made anew after a cancellation stays the same fact. `orders`: the type of the
    orders that lines point to, by the fields `order` and `line`.
    """

    doctype: str
    head: Entity | None = None
    lines: Entity | None = None
    only: tuple[Filter, ...] = ()
    open: tuple[Filter, ...] | None = None
    adds: tuple[str, ...] = ()
    is_amended: bool = False
    orders: str = ""
    order: str = ""
    line: str = ""
    alive: tuple[Filter, ...] = (["docstatus", "<", 2],)

    @property
    def entities(self) -> list[Entity]:
        return [one for one in (self.head, self.lines) if one]

    def asked(self) -> list[str]:
        """The fields that are asked for of each document."""
        names = ["docstatus", *(self.head.asked() if self.head else ())]
        names += ["amended_from"] * self.is_amended
        if self.lines:
            names += [one.removeprefix(HEAD) for one in self.lines.asked() if one.startswith(HEAD)]
        return [one for one in dict.fromkeys(names) if not one.startswith(OURS)]

    def asked_of_lines(self) -> list[str]:
        names = self.lines.asked() if self.lines else []
        own = (one for one in (*names, self.order, self.line, "parent") if one)
        return [one for one in dict.fromkeys(own) if not one.startswith((HEAD, OURS))]


@dataclass
class Reader:
    """Reads documents of one type as facts; one for each run."""

    site: Site
    known: Known
    docs: Docs
    _chains: dict[str, Chains] = field(default_factory=dict)

    def parts(self, *, is_whole: bool = False) -> list[Part]:
        """What keeps the facts of these documents true."""
        docs = self.docs
        found: list[Part] = [Windows(docs.doctype, self._changed, self.page, is_whole=is_whole)]
        if docs.open is not None:
            found.append(Again(f"{docs.doctype} again", self._still_open, self.page, HOUR))
        return found

    def missing(self) -> Iterator[str]:
        """The needed fields that the site lacks, each with the nearest names."""
        for one, existing in self._kinds():
            wanted: list[tuple[str, ...]] = [(name,) for name in (*one.key, one.updated)]
            wanted += [field.names for field in one.fields.values() if field.is_needed]
            for names in dict.fromkeys(wanted):
                if not existing.intersection(names) and not names[0].startswith(OURS):
                    yield f"{one.name}: no field {names[0]!r}; near: {nearest(names[0], existing)}"

    def unknown(self, own: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
        """The fields of one's own that the site lacks."""
        for one, existing in self._kinds():
            for name in own.get(one.table, {}).values():
                if name not in existing:
                    yield f"{one.name}: no field {name!r}; near: {nearest(name, existing)}"

    def ids(self) -> Iterator[tuple[str, Sequence[str]]]:
        """All living ids by table; of what stands in documents, those of a full read."""
        docs = self.docs
        if docs.lines or not docs.head:
            yield from self._made()
            return
        for found in self.site.all(docs.doctype, [], [*docs.only, *docs.alive]):
            yield docs.head.table, [docs.head.id_of(self._typed(row)) for row in found]

    def page(self, records: Sequence[Row]) -> Page:
        """The facts of some documents; what they made before and do not any more is deleted."""
        docs = self.docs
        lines: Sequence[Row] = self._lines(records)
        if docs.is_amended:
            records, lines = self._chain(docs.doctype).renamed(records, lines)
        heads = [self._typed(row) for row in records]
        self.known.add(docs.doctype, docs.adds, heads)
        by_name = {row["name"]: row for row in heads}
        rows: dict[str, list[Row]] = {}
        gone: dict[str, list[str]] = {}
        refused: list[Rejected] = []
        if docs.head:
            self._make(docs.head, heads, rows, gone, refused)
        if docs.lines:
            within = [{**line, "head": by_name[line["parent"]]} for line in lines]
            self._make(docs.lines, self._pointed(within), rows, gone, refused)
        return Page(rows, {}, gone, refused)

    def lost(self, dead: Sequence[Row]) -> dict[str, list[str]]:
        """By table, the facts of deleted documents: tombstones with what the documents were."""
        docs = self.docs
        names = {str(row["deleted_name"]) for row in dead}
        # a name may have been taken again since, or live on as that of the amended order
        there = {str(row["name"]) for row in self.site.named(docs.doctype, [], "name", names)}
        there |= self._chain(docs.doctype).replaced(names) if docs.is_amended else set()
        found: dict[str, list[str]] = {}
        for row in dead:
            if str(row["deleted_name"]) in there:
                continue
            if docs.head:
                one = self._typed({"name": row["deleted_name"]})
                found.setdefault(docs.head.table, []).append(docs.head.id_of(one))
            if docs.lines and (rows := _within(row, docs.lines.name)):
                found.setdefault(docs.lines.table, []).extend(rows)
        return found

    def _changed(self, window: Any, after: Any) -> Listed:
        return self.site.changed(self.docs.doctype, self._asked(), self.docs.only, window, after)

    def _still_open(self, after: Any) -> Listed:
        docs = self.docs
        filters = [*docs.only, *(docs.open or ())]
        if after is not None:
            filters.append(["name", ">", after])
        found = self.site.listed(docs.doctype, ["name", *self._asked()], filters)
        return Listed(found, found[-1]["name"] if len(found) == self.site.page else None)

    def _asked(self) -> list[str]:
        """The fields of the documents that there are; a needed one that is not is an error."""
        if lacking := list(self.missing()):
            raise SourceError(f"{self.site.http.base.host}: {lacking[0]}", permanent=True)
        existing = self.site.fields(self.docs.doctype)
        return [name for name in self.docs.asked() if name in existing]

    def _kinds(self) -> Iterator[tuple[Entity, set[str]]]:
        heads = self.site.fields(self.docs.doctype)
        if self.docs.head:
            yield self.docs.head, set(heads)
        if self.docs.lines:
            own = self.site.fields(self.docs.lines.name)
            yield self.docs.lines, {*own, *(HEAD + name for name in heads)}

    def _lines(self, records: Sequence[Row]) -> list[Row]:
        """The rows in the documents, in their order."""
        docs = self.docs
        if not docs.lines or not records:
            return []
        existing = self.site.fields(docs.lines.name)
        wanted = [name for name in docs.asked_of_lines() if name in existing]
        names = [str(row["name"]) for row in records]
        found = self.site.named(docs.lines.name, wanted, "parent", names, parent=docs.doctype)
        return sorted(found, key=lambda row: (str(row["parent"]), row.get("idx") or 0))

    def _pointed(self, lines: Sequence[Row]) -> Sequence[Row]:
        """The lines, pointing to the first of orders that were made anew."""
        docs = self.docs
        if not docs.orders:
            return lines
        first = self._chain(docs.orders).origins({str(one.get(docs.order) or "") for one in lines})
        if not first.orders:
            return lines
        return [
            {
                **one,
                docs.order: first.orders.get(str(one.get(docs.order)), one.get(docs.order)),
                docs.line: first.lines.get(str(one.get(docs.line)), one.get(docs.line)),
            }
            for one in lines
        ]

    def _make(
        self,
        kind: Entity,
        records: Sequence[Row],
        rows: dict[str, list[Row]],
        gone: dict[str, list[str]],
        refused: list[Rejected],
    ) -> None:
        zone = self.site.tz
        made, bad = mapped(
            records, lambda record: kind.rows(record, zone), lambda record: _named(kind, record)
        )
        for row in (one for found in made.values() for one in found):
            stamp = row.get("source_updated_at")
            if stamp is not None and is_twice(stamp, zone):
                row["source_updated_at"] = None  # it must not seem older than the one before
        there = {row["source_id"] for row in made.get(kind.table, ())}
        there |= {one.source_id for one in bad}
        absent = [one for record in records if (one := _named(kind, record)) not in there]
        rows |= made
        refused += bad
        if absent:
            gone[kind.table] = absent

    def _made(self) -> Iterator[tuple[str, Sequence[str]]]:
        for found in self.site.all(self.docs.doctype, self._asked(), self.docs.only):
            page = self.page(found)
            refused = [one.source_id for one in page.rejected]  # they are there all the same
            for one in self.docs.entities:
                made = page.rows.get(one.table, ())
                yield one.table, [*(row["source_id"] for row in made), *refused]

    def _chain(self, doctype: str) -> Chains:
        return self._chains.setdefault(doctype, Chains(self.site, doctype))

    def _typed(self, row: Row) -> Row:
        return {**row, "_type": self.docs.doctype}


def tombstones(site: Site, readers: Iterable[Reader]) -> Part:
    """The part of a stream that learns of deleted documents, where the user may read of them.

    A line that is taken out of an order leaves a tombstone of its own.
    """
    by_type = {one.docs.doctype: one for one in readers}
    lines = {one.docs.lines.name: one.docs.lines for one in by_type.values() if one.docs.lines}
    which: Filter = ["deleted_doctype", "in", sorted({*by_type, *lines})]
    names = ["deleted_doctype", "deleted_name", "data"]

    def make(records: Sequence[Row]) -> Page:
        gone: dict[str, list[str]] = {}
        for doctype, reader in by_type.items():
            dead = [row for row in records if row["deleted_doctype"] == doctype]
            for table, ids in reader.lost(dead).items() if dead else ():
                gone.setdefault(table, []).extend(ids)
        for row in records:
            if kind := lines.get(row["deleted_doctype"]):
                gone.setdefault(kind.table, []).append(str(row["deleted_name"]))
        return Page({}, {}, gone)

    ask = partial(site.changed, "Deleted Document", names, [which], stamp="creation")
    return Windows("deleted", ask, make, is_new_only=True, is_optional=True)


def with_entities(docs: Docs, entities: Mapping[str, Entity]) -> Docs:
    """The documents with the entities of the same names."""
    head = entities[docs.head.name] if docs.head else None
    lines = entities[docs.lines.name] if docs.lines else None
    return replace(docs, head=head, lines=lines)


def _named(kind: Entity, record: Row) -> str:
    return "/".join(str(record.get(name)) for name in kind.key)


def _within(dead: Row, kind: str) -> list[str]:
    """The names of the rows of a type in a deleted document, as its tombstone tells them."""
    try:
        was = msgspec.json.decode(str(dead.get("data") or "{}"))
    except msgspec.DecodeError:
        return []
    tables = [one for one in was.values() if isinstance(one, list)] if was else []
    return [
        str(row["name"])
        for table in tables for row in table
        if isinstance(row, dict) and row.get("doctype") == kind and row.get("name")
    ]  # fmt: skip
