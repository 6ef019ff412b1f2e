"""Rows of a query kept by column, as arrays in the order of their ids; and names as numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]
# no day, no instant, no amount; later than any instant
NO_DAY, NO_AMOUNT, NEVER = 0, -(2**62), 2**62
NOTHING = -1
# a table of places by id may have so many gaps
SPARSE = 16
# room for a twentieth more, and for so many rows
ROOM, FEWEST = 20, 1_000


class Codes(dict[Any, int]):
    """Numbers for things, counted from 0 in the order in which they are met; -1 for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Any] = []

    def __missing__(self, key: Any) -> int:
        if not key or not key[-1]:
            return NOTHING
        self[key] = code = len(self.known)
        self.known.append(key)
        return code


class Days(dict[str, int]):
    """Ordinals of days written as ISO text; 0 for none."""

    def __missing__(self, text: str) -> int:
        self[text] = day = date.fromisoformat(text).toordinal() if text else NO_DAY
        return day


DAYS = Days()


class Rows:
    """Columns of equal length, by name; `id` ascends. It never changes: `put` gives another.

    Both share what is the same in them: a column of which nothing changed, and the room behind
    the last row, in which the other has more.
    """

    def __init__(self, columns: Mapping[str, Ints]) -> None:
        self.columns = dict(columns)
        self.ids = self.columns["id"]
        self._places: Ints | None = None
        self._has_grown = False

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def nbytes(self) -> int:
        return sum(one.nbytes for one in self.columns.values())

    def places(self, ids: Ints) -> Ints:
        """Where rows of some ids stand; -1 for one that is not here."""
        if not len(self.ids):
            return np.full(len(ids), NOTHING, np.int64)
        top = int(self.ids[-1])
        if top > SPARSE * len(self.ids):
            at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
            return np.where(self.ids[at] == ids, at, NOTHING)
        if self._places is None:
            places = np.full(top + 1, NOTHING, np.int32)
            places[self.ids] = np.arange(len(self.ids), dtype=np.int32)
            self._places = places  # only now: other threads may ask meanwhile
        known = (ids >= 0) & (ids <= top)
        return np.where(known, self._places[np.where(known, ids, 0)], NOTHING)

    def put(self, fresh: "Rows") -> "Rows":
        """The same with some rows put in the place of those of their ids, or added."""
        if not len(fresh):
            return self
        at = self.places(fresh.ids)
        old, new = np.flatnonzero(at >= 0), np.flatnonzero(at < 0)
        is_last = not len(new) or not len(self) or fresh.ids[new[0]] > self.ids[-1]
        made = {
            name: self._more(_changed(column, at[old], fresh[name][old]), fresh[name][new])
            for name, column in self.columns.items()
        }
        self._has_grown = self._has_grown or len(new) > 0
        if not is_last:
            order = np.argsort(made["id"], kind="stable")
            made = {name: column[order] for name, column in made.items()}
        return Rows(made)

    def _more(self, column: Ints, fresh: Ints) -> Ints:
        """The column with more behind it, in its own room where that is free."""
        if not len(fresh):
            return column
        n, end = len(column), len(column) + len(fresh)
        room = column.base
        if not isinstance(room, np.ndarray) or len(room) < end or self._has_grown:
            room = np.empty(end + end // ROOM + FEWEST, column.dtype)
            room[:n] = column
        room[n:end] = fresh
        return room[:end]


def _changed(column: Ints, at: Ints, values: Ints) -> Ints:
    """The column with other values at some places: itself where they are the same."""
    if (column[at] == values).all():
        return column
    changed = column.copy()
    changed[at] = values
    return changed


def joined(parts: Iterable[dict[str, Ints]], kinds: Mapping[str, Any]) -> Rows:
    """Rows of several parts, in the order of their ids."""
    every = list(parts)
    length = sum(len(part["id"]) for part in every)
    ids = np.concatenate([part["id"] for part in every]) if every else np.empty(0, np.int64)
    order = np.argsort(ids, kind="stable") if (np.diff(ids) < 0).any() else None
    columns = {}
    for name, kind in kinds.items():
        room = np.empty(length + length // ROOM + FEWEST, kind)
        at = 0
        for part in every:
            column = part.pop(name)  # what is joined need not be kept twice
            room[at : at + len(column)] = column
            at += len(column)
        if order is not None:
            room[:length] = room[:length][order]
        columns[name] = room[:length]
    return Rows(columns)


def numbers(column: Sequence[Any], kind: Any) -> Ints:
    return np.array(column, dtype=kind)


def ordinals(column: Iterable[str]) -> Ints:
    return np.array(list(map(DAYS.__getitem__, column)), dtype=np.int32)


def codes(known: Codes, *columns: Iterable[Any]) -> Ints:
    """The numbers of things that one column, or several together, name."""
    keys = columns[0] if len(columns) == 1 else zip(*columns, strict=True)
    return np.array(list(map(known.__getitem__, keys)), dtype=np.int32)
