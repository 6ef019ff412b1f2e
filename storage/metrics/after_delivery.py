"""After a delivery: what customers answered, called for and ordered next, by how late it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from storage.known.cases import Case
from storage.known.columns import Lines
from storage.known.voices import Voice
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._clustered import NOTHING, clustered
from storage.metrics._due import Share
from storage.metrics._due_by import NO_DAY, Dues

METRIC = Metric(
    id="after-delivery",
    version=1,
    title="After a delivery",
    formula=(
        "Orders by the days between the day of their latest line and when it was all there, with"
        " what came in the 30 days after that, or after the day itself where it was not there by"
        " then: of the survey answers given, the share that was bad; of the orders, the share"
        " whose customer opened a ticket; and the share whose customer ordered nothing in the 273"
        " days after. An answer counts for the last order before it. The interval is Wilson's,"
        " 95 %, at the count that is worth as much as orders of different customers."
    ),
    unit="share",
    better="lower",
    needs=("salesorder", "salesline", "shipment", "ticket", "surveyresponse", "account", "party"),
    caveats=(
        "An association, not a cause: late orders may differ in other ways too.",
        "Bad answers: an NPS of 0 to 6, the lower two fifths of a satisfaction scale.",
        "Tickets: whatever they are about, of customers that are matched to the CRM.",
        "Not delivered: a line was called off in whole after its day, or is still owed.",
        "The day is the first promise, else the day that was asked for.",
        "Orders without a day are left out, and so are those whose days after are not over.",
    ),
    synonyms=("effect of lateness", "delivery experience of customers", "after late deliveries"),
)

DAYS, LOST_DAYS = 30, 273
NEVER = "not delivered"
# the last days late of each band but the last, which has no end
BANDS = ("5 d early or more", "0 to 4 d early", "1 to 3 d late", "4 to 7 d late",
         "more than 7 d late", NEVER)  # fmt: skip
ENDS = (-5, 0, 3, 7)
IN_TIME, LATE = (0, 1), (2, 3, 4)
# of fewer answers a figure says little, and what is published is shown beside it
THIN = 30
# shares of bad reviews (two stars of five or fewer) by band, the lowest and the highest found;
# that late orders lose customers is not borne out there, so there is nothing for orders
PUBLISHED: Mapping[str, tuple[float, float]] = {
    BANDS[0]: (0.09, 0.10), BANDS[2]: (0.33, 0.33), BANDS[3]: (0.74, 0.74), BANDS[4]: (0.81, 0.84),
}  # fmt: skip
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Orders(NamedTuple):
    """Orders as columns: whose (the place of a company), since when one feels it, and the band."""

    whose: Ints
    since: Ints
    band: Ints


@dataclass(frozen=True)
class Outcome:
    """What came of orders: a share by band, and of all in time and all late ones."""

    by_band: tuple[Share, ...]
    in_time: Share
    late: Share

    @property
    def n(self) -> int:
        return int(sum(one.n for one in self.by_band))


@dataclass(frozen=True)
class After:
    """What came of `orders` orders of `customers` customers, of whom `heard` could call us."""

    orders: int
    customers: int
    heard: int
    bad: Outcome
    tickets: Outcome
    lost: Outcome


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
    whose, companies = _whose(dues.lines, who)
    day, ended, left = dues.day, dues.lines["ended_on"], dues.lines["left_on"]
    is_off = (left != NO_DAY) & (left <= day)
    is_pending = (ended == NO_DAY) & (left == NO_DAY) & (day >= today)
    mine = np.flatnonzero((whose >= 0) & ~is_off & (dues.lines["order"] > 0))
    _, order = np.unique(dues.lines["order"][mine], return_inverse=True)
    count = int(order.max(initial=-1)) + 1
    late = np.where(ended[mine] != NO_DAY, ended[mine] - day[mine], 0)
    band = np.where(ended[mine] != NO_DAY, np.searchsorted(ENDS, late), len(ENDS) + 1)
    since = np.where(ended[mine] != NO_DAY, np.minimum(ended[mine], day[mine]), day[mine])
    found = Orders(np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64))
    found.whose[order] = whose[mine]
    np.maximum.at(found.since, order, since)
    np.maximum.at(found.band, order, band)
    is_open = np.zeros(count, bool)
    is_open[order[is_pending[mine]]] = True
    return Orders(*(column[~is_open] for column in found)), companies


def _whose(lines: Lines, who: Mapping[Key, Key]) -> tuple[Ints, Companies]:
    """The number of the company of each line, -1 for one that nobody knows."""
    companies, numbers = Companies(), []
    for key in lines.keys("customer"):
        company = who.get(key)
        numbers.append(-1 if company is None else companies.setdefault(company, len(companies)))
    return np.array([*numbers, -1], np.int64)[lines["party"]], companies


def after(
    lines: Lines, who: Mapping[Key, Key], voices: Iterable[Voice], cases: Iterable[Case],
    heard: Iterable[Key], span: tuple[int, int], today: int,
) -> After:  # fmt: skip
    """What came of the orders that were felt on the days [since, until) of `span` (ordinals).

    `lines` are all that are known; `who` is `identities`, `heard` who could call for help.
    """
    every, companies = orders_of(lines, who, today)
    is_in = (every.since >= span[0]) & (every.since < span[1])
    seen = _only(every, is_in & (every.since + DAYS < today))
    answers = [
        (companies[one.company], one.on.toordinal(), bad)
        for one in voices
        if one.company and (bad := is_bad(one)) is not None
    ]
    called = [(companies[one.company], one.opened_on.toordinal()) for one in cases if one.company]
    listened = _only(seen, np.isin(seen.whose, [companies[key] for key in heard]))
    over = _only(every, is_in & (every.since + LOST_DAYS < today))
    placed = _placed(lines, who, companies)
    return After(
        len(seen.whose), len(np.unique(seen.whose)), len(np.unique(listened.whose)),
        _outcome(*_answered(_only(every, every.since + DAYS < today), answers, span)),
        _outcome(listened, _any(listened, np.array(called, np.int64).reshape(-1, 2), 0, DAYS)),
        _outcome(over, ~_any(over, placed, 1, LOST_DAYS)),
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


def _only(every: Orders, which: Flags) -> Orders:
    return Orders(*(column[which] for column in every))


def _answered(
    every: Orders, answers: list[tuple[int, int, bool]], span: tuple[int, int]
) -> tuple[Orders, Flags]:
    """The order of each answer, the worst where several were felt on one day, and which were bad.

    Orders outside the span take answers too, so that none falls to an order before its own.
    """
    whose, on, bad = np.array(answers, np.int64).reshape(-1, 3).T
    sorted_ = np.lexsort((every.band, every.since, every.whose))
    at = np.searchsorted(_place(every.whose, every.since)[sorted_], _place(whose, on), "right") - 1
    order = sorted_[np.maximum(at, 0)] if len(sorted_) else np.zeros(len(at), np.int64)
    if not len(sorted_):
        return _only(every, np.zeros(0, bool)), np.zeros(0, bool)
    since = every.since[order]
    is_its = (at >= 0) & (every.whose[order] == whose) & (on - since <= DAYS)
    is_its &= (since >= span[0]) & (since < span[1])
    return Orders(*(column[order[is_its]] for column in every)), bad[is_its] == 1


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


def _outcome(of: Orders, holds: Flags) -> Outcome:
    def among(bands: Iterable[int]) -> Share:
        which = np.isin(of.band, list(bands))
        return clustered(holds[which], of.whose[which]) if which.any() else NOTHING

    return Outcome(
        tuple(among([band]) for band in range(len(BANDS))), among(IN_TIME), among(LATE)
    )  # fmt: skip
