"""From which day on as much of an item lay in stock as a customer's line wanted of it.

Stock is gone through line by line in the order in which they came: what lies there for lines that
came before and have not been sent or called off is not there for this one.
"""

from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.forecasts._orders import Ints
from storage.known.columns import Lines
from storage.known.stock import stocks
from storage.known.stock_changes import changes
from storage.links import Key
from storage.models._types import QTY_SCALE

# the last lines are looked up
MOST_LINES = 20_000


class Shelf:
    """An item over all sites: how much there was on each of some days (ordinals), with all that
    came on it, from the day `since` on which its stock is known. Quantities are as stored."""

    def __init__(self, days: Ints, there: Ints, since: int) -> None:
        self.days, self.there, self.since = days, there.copy(), since

    def take(self, ordered: int, over: int, qty: int) -> int:
        """The first day with enough for a line, which is kept for it until it is `over`, sent or
        called off (0: to the end); 0 where there was none yet, or where stock was not known when it
        was ordered."""
        enough = np.flatnonzero((self.days >= ordered) & (self.there >= qty))
        lasts = self.days >= ordered
        self.there[lasts & (self.days <= over) if over else lasts] -= qty
        return int(self.days[enough[0]]) if len(enough) and ordered >= self.since else 0


def stocked_on(
    session: Session, now: datetime, zone: ZoneInfo, lines: Lines, sent: Ints
) -> Ints:  # fmt: skip
    """The day on which there was enough for each line; 0 where there was not, or it can't be told.

    Of very many lines the last ones are told.
    """
    found = np.zeros(len(lines), np.int64)
    ordered, over = lines["ordered_on"], np.where(sent > 0, sent, lines["left_on"])
    wanted = np.flatnonzero((lines["item"] >= 0) & (lines["qty"] > 0))
    wanted = wanted[np.argsort(ordered[wanted], kind="stable")][-MOST_LINES:]
    if not len(wanted):
        return found
    first = date.fromordinal(int(ordered[wanted[0]]))
    keys = lines.keys("item")
    days: dict[Key, set[int]] = defaultdict(set)
    for at in wanted.tolist():
        days[keys[lines["item"][at]]].add(int(ordered[at]))
    shelves = _shelves(session, now, zone, first, days)
    for at in wanted.tolist():
        if shelf := shelves.get(keys[lines["item"][at]]):
            found[at] = shelf.take(int(ordered[at]), int(over[at]), int(lines["qty"][at]))
    return found


def _shelves(
    session: Session, now: datetime, zone: ZoneInfo, first: date, asked: dict[Key, set[int]]
) -> dict[Key, Shelf]:
    came: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    went: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in changes(session, now, first, zone):
        if one.item in asked:
            into = came if one.qty > 0 else went
            into[one.item][one.on.toordinal()] += int(one.qty * QTY_SCALE)
    there: dict[Key, int] = defaultdict(int)
    since: dict[Key, int] = defaultdict(int)
    for stock in stocks(session, now, zone):
        item = stock.key[0]
        there[item] += int(stock.on_hand * QTY_SCALE)
        since[item] = max(since[item], stock.known_from.toordinal())
    return {
        item: Shelf(*levels(days, came[item], went[item], there[item]), since[item])
        for item, days in asked.items()
        if item in there
    }


def levels(
    asked: set[int], came: dict[int, int], went: dict[int, int], last: int
) -> tuple[Ints, Ints]:
    """How much there was on each day that is asked for, or on which some came or went: what lay
    there before it and what came on it. `last` is what lies there now."""
    days = sorted({*asked, *came, *went})
    new = np.array([came.get(day, 0) for day in days], np.int64)
    net = new + np.array([went.get(day, 0) for day in days], np.int64)
    after = last - np.append(np.cumsum(net[::-1])[::-1][1:], 0)
    return np.array(days, np.int64), after - net + new
