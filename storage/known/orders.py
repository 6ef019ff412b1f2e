"""Orders by their number: sales, purchases and productions, and how their promises moved."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session

from storage.known._rows import as_day
from storage.links import Key
from storage.models._types import instant_to_int, int_to_instant

MOST_NUMBERS = 5_000
# an IN list of a statement: SQLite takes no more than 32,766 values
PART = 5_000


@dataclass(frozen=True)
class Numbered:
    """An order of some kind by its number; `party` is whom it is from or to."""

    kind: Literal["sale", "purchase", "make"]
    key: Key
    number: str
    party: str | None


@dataclass(frozen=True)
class Promise:
    """What was promised, and since when we know it; a null day: no promise any more."""

    seen_at: datetime
    on: date | None


def numbered(session: Session, now: datetime, *numbers: str) -> list[Numbered]:
    """All orders known at `now` that bear one of some numbers, whatever their case."""
    query = text(_BY_NUMBER).bindparams(bindparam("numbers", expanding=True))
    lower = [number.lower() for number in numbers]
    found = session.execute(query, {"now": instant_to_int(now), "numbers": lower})
    return [Numbered(row[0], (row[1], row[2]), row[3], row[4]) for row in found]


def keyed(session: Session, now: datetime, key: str) -> list[Numbered]:
    """The order that is named by its source and its id there: "odoo:erp/sale/7"."""
    source, _, ref = key.partition("/")
    if not ref:
        return []
    every = _BY_NUMBER
    for name in ("o", "m"):
        every = every.replace(f"LOWER({name}.number) IN :numbers", _KEY.format(name=name))
    bound = {"now": instant_to_int(now), "source": source, "ref": ref}
    return [
        Numbered(row[0], (row[1], row[2]), row[3], row[4])
        for row in session.execute(text(every), bound)
    ]


def last_numbers(session: Session, now: datetime) -> list[str]:
    """The numbers of the newest orders, for whoever looks for one that is like it."""
    bound = {"now": instant_to_int(now), "most": MOST_NUMBERS}
    return [number for (number,) in session.execute(text(_LAST), bound)]


def numbers_of(session: Session, table: str, ids: Sequence[int]) -> dict[int, str]:
    """The numbers of orders of a table by their numbers in the store."""
    query = text(_NUMBERS.format(table=table)).bindparams(bindparam("ids", expanding=True))
    found: dict[int, str] = {}
    for at in range(0, len(ids), PART):
        rows = session.execute(query, {"ids": ids[at : at + PART]})
        found.update((row.id, row.number) for row in rows)
    return found


def promises(
    session: Session, now: datetime, table: str, keys: Sequence[Key]
) -> dict[Key, list[Promise]]:
    """Every promise of lines of a table that was seen before `now`, in the order it was seen."""
    query = text(_PROMISES.format(which="source_id IN :refs"))
    query = query.bindparams(bindparam("refs", expanding=True))
    found: dict[Key, list[Promise]] = {}
    refs = sorted({ref for _, ref in keys})
    for at in range(0, len(refs), PART):
        some = {"table": table, "refs": refs[at : at + PART]}
        found.update(_promises(session, query, now, some))
    return {key: found[key] for key in keys if key in found}


def promises_from(session: Session, now: datetime, table: str) -> datetime | None:
    """When the first promise of a line of a table was seen; null where none was before `now`."""
    (at,) = session.execute(text(_FIRST), {"table": table, "now": instant_to_int(now)}).one()
    return None if at is None else int_to_instant(at)


def promises_since(
    session: Session, now: datetime, table: str, since: datetime
) -> dict[Key, list[Promise]]:
    """The same of all lines, of promises that were seen in [since, now)."""
    query = text(_PROMISES.format(which="seen_at >= :since"))
    return _promises(session, query, now, {"table": table, "since": instant_to_int(since)})


def _promises(
    session: Session, query: TextClause, now: datetime, bound: dict[str, Any]
) -> dict[Key, list[Promise]]:
    found: dict[Key, list[Promise]] = defaultdict(list)
    for source, ref, new, at in session.execute(query, {**bound, "now": instant_to_int(now)}):
        found[source, ref].append(Promise(int_to_instant(at), as_day(new)))
    return dict(found)


_BY_NUMBER = """
SELECT 'sale', o.source, o.source_id, o.number, p.name FROM salesorder o
  LEFT JOIN party p ON p.source = o.source AND p.source_id = o.customer_ref
 WHERE o.deleted_at IS NULL AND o.ordered_at < :now AND LOWER(o.number) IN :numbers
UNION ALL
SELECT 'purchase', o.source, o.source_id, o.number, p.name FROM purchaseorder o
  LEFT JOIN party p ON p.source = o.source AND p.source_id = o.supplier_ref
 WHERE o.deleted_at IS NULL AND o.ordered_at < :now AND LOWER(o.number) IN :numbers
UNION ALL
SELECT 'make', m.source, m.source_id, m.number, NULL FROM makeorder m
 WHERE m.deleted_at IS NULL AND COALESCE(m.released_at, m.started_at, m.first_seen_at) < :now
   AND LOWER(m.number) IN :numbers
 ORDER BY 1, 2, 3"""

_NUMBERS = "SELECT id, number FROM {table} WHERE id IN :ids"

_KEY = "{name}.source = :source AND {name}.source_id = :ref"

_LAST = """
SELECT number FROM (
  SELECT number, ordered_at AS at FROM salesorder WHERE deleted_at IS NULL AND ordered_at < :now
  UNION ALL
  SELECT number, ordered_at FROM purchaseorder WHERE deleted_at IS NULL AND ordered_at < :now
  UNION ALL
  SELECT number, released_at FROM makeorder WHERE deleted_at IS NULL AND released_at < :now
) every ORDER BY at DESC LIMIT :most"""

_FIRST = """
SELECT MIN(seen_at) FROM fieldchange
 WHERE entity = :table AND field = 'promised_on' AND seen_at < :now"""

_PROMISES = """
SELECT source, source_id, new, seen_at FROM fieldchange
 WHERE entity = :table AND field = 'promised_on' AND {which} AND seen_at < :now
 ORDER BY seen_at, id"""
