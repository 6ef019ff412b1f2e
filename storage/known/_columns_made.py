"""How columns of what is known at an instant are made of those that are kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from storage.known._kept_lines import Kept, Things
from storage.known._kept_rows import DAYS, NO_DAY, NOTHING, Codes, Flags, Ints
from storage.known._kept_sql import SALES
from storage.known._rows import SECOND
from storage.models._types import instant_to_int

Moves = tuple[Ints, Ints, Ints, Ints]


class Known:
    """All lines of a side with what is known of them at `stamp` (microseconds): a column by name,
    made when it is asked for."""

    def __init__(self, session: Session, of: Kept, stamp: int) -> None:
        self.kept, self.stamp = of, stamp
        self.lanes: list[str] = []
        # lines that were asked for, by which: questions of one round ask for the same
        self.asked: dict[Any, Any] = {}
        self._columns = _as_it_was(session, of, stamp)
        self._ordered: dict[ZoneInfo | None, Ints] = {None: of.lines["ordered_at"]}

    def __getitem__(self, name: str) -> Ints:
        found = self._columns.get(name)
        if found is None:
            make = _MADE.get(name)
            found = self._columns[name] = make(self) if make else self.kept.lines[name]
        return found

    def ordered_at(self, zone: ZoneInfo | None) -> Ints:
        """When lines were ordered, as one in a zone counts it: see `_rows.counted_at`."""
        if zone not in self._ordered:
            self._ordered[zone] = _counted_at(self.kept, zone) if zone else self._ordered[None]
        return self._ordered[zone]

    @cached_property
    def moves(self) -> Moves:
        """What is known to have been moved: of which line, on which day, how many, and when that
        became known; in the order of their ids."""
        moves = self.kept.moves
        line = self.kept.lines.places(moves["line"])
        on = moves["on"]
        if self.kept.side is SALES:
            has_come = (moves["delivered_at"] < self.stamp) & (moves["delivered_on"] != NO_DAY)
            on = np.where(has_come, moves["delivered_on"], on)
        seen = np.flatnonzero((line >= 0) & (moves["is_there"] == 1) & (moves["at"] < self.stamp))
        return line[seen], on[seen], moves["qty"][seen], moves["at"][seen]

    @cached_property
    def is_called_off(self) -> Flags:
        lines = self.kept.lines
        found: Flags = (lines["cancelled_at"] < self.stamp) & (lines["cancelled_on"] != NO_DAY)
        return found

    @cached_property
    def lost(self) -> Ints:
        """What never comes of a line where it is called off: of a sale of which a part has gone
        out it is the rest."""
        lines = self.kept.lines
        if self.kept.side is not SALES:
            return lines["lost"]
        line, _, qty, _ = self.moves
        gone = np.zeros(len(lines), np.int64)
        np.add.at(gone, line, np.maximum(qty, 0))
        return np.where(gone > 0, np.maximum(lines["qty"] - gone, 0), 0)


def _as_it_was(session: Session, of: Kept, stamp: int) -> dict[str, Ints]:
    """Columns that have been overwritten since an instant, as they were then."""
    found: dict[str, Ints] = {}
    done: set[tuple[int, str]] = set()
    query = text(_SINCE.replace("{line}", of.side.line))
    for line, name, old in session.execute(query, {"now": stamp}):
        if name not in _OVERWRITTEN or (line, name) in done:
            continue
        done.add((line, name))  # the first change at or after an instant tells what stood before it
        (place,) = of.lines.places(np.array([line]))
        if place >= 0:
            found.setdefault(name, of.lines[name].copy())[place] = DAYS[old or ""]
    return found


_OVERWRITTEN = ("requested_on", "promised_on", "planned_on")

_SINCE = """
SELECT l.id, f.field, f.old
  FROM fieldchange f JOIN {line} l ON l.source = f.source AND l.source_id = f.source_id
 WHERE f.entity = '{line}' AND f.seen_at >= :now ORDER BY f.seen_at, f.id"""


def _is_known(of: Known) -> Ints:
    lines = of.kept.lines
    found = (lines["is_there"] == 1) & (lines["ordered_at"] < of.stamp)
    services = _said(of.kept.names.item, of.kept.items, lambda said: int(bool(said[2])), 0)
    goods: Ints = (found & (services[lines["item"]] == 0)).astype(np.int8)
    return goods


def _counted_at(of: Kept, zone: ZoneInfo) -> Ints:
    at, on = of.lines["ordered_at"], of.lines["ordered_on"]
    by_day = (at % SECOND == SECOND - 1) & (on != NO_DAY)
    days = on[by_day]
    if not len(days):
        return at
    first = int(days.min())
    ends = np.zeros(int(days.max()) - first + 1, np.int64)
    for day in np.flatnonzero(np.bincount(days - first)).tolist():
        ends[day] = _end_of(first + day, zone)
    made = at.copy()
    made[by_day] = ends[days - first]
    return made


def _end_of(day: int, zone: ZoneInfo) -> int:
    end = datetime.combine(date.fromordinal(day), time.max, zone)
    return instant_to_int(end.astimezone(UTC))


def _ended_on(of: Known) -> Ints:
    """The day by which all was there; see `purchases.completed`, and `sales` for sales."""
    lines, (line, on, qty, at) = of.kept.lines, of.moves
    count = np.bincount(line, minlength=len(lines))
    ended = np.zeros(len(lines), np.int32)
    is_sale = of.kept.side is SALES
    goal = lines["qty"] - np.where(of.is_called_off, of.lost, 0)
    alone = count[line] == 1
    enough = np.maximum(qty, 0) >= goal[line] if is_sale else (qty >= goal[line]) & (qty > 0)
    one = alone & enough
    ended[line[one]] = on[one]
    several = np.flatnonzero(~alone)
    if len(several):
        keys = (several, at[several], on[several]) if is_sale else (several, at[several])
        several = several[np.lexsort((*keys, line[several]))]
        several_ended = _filled if is_sale else _complete
        several_ended(ended, line[several], on[several], qty[several], goal)
    return ended


def _complete(ended: Ints, line: Ints, on: Ints, qty: Ints, goal: Ints) -> None:
    """Sets the first day of those at the end on which enough was there: what goes back reopens."""
    starts, ends, total = _totals(line, qty)
    is_short = (total < goal[line]) | (total <= 0)
    last_short = np.maximum.reduceat(np.where(is_short, np.arange(len(line)), NOTHING), starts)
    first = np.maximum(last_short + 1, starts)
    done = first <= ends
    ended[line[starts[done]]] = on[first[done]]


def _filled(ended: Ints, line: Ints, on: Ints, qty: Ints, goal: Ints) -> None:
    """Sets the first day on which enough had gone: what comes back reopens nothing."""
    starts, _, total = _totals(line, np.maximum(qty, 0))
    places = np.where(total >= goal[line], np.arange(len(line)), len(line))
    first = np.minimum.reduceat(places, starts)
    done = first < len(line)
    ended[line[starts[done]]] = on[first[done]]


def _totals(line: Ints, qty: Ints) -> tuple[Ints, Ints, Ints]:
    """The first and the last place of each line, and the running totals of quantities in it."""
    starts = np.flatnonzero(np.diff(line, prepend=NOTHING))
    ends = np.append(starts[1:], len(line)) - 1
    running = np.cumsum(qty)
    before = (running - qty)[starts]
    return starts, ends, running - np.repeat(before, ends - starts + 1)


def _left_on(of: Known) -> Ints:
    is_left = of.is_called_off & (of["ended_on"] == NO_DAY)
    return np.where(is_left, of.kept.lines["cancelled_on"], NO_DAY)


def _called_off(of: Known) -> Ints:
    is_part = of.is_called_off & (of["ended_on"] != NO_DAY)
    return np.where(is_part, of.lost, 0)


def _called_off_on(of: Known) -> Ints:
    return np.where(of["called_off"] != 0, of.kept.lines["cancelled_on"], NO_DAY)


def _first(of: Known) -> Ints:
    is_seen = of.kept.lines["seen_at"] < of.stamp
    return np.where(is_seen, of.kept.lines["promised_first"], NO_DAY)


def _category(of: Known) -> Ints:
    return _words(of, of.kept.names.item, of.kept.items, 1)[of.kept.lines["item"]]


def _segment(of: Known) -> Ints:
    return _words(of, of.kept.names.party, of.kept.parties, 2)[of.kept.lines["party"]]


def _country(of: Known) -> Ints:
    """That of the order, else that of the party."""
    theirs = _words(of, of.kept.names.party, of.kept.parties, 1)[of.kept.lines["party"]]
    own = of.kept.lines["country"]
    return np.where(own >= 0, own, theirs)


def _carrier(of: Known) -> Ints:
    """Who brought what went out last, of what one knows the carrier of."""
    moves, lines = of.kept.moves, of.kept.lines
    line = lines.places(moves["line"])
    seen = (line >= 0) & (moves["is_there"] == 1) & (moves["at"] < of.stamp)
    named = np.flatnonzero(seen & (moves["carrier"] >= 0))
    named = named[np.argsort(moves["at"][named], kind="stable")]
    found = np.full(len(lines), NOTHING, np.int32)
    found[line[named]] = moves["carrier"][named]  # of several the last stands
    return found


def _site(of: Known) -> Ints:
    """The name of the site that a place is in, else that of the place."""
    texts, places = of.kept.names.texts, of.kept.places

    def site(key: tuple[str, str]) -> int:
        said = places.get(key)
        if said is None:
            return NOTHING
        home = places.get((key[0], said[1]))
        return texts.get(home[0] if home else said[0], NOTHING)

    known = [site(key) for key in of.kept.names.place.known]
    return np.array([*known, NOTHING], np.int32)[of.kept.lines["place"]]


def _lane(of: Known) -> Ints:
    texts = of.kept.names.texts.known
    base = len(texts) + 1
    pairs, numbers = np.unique(
        (of["country"] + 1).astype(np.int64) * base + of["site"] + 1, return_inverse=True
    )
    ends = [divmod(pair, base) for pair in pairs.tolist()]
    of.lanes = [" → ".join(texts[at - 1] for at in pair if at) for pair in ends]
    return np.where(pairs == 0, NOTHING, np.arange(len(pairs)))[numbers]


def _words(of: Known, things: Codes, said: Things, at: int) -> Ints:
    texts = of.kept.names.texts
    return _said(things, said, lambda words: texts.get(words[at], NOTHING), NOTHING)


def _said(things: Codes, said: Things, read: Callable[[Sequence[Any]], int], nothing: int) -> Ints:
    """What is said of things, by their number; the last is of no thing."""
    found = [nothing if (one := said.get(key)) is None else read(one) for key in things.known]
    return np.array([*found, nothing], np.int32)


_MADE: Mapping[str, Callable[[Known], Ints]] = {
    "is_known": _is_known, "ended_on": _ended_on, "left_on": _left_on,
    "called_off": _called_off, "called_off_on": _called_off_on, "promised_first": _first,
    "category": _category, "segment": _segment, "country": _country, "site": _site, "lane": _lane,
    "carrier": _carrier,
}  # fmt: skip
