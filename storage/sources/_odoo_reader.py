"""Reads models of one Odoo: whole tables by id, and what records mean only together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from storage.sources import Row, SourceError
from storage.sources._odoo_fields import (
    ADDRESSES,
    LOCATIONS,
    PICKING_TYPES,
    PRODUCT_UNITS,
    PURCHASES,
    SALES,
    UNITS,
    WAREHOUSES,
    Reads,
    renamed,
)
from storage.sources._odoo_known import Known
from storage.sources._odoo_rpc import Rpc
from storage.sources._odoo_values import link

PAGE = 500
ID_PAGE = 10_000
STORED = ("internal", "transit")
MEASURED = ("purchase_lines", "sale_lines", "receipts", "shipments")
DATED = ("purchases", "sales", *MEASURED)
ORDERS = {"purchase_lines": PURCHASES, "sale_lines": SALES}

Domain = list[Any]


@dataclass(frozen=True)
class Asked:
    """A model with the fields that this database has, under the names of Odoo 16."""

    rpc: Rpc
    reads: Reads
    names: dict[str, str]
    follows: tuple[str, ...]

    @classmethod
    def of(cls, rpc: Rpc, reads: Reads) -> "Asked":
        existing = fields_of(rpc, reads.model)
        follows = tuple(name for name in reads.follows if name in existing)
        return cls(rpc, reads, reads.asked(existing, rpc.http.base.host), follows)

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
        """All records of a domain."""
        after = 0
        while True:
            rows = self.page(domain or [], after, 2 * PAGE)
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
            domain = [*map(list, self.reads.domain), ["id", ">", after]]
            found: list[int] = self.rpc.call(
                self.reads.model, "search", domain=domain, order="id", limit=ID_PAGE
            )
            yield found
            if len(found) < ID_PAGE:
                return
            after = found[-1]


def fields_of(rpc: Rpc, model: str) -> frozenset[str]:
    """The fields that the user may read."""
    found = rpc.call(model, "fields_get", attributes=["type"])
    if not isinstance(found, dict):
        raise SourceError(f"{rpc.http.base.host}: {model} does not tell its fields")
    return frozenset(found)


def reference_data(rpc: Rpc, stream: str, zone: ZoneInfo) -> Known:
    """What all pages of a stream need: the zones of sites, locations, picking types, units."""
    known = Known(zone)
    if stream in DATED:
        sites = ((row["source_id"], row.get("tz")) for row in _warehouses(rpc))
        known = replace(known, zones={site: ZoneInfo(tz) for site, tz in sites if tz})
    if stream in ("receipts", "shipments", "stock_levels"):
        rows = list(Asked.of(rpc, LOCATIONS).all())
        place = {row["id"]: place_of(row) for row in rows if row["usage"] in STORED}
        known = replace(known, usage={row["id"]: row["usage"] for row in rows}, place=place)
    if stream in ("purchases", "purchase_lines"):
        types = Asked.of(rpc, PICKING_TYPES).all()
        found = ((row["id"], link(row["warehouse_id"])) for row in types)
        known = replace(known, depot={id_: f"warehouse/{house}" for id_, house in found if house})
    if stream in MEASURED:
        units = Asked.of(rpc, UNITS).all()
        factor = {row["id"]: Decimal(str(row["factor_inv"])) for row in units}
        known = replace(known, factor=factor)
    return known


def with_page(rpc: Rpc, known: Known, stream: str, rows: Sequence[Row]) -> Known:
    """The same with the products' units, and the orders of these lines."""
    if stream not in MEASURED:
        return known
    products = _named(rpc, PRODUCT_UNITS, rows, "product_id")
    orders = _named(rpc, ORDERS[stream], rows, "order_id") if stream in ORDERS else []
    return replace(
        known,
        base={row["id"]: tuple(row["uom_id"]) for row in products if row["uom_id"]},
        orders={row["id"]: row for row in orders},
    )


def locations(rpc: Rpc) -> Iterator[Row]:
    """All sites: each warehouse with its address's zone, and stores that belong to none."""
    yield from _warehouses(rpc)
    for row in Asked.of(rpc, LOCATIONS).all([["usage", "in", list(STORED)]]):
        if not link(row.get("warehouse_id")):
            yield {"source_id": place_of(row), "name": row["complete_name"], "kind": row["usage"]}


def _warehouses(rpc: Rpc) -> Iterator[Row]:
    rows = list(Asked.of(rpc, WAREHOUSES).all())
    zones = {row["id"]: _zone(row["tz"]) for row in _named(rpc, ADDRESSES, rows, "partner_id")}
    for row in rows:
        yield {
            "source_id": f"warehouse/{row['id']}",
            "name": row["name"],
            "code": row["code"] or None,
            "kind": "warehouse",
            "tz": zones.get(link(row.get("partner_id")) or 0),
        }


def _zone(name: Any) -> str | None:
    """The zone of an address, if it has one that is known here."""
    return name if isinstance(name, str) and name in available_timezones() else None


def place_of(location: Row) -> str:
    """Our reference of the site that a location is in: its warehouse, else itself."""
    warehouse = link(location.get("warehouse_id"))
    return f"warehouse/{warehouse}" if warehouse else f"location/{location['id']}"


def _named(rpc: Rpc, reads: Reads, rows: Iterable[Row], name: str) -> Iterable[Row]:
    """The records that a link of the rows points to."""
    ids = sorted({found for row in rows if (found := link(row.get(name)))})
    return Asked.of(rpc, reads).all([["id", "in", ids]]) if ids else []


def _records(found: Any, model: str) -> list[Row]:
    if not isinstance(found, list):
        raise SourceError(f"{model}: search_read gave no list")
    return found
