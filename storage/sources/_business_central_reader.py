"""Reads one company of Business Central: sets by the page, and what must be looked up for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row, SourceError
from storage.sources import _business_central_map as m
from storage.sources._business_central_lines import matched
from storage.sources._business_central_map import Part
from storage.sources._entity import nearest, number, unknown
from storage.sources._odata4 import Reads, Refused, Service, literal
from storage.sources._odata4_read import cut, pages
from storage.sources._window import Window

ORDERS_AT_ONCE = 40  # in one condition: a url is no longer than 2,000 characters
# Names in our records that are none of the server's.
OURS = frozenset({"of", "line_ref", "reversal_of", "lcy", "party"})
LINE = ("id", "sequence", "lineObjectNumber", "quantity")


@dataclass
class Reader:
    """One for each run. `named` is the company's name or id; `own`: fields of one's own by table.

    `custom`: services beside the API's own, by the name of the set that they serve.
    """

    service: Service
    named: str
    zone: ZoneInfo
    own: Mapping[str, Mapping[str, str]]
    custom: Mapping[str, Service]

    @cached_property
    def company(self) -> Row:
        """The company; asked for before all else, as the answer shows the clock."""
        names = ("id", "name", "displayName")
        found = [one for page in self.service.all(Reads("companies", names)) for one in page]
        for one in found:
            if self.named in (one["id"], one.get("name"), one.get("displayName")):
                return one
        known = nearest(self.named, [str(one.get("name")) for one in found])
        raise SourceError(f"there is no company {self.named!r}; near: {known}", permanent=True)

    def now(self) -> datetime:
        """The clock of the server, which its answers show; the first one names the company."""
        _ = self.company
        return self.service.now()

    @cached_property
    def currency(self) -> str | None:
        """The company's own, in which costs are."""
        said = self.service.one(self._path("companyInformation"), select="currencyCode")
        found = said.get("value") or [{}]
        return found[0].get("currencyCode") or None

    def pages(self, part: Part, window: Window) -> Iterator[tuple[Sequence[Row], Any]]:
        """The pages of a set; of fields that the server does not have, only needed ones fail it."""
        service, reads = self._service(part), reads_of(part, self._path(part.set))
        if part.set in self.custom:
            reads = self._that_are_there(part, reads)
        try:
            yield from pages(service, reads, window)
            return
        except Refused as refused:
            left = cut(reads, part.set, service.fields, refused)
            if missing := self.absent(part):
                raise SourceError("; ".join(missing), permanent=True) from refused
        yield from pages(service, left, window)

    def flat(self, part: Part, records: Sequence[Row]) -> list[Row]:
        """The records that are facts, with what they need of the company."""
        is_costed = part.entity.table in ("item", "stockmove")
        adds = {"lcy": self.currency} if is_costed else {}
        return [one for record in records for one in part.flat(record, adds)]

    def try_one(self, part: Part) -> None:
        """Asks for one record; `Refused` where that is not allowed."""
        self._service(part).one(self._path(part.set), top="1", select="id")

    def absent(self, part: Part) -> list[str]:
        """Needed fields and fields of one's own that the server does not have, by name."""
        known = self._service(part).fields
        head = known(part.set)
        there = OURS | (known(part.lines) if part.lines else head)
        own = self.own.get(part.entity.table, {})
        needed = [one.names[0] for one in part.entity.fields.values() if one.is_needed]
        names = [part.entity.updated, *part.entity.key, *needed, *own.values()]
        above = [one.removeprefix("of.") for one in names if one.startswith("of.")]
        return [
            *part.entity.missing(there),
            *unknown(part.entity, own, there),
            *(f"{part.set}: no field {one!r}; near: {nearest(one, head)}"
              for one in dict.fromkeys(above) if one not in head),
        ]  # fmt: skip

    def stocked(self, window: Window) -> Iterator[tuple[Sequence[Row], Any]]:
        """Items with what is there of each now, by the page."""
        fields = ("id", "number", "type", "inventory")
        return pages(self.service, Reads(self._path("items"), fields), window)

    def moved_since(self, day: str) -> Mapping[str, Decimal]:
        """By item, what entries dated after a day brought or took."""
        found: dict[str, Decimal] = {}
        fields = ("entryNumber", "itemNumber", "quantity")
        after = f"postingDate gt {day}"
        reads = Reads(self._path("itemLedgerEntries"), fields, "entryNumber", only=after)
        for records in self.service.all(reads):
            for one in records:
                qty = number(one["quantity"], self.zone) or Decimal(0)
                item = str(one["itemNumber"])
                found[item] = found.get(item, Decimal(0)) + qty
        return found

    def places(self) -> Iterator[Row]:
        """The ends of the ledger's entries, of which it names none."""
        for id_, name, kind in m.PLACES:
            shown = str(self.company.get("displayName") or name) if id_ == m.COMPANY else name
            yield {"source_id": id_, "name": shown, "code": id_, "kind": kind}

    def for_lines(self, ordered: Part, part: Part, documents: Sequence[Row]) -> list[Row]:
        """Posted documents whose lines say which lines of which orders they are for."""
        orders = sorted({str(one["orderNumber"]) for one in documents if one.get("orderNumber")})
        known: dict[str, list[Row]] = {}
        for begin in range(0, len(orders), ORDERS_AT_ONCE):
            some = orders[begin : begin + ORDERS_AT_ONCE]
            only = " or ".join(f"number eq {literal(one)}" for one in some)
            reads = Reads(
                self._path(ordered.set), ("id", "number"), only=f"({only})",
                expand={ordered.lines: LINE},
            )  # fmt: skip
            for page in self.service.all(reads):
                known |= {str(one["number"]): one[ordered.lines] for one in page}
        astray = [order for order in known if _is_astray(order, known[order], documents, part)]
        posted = {order: self._posted(part, order) for order in astray}
        return matched(documents, part.lines, known, posted)

    def _posted(self, part: Part, order: str) -> list[Row]:
        """All lines that were posted for an order, in the order of their posting."""
        reads = Reads(
            self._path(part.set), ("id", "number", "postingDate"),
            only=f"orderNumber eq {literal(order)}", expand={part.lines: LINE},
        )  # fmt: skip
        found = [one for page in self.service.all(reads) for one in page]
        found.sort(key=lambda one: (one["postingDate"], one["number"]))
        return [line for one in found for line in one[part.lines]]

    def _that_are_there(self, part: Part, reads: Reads) -> Reads:
        """Only fields that a page of one's own has; which those are nobody knows beforehand."""
        if missing := self.absent(part):
            raise SourceError("; ".join(missing), permanent=True)
        there = self._service(part).fields(part.set)
        return replace(reads, fields=tuple(one for one in reads.fields if one in there))

    def _service(self, part: Part) -> Service:
        return self.custom.get(part.set, self.service)

    def _path(self, name: str) -> str:
        return f"companies({self.company['id']})/{name}"


def reads_of(part: Part, path: str) -> Reads:
    """What is asked of a set: of a record with lines what is said of both."""
    entity = part.entity
    asked = [one for one in entity.asked() if one.partition(".")[0] not in OURS]
    stamp = entity.updated.removeprefix("of.")
    if part.lines:
        head = [one.removeprefix("of.") for one in entity.asked() if one.startswith("of.")]
        fields, lines = _once("id", "number", *head), _once("id", "sequence", *asked)
        return Reads(path, fields, "id", stamp, expand={part.lines: lines})
    key = "entryNumber" if part.set == "itemLedgerEntries" else "id"
    return Reads(path, _once("id", *asked), key, stamp, is_numbered=key == "entryNumber")


def _once(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _is_astray(order: str, lines: Sequence[Row], documents: Sequence[Row], part: Part) -> bool:
    """Whether something posted for an order has not the number of a line with its item."""
    item_of = {line["sequence"]: line.get("lineObjectNumber") for line in lines}
    return any(
        item_of.get(line["sequence"]) != line.get("lineObjectNumber")
        for one in documents if str(one.get("orderNumber")) == order
        for line in one.get(part.lines) or ()
    )  # fmt: skip
