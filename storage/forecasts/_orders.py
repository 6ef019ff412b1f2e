"""Purchase lines as columns of numbers, so that a million of them are fitted at once.

Days are ordinals; 0 stands for none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from storage.forecasts._dormant import coming
from storage.known import Named
from storage.known.columns import Lines
from storage.known.purchases import Line

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DIMENSIONS = ("supplier", "item", "category", "lane")
HALF_LIFE = 180
_COLUMNS = 4 + len(DIMENSIONS)
_DAYS = 1 << 21


@dataclass(frozen=True)
class Orders:
    """Order lines by number: when each began, ended (`end`) or was called off (`left`).

    Rows of one `group` that end alike on one day are one observation. `codes` are numbers of
    names by dimension; `names[dimension][code]` is the name, "" where there is none.
    """

    start: Ints
    end: Ints
    left: Ints
    group: Ints
    codes: Mapping[str, Ints]
    names: Mapping[str, list[str]]

    def __len__(self) -> int:
        return len(self.start)

    def of(self, rows: Flags | Ints) -> "Orders":
        """Some of the rows."""
        codes = {name: code[rows] for name, code in self.codes.items()}
        return Orders(
            self.start[rows], self.end[rows], self.left[rows], self.group[rows], codes, self.names
        )


@dataclass(frozen=True)
class Seen:
    """What was known of orders before a day: `rows` that had begun, and for each of them the days
    it took or is old, whether it `ended` or `left`, what it weighs, what share of an observation
    it is, and the probability that it is `coming` at all (see `_dormant.py`).

    An order weighs half as much for each `HALF_LIFE` days since it began, times `coming`.
    """

    rows: Ints
    days: Ints
    ended: Flags
    left: Flags
    weight: Floats
    share: Floats
    coming: Floats


def orders_in(lines: Lines) -> Orders:
    """Purchase lines that are columns already; the same as `orders_of` has of them.

    Names have their numbers by the alphabet, so that the order of reading tells nothing.
    """
    days = [lines[one].astype(np.int64) for one in ("ordered_on", "ended_on", "left_on")]
    coded = {one: codes_of(lines, one) for one in DIMENSIONS}
    _, group = np.unique(lines["group"], return_inverse=True)
    columns = [*days, group, *(code for code, _ in coded.values())]
    start, end, left, *_ = columns
    is_sane = np.where(end > 0, end, np.where(left > 0, left, start)) >= start
    rows = _distinct([one[is_sane] for one in columns])
    start, end, left, group, *codes = rows
    return Orders(
        start, end, left, group, dict(zip(DIMENSIONS, codes, strict=True)),
        {one: names for one, (_, names) in coded.items()},
    )  # fmt: skip


def codes_of(lines: Lines, dimension: str) -> tuple[Ints, list[str]]:
    """The number of each line's name, and the names: "" first, then by the alphabet."""
    split = lines.by(dimension)
    names, number = np.unique(
        np.array(["", *(named(one) for one in split.values)]), return_inverse=True
    )
    return number[1:].astype(np.int64)[split.places], names.tolist()


def _distinct(columns: Sequence[Ints]) -> list[Ints]:
    """The rows that there are, each once, in order."""
    if not len(columns[0]):
        return list(columns)
    order = np.lexsort(columns[::-1])
    ranked = [one[order] for one in columns]
    is_new = np.concatenate([[True], np.any([one[1:] != one[:-1] for one in ranked], axis=0)])
    return [one[is_new] for one in ranked]


def orders_of(lines: Iterable[Line]) -> Orders:
    """The columns of purchase lines. Receipts dated before their order are left out."""
    names: dict[str, dict[str, int]] = {one: {"": 0} for one in DIMENSIONS}
    flat = np.fromiter(chain.from_iterable(_rows(lines, names)), np.int64)
    rows = np.unique(flat.reshape(-1, _COLUMNS), axis=0)
    start, end, left, group, *codes = rows.T
    return Orders(
        start, end, left, group, dict(zip(DIMENSIONS, codes, strict=True)),
        {one: list(found) for one, found in names.items()},
    )  # fmt: skip


def _rows(lines: Iterable[Line], names: Mapping[str, dict[str, int]]) -> Iterator[tuple[int, ...]]:
    groups: dict[tuple[str, str, str | None], int] = {}
    for line in lines:
        start, end, left = line.ordered_on, line.completed_on, line.cancelled_on
        if (end or left or start) < start:
            continue
        yield (
            start.toordinal(), end.toordinal() if end else 0, left.toordinal() if left else 0,
            groups.setdefault(line.group, len(groups)),
            *(
                names[one].setdefault(named(getattr(line, one)), len(names[one]))
                for one in DIMENSIONS
            ),
        )  # fmt: skip


def named(value: Named | str | None) -> str:
    """A value of a dimension as a name that no other has; "" for none."""
    if isinstance(value, Named):
        return f"{value.source}/{value.ref}"
    return value or ""


def seen_before(orders: Orders, day: int) -> Seen:
    """What was known of orders before a day; what ended or left on it or later was open."""
    rows = np.flatnonzero(orders.start < day)
    start, end, left = orders.start[rows], orders.end[rows], orders.left[rows]
    ended = (end > 0) & (end < day)
    gone = (left > 0) & (left < day) & ~ended
    last = np.where(ended, end, np.where(gone, left, day - 1))
    weight = 0.5 ** ((day - start) / HALF_LIFE)
    share = _shares(orders.group[rows], last, ended)
    comes = coming(last - start, day - start, ended, gone, weight * share)
    return Seen(rows, last - start, ended, gone, weight * comes, share, comes)


def _shares(group: Ints, last: Ints, ended: Flags) -> Floats:
    """One by how many rows of a group end alike on the same day."""
    if np.bincount(group).max(initial=0) <= 1:
        return np.broadcast_to(1.0, len(group))  # takes no room
    state = (group * _DAYS + last) * 2 + ended
    _, place, count = np.unique(state, return_inverse=True, return_counts=True)
    shares: Floats = 1 / count[place]
    return shares
