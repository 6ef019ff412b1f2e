"""What lines that were open on a day were told then, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.forecasts import _lead_time_fit as lead_time_fit
from storage.forecasts._drawn import DRAWS, NEVER, Draws
from storage.forecasts._order_eta_facts import Facts, facts, of_sources
from storage.forecasts._order_eta_fit import fit
from storage.forecasts._orders import Floats, Ints, Orders, orders_in
from storage.forecasts._scores import QUANTILES
from storage.known import columns
from storage.known.chain import Chain, chain
from storage.known.columns import Lines
from storage.known.goods import tells
from storage.known.making import make_orders
from storage.known.purchases import purchase_lines
from storage.known.sales import SalesLine
from storage.known.sales_ids import numbers_of
from storage.links import Key
from storage.metrics._arrivals import Arrivals
from storage.metrics._durations import LONGEST
from storage.metrics._trace import Node, trace
from storage.metrics.expected_arrival import LeadTimes, production_days

# of the lines open on a day so many are told, by a sum over their keys
MOST_LINES = 1_000
YEAR = timedelta(days=365)
PAST = "order-eta past"
# an outcome that will never be known
UNKNOWN = -1


@dataclass(frozen=True)
class Open:
    """The lines that were open on a day and could be told, a row each.

    `draws` ascend, in days from then; `plain` are those without any stage after its supply.
    `rows` are the places of lines among all; `due` is a day, 0 for none; `untold` counts others.
    """

    day: int
    draws: Draws
    plain: Draws
    rows: Ints
    due: Ints
    untold: int


@dataclass(frozen=True)
class Past:
    """What the store knows now: the stages, purchases, sales lines, and when each was there (0: not
    yet; `UNKNOWN` for what was sent and nobody says when it came). What was found for a day is kept
    in `seen`."""

    now: datetime
    zone: ZoneInfo
    facts: Facts
    purchases: Orders
    lines: Lines
    ended: Ints
    seen: dict[date, Open] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def read_past(session: Session, now: datetime, zone: ZoneInfo) -> Past:
    """The past as known at `now`: read once for a fit and the look back on it in one session."""
    kept = session.info.get(PAST)
    if not isinstance(kept, Past) or (kept.now, kept.zone) != (now, zone):
        kept = session.info[PAST] = _read(session, now, zone)
    return kept


def _read(session: Session, now: datetime, zone: ZoneInfo) -> Past:
    lines = columns.sales(session, now, zone=zone)
    return Past(
        now, zone, facts(session, now, zone), orders_in(columns.purchases(session, now, zone=zone)),
        lines, _ended(lines, tells(session, now).delivered),
    )  # fmt: skip


def _ended(lines: Lines, sources: frozenset[str]) -> Ints:
    """When each line was there; where the source tells that, what it has not told is unknown."""
    found = lines["ended_on"].astype(np.int64)
    sent = lines.carried()
    on_its_way = np.zeros(len(lines), bool)
    on_its_way[sent.line[sent.delivered_on == 0]] = True
    return np.where((found > 0) & on_its_way & of_sources(lines, sources), UNKNOWN, found)


def open_on(session: Session, past: Past, on: date) -> Open:
    """What was told of the lines open at the beginning of a day, from what was known before it."""
    if on not in past.seen:
        past.seen[on] = _open_on(session, past, on)
    return past.seen[on]


def _open_on(session: Session, past: Past, on: date) -> Open:
    at, day = datetime.combine(on, time(), past.zone), on.toordinal()
    known = chain(session, at)
    lines = _some(known)
    fitted = None
    if (past.purchases.start < day).any():
        by = lead_time_fit.chosen(past.purchases, day)
        fitted = lead_time_fit.fit(past.purchases, day, by).fitted
    since = at - timedelta(days=LONGEST)
    times = LeadTimes(purchase_lines(session, at, since), on, fitted)
    takes = production_days(make_orders(session, at, at - YEAR), on)
    links, nodes = trace(known), [Node("salesline", line.key) for line in lines]
    plain = Arrivals(known, links, times, takes).draws(nodes)
    found = Arrivals(known, links, times, takes, fit(past.facts, day)).draws(nodes)
    return _matched(session, past, day, lines, found, plain)


def _some(known: Chain) -> list[SalesLine]:
    lines = sorted(known.sales.values(), key=lambda line: (_hashed(line.key), line.key))
    return lines[:MOST_LINES]


def _hashed(key: Key) -> int:
    return crc32("/".join(key).encode())


def _matched(
    session: Session, past: Past, day: int, lines: Sequence[SalesLine],
    found: Sequence[Draws | None], plain: Sequence[Draws | None],
) -> Open:  # fmt: skip
    numbers = numbers_of(session, [line.key for line in lines])
    ids = past.lines["id"]
    place = {number: at for at, number in enumerate(ids.tolist())}
    told = [
        (mine, other, place[numbers[line.key]], line.due_on.toordinal() if line.due_on else 0)
        for line, mine, other in zip(lines, found, plain, strict=True)
        if mine is not None and other is not None and numbers.get(line.key) in place
    ]
    none = np.empty((0, DRAWS), np.int32)
    return Open(
        day,
        np.sort([one for one, *_ in told], axis=1) if told else none,
        np.sort([one for _, one, *_ in told], axis=1) if told else none,
        np.array([row for *_, row, _ in told], np.int64),
        np.array([due for *_, due in told], np.int64),
        len(lines) - len(told),
    )


def quantiles_of(ascending: Draws, longest: int) -> Floats:
    """Days by which half, 8 in 10 and 9 in 10 are there; the longest where that can't be told."""
    at = [int(np.ceil(share * DRAWS - 1e-9)) - 1 for share in QUANTILES]
    said = ascending[:, at]
    return np.where(said >= NEVER, max(longest, 1), said).astype(float)
