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
    """Columns of equal length, by name; `id` ascends. It never changes: `put` gives another."""

    def __init__(self, columns: Mapping[str, Ints]) -> None:
        self.columns = dict(columns)
        self.ids = self.columns["id"]
        self._places: Ints | None = None

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
            self._places = np.full(top + 1, NOTHING, np.int64)
            self._places[self.ids] = np.arange(len(self.ids))
        known = (ids >= 0) & (ids <= top)
        return np.where(known, self._places[np.where(known, ids, 0)], NOTHING)

    def put(self, fresh: "Rows") -> "Rows":
        """The same with some rows put in the place of those of their ids, or added."""
        if not len(fresh):
            return self
        at = self.places(fresh.ids)
        old = at >= 0
        made = {}
        for name, column in self.columns.items():
            changed = column.copy()
            changed[at[old]] = fresh[name][old]
            made[name] = np.concatenate([changed, fresh[name][~old]]) if not old.all() else changed
        if not old.all() and (np.diff(made["id"]) < 0).any():
            order = np.argsort(made["id"], kind="stable")
            made = {name: column[order] for name, column in made.items()}
        return Rows(made)


def joined(parts: Iterable[Mapping[str, Ints]], kinds: Mapping[str, Any]) -> Rows:
    """Rows of several parts, in the order of their ids."""
    every = list(parts)
    columns: dict[str, Ints] = {
        name: np.concatenate([part[name] for part in every]) if every else np.empty(0, kind)
        for name, kind in kinds.items()
    }
    if (np.diff(columns["id"]) < 0).any():
        order = np.argsort(columns["id"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
    return Rows(columns)


def numbers(column: Sequence[Any], kind: Any) -> Ints:
    return np.array(column, dtype=kind)


def ordinals(column: Iterable[str]) -> Ints:
    return np.array(list(map(DAYS.__getitem__, column)), dtype=np.int32)


def codes(known: Codes, *columns: Iterable[Any]) -> Ints:
    """The numbers of things that one column, or several together, name."""
    keys = columns[0] if len(columns) == 1 else zip(*columns, strict=True)
    return np.array(list(map(known.__getitem__, keys)), dtype=np.int32)
