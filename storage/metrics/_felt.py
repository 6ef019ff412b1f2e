"""Orders as customers felt them: since when, how late, and what they did after, a column each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from storage.known.baskets import whose_of
from storage.known.cases import Case
from storage.known.columns import Lines
from storage.known.voices import Voice
from storage.links import Key
from storage.metrics._due_by import NO_DAY, Dues

DAYS, LOST_DAYS = 30, 273
# the last days late of each band but the last two: of more days, and of what was not delivered
ENDS = (-5, 0, 3, 7)
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Orders(NamedTuple):
    """Orders as columns: which (its number in the store), whose (the place of a company), since
    when one feels it, and the band."""

    order: Ints
    whose: Ints
    since: Ints
    band: Ints

    def only(self, which: Flags | Ints) -> "Orders":
        return Orders(*(column[which] for column in self))


@dataclass(frozen=True)
class Felt:
    """Orders and what came of each: which answers are whose (`answers`, the place of an order, and
    whether it `was_bad`), whether a customer who could called for help, and whether it ordered
    again. `companies` are those that places stand for."""

    orders: Orders
    companies: tuple[Key, ...]
    answers: Ints
    was_bad: Flags
    could_call: Flags
    called: Flags
    again: Flags


class Companies(dict[Key, int]):
    """A number for each company that has orders; -1 for any other."""

    def __missing__(self, key: Key) -> int:
        return -1


def orders_of(lines: Lines, who: Mapping[Key, Key], today: int) -> tuple[Orders, Companies]:
    """The orders whose day is over, each once; of lines in any window.

    An order of which a line's day is still to come is not known yet, and left out.
    """
    dues = Dues(lines)
    dues = dues.only(dues.is_dated)
    whose, companies = whose_of(dues.lines, who)
    day, ended, left = dues.day, dues.lines["ended_on"], dues.lines["left_on"]
    is_off = (left != NO_DAY) & (left <= day)
    is_pending = (ended == NO_DAY) & (left == NO_DAY) & (day >= today)
    mine = np.flatnonzero((whose >= 0) & ~is_off & (dues.lines["order"] > 0))
    ids, order = np.unique(dues.lines["order"][mine], return_inverse=True)
    count = len(ids)
    late = np.where(ended[mine] != NO_DAY, ended[mine] - day[mine], 0)
    band = np.where(ended[mine] != NO_DAY, np.searchsorted(ENDS, late), len(ENDS) + 1)
    since = np.where(ended[mine] != NO_DAY, np.minimum(ended[mine], day[mine]), day[mine])
    found = Orders(ids, *(np.zeros(count, np.int64) for _ in range(3)))
    found.whose[order] = whose[mine]
    np.maximum.at(found.since, order, since)
    np.maximum.at(found.band, order, band)
    is_open = np.zeros(count, bool)
    is_open[order[is_pending[mine]]] = True
    return found.only(~is_open), Companies(companies)


def felt(
    lines: Lines, who: Mapping[Key, Key], voices: Iterable[Voice], cases: Iterable[Case],
    heard: Iterable[Key], today: int,
) -> Felt:  # fmt: skip
    """All orders whose day is over and what came of them; `lines` are all that are known, `who` is
    `identities`, and `heard` who could call for help."""
    every, companies = orders_of(lines, who, today)
    told = [
        (companies[one.company], one.on.toordinal(), bad)
        for one in voices
        if one.company and (bad := is_bad(one)) is not None
    ]
    called = [(companies[one.company], one.opened_on.toordinal()) for one in cases if one.company]
    answers, was_bad = _answered(every, told)
    return Felt(
        every, tuple(companies), answers, was_bad,
        np.isin(every.whose, [companies[key] for key in heard]),
        _any(every, np.array(called, np.int64).reshape(-1, 2), 0, DAYS),
        _any(every, _placed(lines, who, companies), 1, LOST_DAYS),
    )  # fmt: skip


def is_bad(one: Voice) -> bool | None:
    """Whether an answer says that its customer is not content; null where it can't be told."""
    if one.score is None:
        return None
    if one.kind == "nps" and one.scale in (None, 10):
        return one.score <= 6
    if one.kind == "csat" and one.scale:
        return 5 * one.score <= 2 * one.scale
    return None


def _answered(every: Orders, answers: list[tuple[int, int, bool]]) -> tuple[Ints, Flags]:
    """The place of the order of each answer, the last one before it and the worst where several
    were felt on one day, and which were bad; answers to no order are left out."""
    whose, on, bad = np.array(answers, np.int64).reshape(-1, 3).T
    sorted_ = np.lexsort((every.band, every.since, every.whose))
    at = np.searchsorted(_place(every.whose, every.since)[sorted_], _place(whose, on), "right") - 1
    if not len(sorted_):
        return np.zeros(0, np.int64), np.zeros(0, bool)
    order = sorted_[np.maximum(at, 0)]
    is_its = (at >= 0) & (every.whose[order] == whose) & (on - every.since[order] <= DAYS)
    return order[is_its], bad[is_its] == 1


def _any(every: Orders, events: Ints, first: int, last: int) -> Flags:
    """Whether the customer did something on the days [first, last] after each order."""
    places = np.sort(_place(events[:, 0], events[:, 1]))
    before = np.searchsorted(places, _place(every.whose, every.since + first), "left")
    until = np.searchsorted(places, _place(every.whose, every.since + last), "right")
    found: Flags = until > before
    return found


def _placed(lines: Lines, who: Mapping[Key, Key], companies: Companies) -> Ints:
    """(company, day) of all lines that were not called off."""
    kept = lines.only(lines["left_on"] == NO_DAY)
    numbers = np.array([companies[who.get(key, key)] for key in kept.keys("customer")] + [-1])
    return np.column_stack([numbers[kept["party"]], kept["ordered_on"]]).astype(np.int64)


def _place(whose: Ints, day: Ints) -> Ints:
    """A number that sorts by company and then by day."""
    found: Ints = whose.astype(np.int64) * 10_000_000 + day
    return found
