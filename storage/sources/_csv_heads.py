"""What several rows say of one thing: an order, a supplier, an item, a site.

Rows need not agree in what they say of it. Of each column the first value in the file counts (an
empty cell is none), so that a file means the same however often it is read. Of what purchases and
sales both name, purchases come first; a party that sells and buys is both.
"""

from collections.abc import Container, Iterator, Sequence
from decimal import Decimal
from typing import Any

from storage.sources import Row
from storage.spill import Spill

Key = tuple[str, str]


class Heads:
    """Facts by table and id, each put together from all rows that speak of it.

    `among`: nothing else is of interest; null: everything is. All rows of a table name the same
    columns in the same order, so that only their values are kept, and most of them on disk: a
    file may name very many.
    """

    def __init__(self, among: Container[Key] | None = None) -> None:
        self._rows: dict[str, Spill[tuple[Any, ...]]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._totals: Spill[_Total] = Spill()
        self._among = among

    def add(self, table: str, row: Row) -> None:
        """Takes in what one row says; of a sales order that is the amount and end of one line."""
        source_id = row["source_id"]
        if self._among is not None and (table, source_id) not in self._among:
            return
        if table == "salesorder":
            total = self._totals.get(source_id) or _Total()
            total.add(row)
            self._totals.put(source_id, total)
        self._names.setdefault(table, tuple(row))
        kept = self._rows.setdefault(table, Spill())
        kept.put(source_id, _filled(kept.get(source_id) or (), tuple(row.values())))

    def doubt(self, order: str) -> None:
        """A row of an order was refused: what the order comes to is not known."""
        total = self._totals.get(order) or _Total()
        total.amounts = {True: None, False: None}
        self._totals.put(order, total)

    def __contains__(self, key: object) -> bool:
        """Whether anything was said of a (table, id)."""
        table, source_id = key if isinstance(key, tuple) else ("", "")
        return table in self._rows and source_id in self._rows[table]

    def keys(self) -> Iterator[Key]:
        """What was spoken of, table by table, in the order of the file."""
        for table, kept in self._rows.items():
            for source_id in kept:
                yield table, source_id

    def facts(self, others: Sequence["Heads"] = ()) -> Iterator[tuple[str, Row]]:
        """All facts, in the order of `keys`. `others` are those of all files, this one included,
        that may speak of the same things, in the order in which they count."""
        for key in self.keys():
            table, source_id = key
            if table == "salesorder":
                total = self._totals.get(source_id) or _Total()
                yield table, {**self._row(key), **total.columns()}
            else:
                yield table, merged([one._row(key) for one in others or [self] if key in one])

    def _row(self, key: Key) -> Row:
        return dict(zip(self._names[key[0]], self._rows[key[0]].get(key[1]) or (), strict=True))


def merged(rows: Sequence[Row]) -> Row:
    """One row of several: of each column the first value."""
    found = dict(rows[0])
    for row in rows[1:]:
        found |= {name: value for name, value in row.items() if found.get(name) is None}
        if row.get("kind") not in (None, found.get("kind")):
            found["kind"] = "both"
    return found


def _filled(values: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, and where they leave a column open those of another row."""
    if not values:
        return more
    if None not in values:
        return values
    return tuple(b if a is None else a for a, b in zip(values, more, strict=True))


class _Total:
    """What the lines of a sales order come to, those that were called off apart."""

    def __init__(self) -> None:
        self.amounts: dict[bool, Decimal | None] = {True: Decimal(0), False: Decimal(0)}
        self.currencies: set[str] = set()
        self.living = 0
        self.ended: tuple[Any, ...] = (None, None)

    def add(self, line: Row) -> None:
        is_off, amount = line["cancelled_at"] is not None, line["amount"]
        so_far = self.amounts[is_off]
        self.amounts[is_off] = None if amount is None or so_far is None else so_far + amount
        self.currencies |= {line["currency"]} - {None}
        self.living += not is_off
        if is_off and (self.ended[0] is None or line["cancelled_at"] > self.ended[0]):
            self.ended = line["cancelled_at"], line["cancelled_on"]

    def columns(self) -> Row:
        """The order's amount, where all lines have one and in one currency; and when it ended.

        It ends with its last line; until then lines that were called off are not in the amount.
        """
        is_off = not self.living
        at, on = self.ended if is_off else (None, None)
        amount = self.amounts[is_off] if len(self.currencies) < 2 else None
        return {"amount": amount, "cancelled_at": at, "cancelled_on": on}
