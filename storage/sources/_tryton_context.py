"""What the records of a stream need beside themselves: units, places, moves, bills."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.sources import Row
from storage.sources._tryton_fields import (
    BILLS,
    BOOKED,
    COMPANIES,
    LOCATIONS,
    MOVES,
    OUTPUTS,
    UNITS,
    Domain,
)
from storage.sources._tryton_known import Known
from storage.sources._tryton_make import recipes
from storage.sources._tryton_reader import Reader
from storage.sources._tryton_stock import site
from storage.sources._tryton_values import day

ORDER_LINES = ("purchase_lines", "sale_lines")
MEASURED = (
    *ORDER_LINES, "receipts", "shipments", "stock_moves", "make_orders", "consumption", "bom_lines",
)  # fmt: skip
COSTED = ("items", "stock_moves", "stock_levels")


def known_of(reader: Reader, stream: str, zone: ZoneInfo) -> Known:
    """What all pages of a stream need."""
    known = Known(zone)
    if stream in COSTED:
        known = replace(known, currency=_currency(reader))
    if stream in MEASURED:
        rows = {row["id"]: row for row in reader.all(LOCATIONS)}
        known = replace(
            known,
            units={row["id"]: _factor(row) for row in reader.all(UNITS)},
            place={id_: site(id_, rows) for id_ in rows},
            type={id_: row["type"] for id_, row in rows.items()},
        )
    if stream == "bom_lines":
        made = recipes(reader.all(BILLS), reader.all(OUTPUTS), known)
        known = replace(known, recipes=made)
    return known


def with_page(reader: Reader, known: Known, stream: str, records: Sequence[Row]) -> Known:
    """The same with what the records of a page lead to."""
    if stream in ORDER_LINES or stream == "make_orders":
        name = "outputs" if stream == "make_orders" else "moves"
        ids = sorted(id_ for record in records for id_ in record[name])
        moves = reader.all(MOVES, [["id", "in", ids]]) if ids else []
        return replace(known, moves={move["id"]: move for move in moves})
    if stream == "partners" and records:
        among: Domain = [["party", "in", [record["id"] for record in records]]]
        supply = reader.linked("purchase.purchase", "party", among)
        demand = reader.linked("sale.sale", "party", among)
        return replace(known, supply=frozenset(supply), demand=frozenset(demand))
    if stream == "invoices":
        names = ("lines_to_pay", "reconciliation_lines")
        ids = sorted({id_ for record in records for name in names for id_ in record[name]})
        lines = list(reader.all(BOOKED, [["id", "in", ids]])) if ids else []
        return replace(known, due=_days(lines, "maturity_date"), booked=_days(lines, "date"))
    return known


def _days(lines: Sequence[Row], name: str) -> dict[int, date]:
    return {line["id"]: on for line in lines if (on := day(line[name]))}


def _currency(reader: Reader) -> str | None:
    """That of the company whose costs the user sees."""
    companies = list(reader.all(COMPANIES))
    own = reader.rpc.context.get("company")  # known once something was asked
    found = [one for one in companies if one["id"] == own] or companies
    return (found[0]["currency."] or {}).get("code") if found else None


def _factor(unit: Row) -> Decimal:
    """How many of its category's reference unit a unit is; the rounder of the two numbers."""
    factor, rate = Decimal(str(unit["factor"])), Decimal(str(unit["rate"]))
    return factor if factor >= 1 else 1 / rate
