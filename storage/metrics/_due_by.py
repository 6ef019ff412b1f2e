"""What `_due` says of lines one by one, of very many lines at once: the same days and verdicts.

Only for the strict reading: by the first promise or the day asked for, to the day and in full.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from storage.curves_by import Flags, Ints
from storage.known.columns import Lines, Moved
from storage.metrics._due import Share, share

NO_DAY = 0


class Dues:
    """Lines as what is due; those of no or a negative quantity are no deliveries.

    Days are ordinals, 0 for none.
    """

    def __init__(self, lines: Lines) -> None:
        self.lines = lines.only(lines["qty"] > 0)

    def __len__(self) -> int:
        return len(self.lines)

    def only(self, which: Flags) -> "Dues":
        return Dues(self.lines.only(which))

    @cached_property
    def day(self) -> Ints:
        """The day that was first promised, else the one asked for; none where it lies before the
        order."""
        lines = self.lines
        first, asked = lines["promised_first"], lines["requested_on"]
        found = np.where(first != NO_DAY, first, asked)
        return np.where(found >= lines["ordered_on"], found, NO_DAY)

    @property
    def is_dated(self) -> Flags:
        found: Flags = self.day != NO_DAY
        return found

    @cached_property
    def moved(self) -> Moved:
        return self.lines.moved()

    @property
    def came_by_day(self) -> Ints:
        """What was there at the end of the day, without what had gone back by then."""
        moved = self.moved
        in_time = moved.on <= self.day[moved.line]
        found = np.zeros(len(self), np.int64)
        np.add.at(found, moved.line[in_time], moved.qty[in_time])
        return found

    @property
    def wanted(self) -> Ints:
        """What was to be there on the day: less what of it was called off by then."""
        lines = self.lines
        is_less = (lines["called_off_on"] != NO_DAY) & (lines["called_off_on"] <= self.day)
        return lines["qty"] - np.where(is_less, lines["called_off"], 0)

    @property
    def settled(self) -> tuple[Ints, Ints]:
        """The days on which all that was to be there on the day was, and on which it was called
        off: a rest that was called off after the day was waited for until then."""
        lines = self.lines
        is_later = lines["called_off_on"] > self.day
        return (
            np.where(is_later, NO_DAY, lines["ended_on"]),
            np.where(is_later, lines["called_off_on"], lines["left_on"]),
        )

    @property
    def owed(self) -> Ints:
        """What is still to come of open lines. What a customer sends back is not owed again."""
        moved, lines = self.moved, self.lines
        came = np.zeros(len(self), np.int64)
        qty = np.maximum(moved.qty, 0) if lines.whole.kept.side.party == "customer" else moved.qty
        np.add.at(came, moved.line, qty)
        return np.where(lines.is_open, np.maximum(lines["qty"] - came, 0), 0)

    @property
    def is_in_full(self) -> Flags:
        found: Flags = self.came_by_day >= self.wanted
        return found

    @property
    def is_on_time(self) -> Flags:
        """Whether enough was there by the day; where the rest was called off later, whether the
        last that came was."""
        done = self._reached(self.wanted)
        lines = self.lines
        is_less = (lines["left_on"] != NO_DAY) | (lines["called_off_on"] != NO_DAY)
        done = np.where((done == NO_DAY) & is_less, self._last_came, done)
        found: Flags = (done != NO_DAY) & (done <= self.day)
        return found

    @property
    def _last_came(self) -> Ints:
        moved = self.moved
        came = moved.qty > 0
        found = np.zeros(len(self), np.int64)
        np.maximum.at(found, moved.line[came], moved.on[came])
        return found

    def _reached(self, qty: Ints) -> Ints:
        """The first day by whose end so much had come; what is reversed on its day never did."""
        moved = self.moved
        if not len(moved.line):
            return np.zeros(len(self), np.int64)
        first = int(moved.on.min())
        length = int(moved.on.max()) - first + 1
        by_day = moved.line.astype(np.int64) * length + (moved.on - first)
        order = np.argsort(by_day)
        days = np.flatnonzero(np.diff(by_day[order], prepend=-1))
        line, on = moved.line[order][days], moved.on[order][days]
        came = np.maximum(np.add.reduceat(moved.qty[order], days), 0)
        running = np.cumsum(came)
        starts = np.flatnonzero(np.diff(line, prepend=-1))
        before = np.zeros(len(self), np.int64)
        before[line[starts]] = (running - came)[starts]
        is_enough = running - before[line] >= qty[line]
        found = np.zeros(len(self), np.int64)
        # from the last to the first, so that the first day stands
        found[line[is_enough][::-1]] = on[is_enough][::-1]
        return found

    def is_due_in(self, since: int, until: int, today: int) -> Flags:
        """What was due in the days [since, until) and whose day is over, without what had been
        called off by then."""
        day, left = self.day, self.lines["left_on"]
        is_due = (day != NO_DAY) & (since <= day) & (day < until) & (day < today)
        found: Flags = is_due & ~((left != NO_DAY) & (left <= day))
        return found


def per_group(holds: Flags, groups: Ints, count: int) -> list[Share]:
    """Of each group the share of lines for which something holds."""
    n = np.bincount(groups, minlength=count)
    hits = np.bincount(groups[holds], minlength=count)
    return [share(hit, of) for hit, of in zip(hits.tolist(), n.tolist(), strict=True)]


def months(days: Ints) -> tuple[Ints, Sequence[str]]:
    """The months in which days lie, numbered, and what they are called: "Mar 2026"."""
    found = (days.astype(np.int64) - _1970).astype("datetime64[D]").astype("datetime64[M]")
    every, places = np.unique(found, return_inverse=True)
    return places, [f"{month.item():%b %Y}" for month in every]


_1970 = 719_163  # the ordinal of its first day
