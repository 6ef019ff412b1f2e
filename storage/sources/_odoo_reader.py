"""Reads models of one Odoo: whole tables by id, and its sites with the places in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from storage.sources import Row, SourceError
from storage.sources._odoo_fields import ADDRESSES, LOCATIONS, WAREHOUSES, Reads, renamed
from storage.sources._odoo_rpc import NoModel, Rpc
from storage.sources._odoo_values import Record, link

PAGE = 500
ID_PAGE = 10_000
STORED = ("internal", "transit")
# The steps of a warehouse that goods pass before and behind its stock.
STEPS = {"wh_input_stock_loc_id": "input", "wh_qc_stock_loc_id": "input",
         "wh_output_stock_loc_id": "output", "wh_pack_stock_loc_id": "output"}  # fmt: skip

Domain = list[Any]


@dataclass(frozen=True)
class Asked:
    """A model with the fields that this database has, under the names of Odoo 16.

    `domain` is the condition of the records that are read of it at all.
    """

    rpc: Rpc
    reads: Reads
    names: dict[str, str]
    follows: tuple[str, ...]
    domain: Domain

    @classmethod
    def of(cls, rpc: Rpc, reads: Reads) -> "Asked":
        existing = fields_of(rpc, reads.model)
        follows = tuple(name for name in reads.follows if name in existing)
        names = reads.asked(existing, rpc.http.base.host)
        return cls(rpc, reads, names, follows, reads.condition(existing))

    @classmethod
    def if_there(cls, rpc: Rpc, reads: Reads) -> "Asked | None":
        """The same, or null for optional reads of what no installed app brings."""
        try:
            existing = fields_of(rpc, reads.model)
        except NoModel:
            if reads.is_optional:
                return None
            raise
        if reads.is_optional and reads.missing(existing):
            return None
        return cls.of(rpc, reads)

    def page(self, domain: Domain, after: int, limit: int = PAGE) -> list[Row]:
        """The records behind the id `after`, in order of ids."""
        found = self.rpc.call(
            self.reads.model,
            "search_read",
            domain=[*domain, ["id", ">", after]],
            fields=list(self.names),
            order="id",
            limit=limit,
        )
        return [renamed(record, self.names) for record in _records(found, self.reads.model)]

    def all(self, domain: Domain | None = None) -> Iterator[Row]:
        """All records of a domain, of those that are read at all."""
        after = 0
        while True:
            rows = self.page([*self.domain, *(domain or [])], after, 2 * PAGE)
            yield from rows
            if len(rows) < 2 * PAGE:
                return
            after = rows[-1]["id"]

    def count(self, domain: Domain) -> int:
        return int(self.rpc.call(self.reads.model, "search_count", domain=domain))

    def ids(self) -> Iterator[list[int]]:
        """All living ids, in order; at least one batch, if an empty one."""
        after = 0
        while True:
            domain = [*self.domain, ["id", ">", after]]
            found: list[int] = self.rpc.call(
                self.reads.model, "search", domain=domain, order="id", limit=ID_PAGE
            )
            yield found
            if len(found) < ID_PAGE:
                return
            after = found[-1]


def fields_of(rpc: Rpc, model: str) -> frozenset[str]:
    """The fields that the user may read; asked for once while the way is open."""
    if model in rpc.fields:
        return rpc.fields[model]
    found = rpc.call(model, "fields_get", attributes=["type"])
    if not isinstance(found, dict):
        raise SourceError(f"{rpc.http.base.host}: {model} does not tell its fields")
    rpc.fields[model] = frozenset(found)
    return rpc.fields[model]


def locations(rpc: Rpc) -> Iterator[Row]:
    """All sites and places: each warehouse with its address's zone, and every location.

    A place in a warehouse has its zone; a store that belongs to none is a site of its own.
    """
    steps, zones = steps_of(rpc), {}
    for row in warehouses(rpc):
        zones[row["source_id"]] = row["tz"]
        yield row
    for row in Asked.of(rpc, LOCATIONS).all([["usage", "!=", "view"]]):
        site = place_of(row)
        is_within = site in zones
        yield {
            "source_id": f"location/{row['id']}",
            "name": row["complete_name"] or f"(no name, {row['id']})",
            "kind": steps.get(row["id"], row["usage"]),
            "site_ref": site if is_within else None,
            "tz": zones.get(site),
        }


def warehouses(rpc: Rpc) -> Iterator[Row]:
    """The warehouses as sites."""
    rows = list(Asked.of(rpc, WAREHOUSES).all())
    zones = {row["id"]: _zone(row["tz"]) for row in named(rpc, ADDRESSES, rows, "partner_id")}
    for row in rows:
        yield {
            "source_id": f"warehouse/{row['id']}",
            "name": row["name"],
            "code": row["code"] or None,
            "kind": "warehouse",
            "tz": zones.get(link(row.get("partner_id")) or 0),
        }


def steps_of(rpc: Rpc) -> dict[int, str]:
    """By id, the locations in which goods are not put away yet (input) or are picked (output)."""
    return {
        found: kind
        for row in Asked.of(rpc, WAREHOUSES).all()
        for name, kind in STEPS.items()
        if (found := link(row.get(name)))
    }


def _zone(name: Any) -> str | None:
    """The zone of an address, if it has one that is known here."""
    return name if isinstance(name, str) and name in available_timezones() else None


def place_of(location: Row) -> str:
    """Our reference of the site that a location is in: its warehouse, else itself."""
    warehouse = link(location.get("warehouse_id"))
    return f"warehouse/{warehouse}" if warehouse else f"location/{location['id']}"


def named(rpc: Rpc, reads: Reads, rows: Iterable[Record], name: str) -> Iterable[Row]:
    """The records that a link of the rows points to."""
    ids = sorted({found for row in rows if (found := link(row.get(name)))})
    return Asked.of(rpc, reads).all([["id", "in", ids]]) if ids else []


def _records(found: Any, model: str) -> list[Row]:
    if not isinstance(found, list):
        raise SourceError(f"{model}: search_read gave no list")
    return found
