"""Order lines as known at an instant, a column each: what `purchases` and `sales` tell line by
line, for figures of very many at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.known._columns_made import Known
from storage.known._kept_lines import Things, kept
from storage.known._kept_rows import NO_DAY, Flags, Ints
from storage.known._kept_sql import PURCHASES, SALES, Side
from storage.known._rows import Named, Span
from storage.links import Key
from storage.memory import Memory
from storage.models._types import instant_to_int

Value = Named | str | None
# lines of so many spans are kept for the next question of the same round
MOST_SPANS = 16


@dataclass(frozen=True)
class Split:
    """Lines by the values of a dimension: for each line the place of its own in `values`."""

    places: Ints
    values: tuple[Value, ...]

    @property
    def counts(self) -> list[int]:
        """How many lines each value has."""
        found: list[int] = np.bincount(self.places, minlength=len(self.values)).tolist()
        return found


@dataclass(frozen=True)
class Moved:
    """Goods that came or went: of which line (its place), on which day, how many; in no order."""

    line: Ints
    on: Ints
    qty: Ints


@dataclass(frozen=True)
class Carried:
    """Goods that were sent: of which line (its place), on which day, and on which they were at the
    customer (0: not known to be); in no order."""

    line: Ints
    sent_on: Ints
    delivered_on: Ints


@dataclass(frozen=True)
class Promised:
    """A promise of each line: -1 in `line` where it has none, when it was seen, and for when."""

    line: Ints
    at: Ints
    on: Ints


class Lines:
    """Lines as known at an instant; `rows` are their places among all that are kept.

    Days are ordinals, 0 for none; instants are microseconds; quantities and money are as stored.
    """

    def __init__(self, whole: Known, rows: Ints, zone: ZoneInfo | None = None) -> None:
        self.whole, self.rows, self.zone = whole, rows, zone
        self._columns: dict[str, Ints] = {}
        self._is_all = len(rows) == len(whole.kept.lines)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Ints:
        """A column of these lines: one that is stored, or one that is known of them.

        `ended_on` is the day by which the accepted quantity was all there (of a sale: had gone
        out), `left_on` that on which an incomplete line was called off, `called_off` what of a
        complete one was, on `called_off_on`. `party`, `item` and words stand as numbers.
        """
        found = self._columns.get(name)
        if found is None:
            column = self.whole[name] if name != "ordered_at" else self.whole.ordered_at(self.zone)
            found = self._columns[name] = column if self._is_all else column[self.rows]
        return found

    def only(self, which: Flags) -> "Lines":
        """Some of the lines."""
        return Lines(self.whole, self.rows[which], self.zone)

    @property
    def texts(self) -> Sequence[str]:
        """The words that numbers stand for in columns of words, such as `country`."""
        return self.whole.kept.names.texts.known

    @property
    def is_open(self) -> Flags:
        found: Flags = (self["ended_on"] == NO_DAY) & (self["left_on"] == NO_DAY)
        return found

    def keys(self, dimension: str) -> list[Key]:
        """The keys of all parties or items that there are."""
        # a copy: another thread may bring what is kept up to date, which adds keys
        return list(_numbers(self.whole, self._column(dimension)))

    def is_ordered(self, start: datetime, end: datetime) -> Flags:
        """Which of them were ordered in [start, end)."""
        at = self["ordered_at"]
        return (at >= instant_to_int(start)) & (at < instant_to_int(end))

    def of(self, dimension: str, wanted: Iterable[Any]) -> "Lines":
        """The lines of some parties or items, by key; or of words."""
        column = self._column(dimension)
        known = _numbers(self.whole, column)
        numbers = [known[one] for one in wanted if one in known]
        return self.only(np.isin(self[column], numbers))

    def by(self, dimension: str) -> Split:
        """The lines by a dimension; those without a value have null for theirs."""
        column = self._column(dimension)
        numbers = self[column] + 1
        present = np.flatnonzero(np.bincount(numbers)) if len(numbers) else numbers
        place = np.zeros(int(present[-1]) + 1 if len(present) else 0, np.int64)
        place[present] = np.arange(len(present))
        value = _value(self.whole, column)
        values = tuple(None if at == 0 else value(at - 1) for at in present.tolist())
        return Split(place[numbers], values)

    def first_promise(self, since: datetime) -> Promised:
        """Of each line the first promise that was seen of it in [since, now)."""
        ledger, lines = self.whole.kept.ledger, self.whole.kept.lines
        place = lines.places(ledger["line"])
        at = ledger["at"]
        seen = np.flatnonzero(
            (place >= 0) & (ledger["on"] != NO_DAY)
            & (at >= instant_to_int(since)) & (at < self.whole.stamp)
        )  # fmt: skip
        # from the last to the first, so that the first stands
        seen = seen[np.argsort(at[seen], kind="stable")][::-1]
        first = np.full(len(lines), -1, np.int64)
        first[place[seen]] = seen
        mine = first[self.rows]
        return Promised(
            mine, at[mine] if len(at) else mine, ledger["on"][mine] if len(at) else mine
        )

    def _column(self, dimension: str) -> str:
        return "party" if dimension == self.whole.kept.side.party else dimension

    def moved(self) -> Moved:
        """What was moved of these lines."""
        line, on, qty, _ = self.whole.moves
        place = np.full(len(self.whole.kept.lines), -1, np.int32)
        place[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        found = place[line]
        mine = np.flatnonzero(found >= 0)
        return Moved(found[mine], on[mine], qty[mine])

    def carried(self) -> Carried:
        """What was sent of these lines; what came back is not among it."""
        moves, stamp = self.whole.kept.moves, self.whole.stamp
        place = np.full(len(self.whole.kept.lines) + 1, -1, np.int64)
        place[self.rows] = np.arange(len(self.rows))
        line = place[self.whole.kept.lines.places(moves["line"])]
        is_seen = (moves["is_there"] == 1) & (moves["at"] < stamp) & (moves["qty"] > 0)
        mine = np.flatnonzero((line >= 0) & is_seen)
        has_come = moves["delivered_at"][mine] < stamp
        delivered_on = np.where(has_come, moves["delivered_on"][mine], NO_DAY)
        return Carried(line[mine], moves["on"][mine], delivered_on)


def purchases(
    session: Session, now: datetime, start: datetime | None = None, end: datetime | None = None,
    zone: ZoneInfo | None = None,
) -> Lines:  # fmt: skip
    """Purchase lines ordered in [start, end), as `purchases.purchase_lines` has them."""
    return _lines(session, PURCHASES, now, Span(start, end, zone))


def sales(
    session: Session, now: datetime, start: datetime | None = None, end: datetime | None = None,
    zone: ZoneInfo | None = None,
) -> Lines:  # fmt: skip
    """Sales lines ordered in [start, end), as `sales.sales_lines` has them."""
    return _lines(session, SALES, now, Span(start, end, zone))


def _lines(session: Session, side: Side, now: datetime, span: Span) -> Lines:
    whole = _known(session, side, instant_to_int(now))
    found = whole.asked.get(span)
    if found is None:
        if len(whole.asked) >= MOST_SPANS:
            whole.asked.clear()
        found = whole.asked[span] = _in(whole, span)
    return found


def _in(whole: Known, span: Span) -> Lines:
    is_in, ordered_at = whole["is_known"].astype(bool), whole.ordered_at(span.zone)
    if span.start:
        is_in &= ordered_at >= instant_to_int(span.start)
    if span.end:
        is_in &= ordered_at < instant_to_int(span.end)
    return Lines(whole, np.flatnonzero(is_in), span.zone)


def _known(session: Session, side: Side, stamp: int) -> Known:
    """What is known then: as it was found for the last question, where that was the same."""
    of, memory, name = kept(session, side), session.info.get("memory"), f"known {side.line}"
    last = memory.get(name) if isinstance(memory, Memory) else None
    if isinstance(last, Known) and last.kept is of and last.stamp == stamp:
        return last
    if isinstance(last, Known):
        last.asked.clear()  # lines hold what they are of: without them it goes at once
    last = None
    if isinstance(memory, Memory):
        memory.keep(name, None)  # what was known before need not be kept beside it
    made = Known(session, of, stamp)
    if isinstance(memory, Memory):
        memory.keep(name, made)
    return made


def _numbers(whole: Known, dimension: str) -> Mapping[Any, int]:
    names = whole.kept.names
    return {"party": names.party, "item": names.item}.get(dimension, names.texts)


def _value(whole: Known, dimension: str) -> Callable[[int], Value]:
    """What a number in the column of a dimension stands for."""
    names = whole.kept.names
    match dimension:
        case "party":
            return _named(whole.kept.side.party, names.party.known, whole.kept.parties)
        case "item":
            return _named("item", names.item.known, whole.kept.items)
        case "lane":
            return whole.lanes.__getitem__
    return names.texts.known.__getitem__


def _named(kind: str, keys: list[tuple[str, str]], things: Things) -> Callable[[int], Named]:
    def value(number: int) -> Named:
        source, ref = keys[number]
        said = things.get((source, ref))
        return Named(kind, source, ref, (said and said[0]) or ref)

    return value
