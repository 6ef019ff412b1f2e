"""All that moves through the house, read once for a question about its pace."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session

from commands._contract import Ask
from commands._window import Window, midnight
from storage.known.goods import came, tells, took, went
from storage.known.making import bills, make_orders
from storage.known.stock import stocks
from storage.known.stock_changes import changes
from storage.links import Key
from storage.metrics._durations import LONGEST
from storage.metrics._flow import Movements
from storage.metrics._stock_days import held
from storage.metrics.velocity import House, house, related


def read_house(session: Session, ask: Ask, items: frozenset[Key], earliest: date) -> House:
    """The house as known at the asker's now, of some items with all that belongs to them.

    `earliest` is the first day for which a figure is wanted; no `items` means all.
    """
    since = min(ask.today - timedelta(days=LONGEST), earliest - timedelta(days=LONGEST // 2))
    lying = [one for one in stocks(session, ask.now, ask.zone) if one.left_out != "service"]
    moved = list(changes(session, ask.now, since, ask.zone))
    on_hand: dict[Key, Decimal] = defaultdict(Decimal)
    for one in lying:
        on_hand[one.key[0]] += one.on_hand
    moves = Movements(
        list(came(session, ask.now, since)),
        list(took(session, ask.now, since)),
        list(make_orders(session, ask.now, midnight(since, ask.zone))),
        list(went(session, ask.now, since)),
        [one for one in moved if one.use == "inventory"],
        on_hand,
    )
    scope = related(items, moves, bills(session)) if items else None
    return house(moves, tells(session, ask.now), held(lying, moved, earliest, ask.today), scope)


def days_of(window: Window, ask: Ask) -> tuple[date, date]:
    """The first and the last local day of a window; one that runs to now ends today."""
    end = (window.end - timedelta(microseconds=1)).astimezone(ask.zone).date()
    return window.start.astimezone(ask.zone).date(), end
