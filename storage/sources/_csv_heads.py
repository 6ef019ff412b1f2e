"""What several rows say of one thing: an order, a supplier, an item, a site.

Rows need not agree in what they say of it. Of each column the first value in the file counts (an
empty cell is none), so that a file means the same however often it is read. Of what purchases and
sales both name, purchases come first; a party that sells and buys is both.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any

from storage.sources import Row

Key = tuple[str, str]


class Heads:
    """Facts by table and id, each put together from all rows that speak of it.

    `among`: nothing else is of interest; null: everything is. All rows of a table name the same
    columns in the same order, so that only their values are kept: a file may name very many.
    """

    def __init__(self, among: Collection[Key] | None = None) -> None:
        self.rows: dict[Key, tuple[Any, ...]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._totals: dict[str, _Total] = {}
        self._among = among

    def add(self, table: str, row: Row) -> None:
        """Takes in what one row says; of a sales order that is the amount and end of one line."""
        key = (table, row["source_id"])
        if self._among is not None and key not in self._among:
            return
        if table == "salesorder":
            self._totals.setdefault(row["source_id"], _Total()).add(row)
        self._names.setdefault(table, tuple(row))
        self.rows[key] = _filled(self.rows.get(key, ()), tuple(row.values()))

    def doubt(self, order: str) -> None:
        """A row of an order was refused: what the order comes to is not known."""
        self._totals.setdefault(order, _Total()).amounts = {True: None, False: None}

    def facts(self, others: Sequence["Heads"] = ()) -> Iterator[tuple[str, Row]]:
        """All facts, in the order of the file. `others` are those of all files, this one included,
        that may speak of the same things, in the order in which they count."""
        for key in self.rows:
            table, source_id = key
            if table == "salesorder":
                yield table, {**self._row(key), **self._totals[source_id].columns()}
            else:
                yield table, merged([one._row(key) for one in others or [self] if key in one.rows])

    def _row(self, key: Key) -> Row:
        return dict(zip(self._names[key[0]], self.rows[key], strict=True))


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
