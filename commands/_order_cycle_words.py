"""How an order cycle is said: what it takes, and what of it customers asked us to wait."""

from commands._deliveries import PARTIES, said
from commands._duration_words import days, takes
from commands._grammar import Query
from storage.metrics.order_cycle import Cycle


def takes_whole(query: Query, found: Cycle) -> str:
    """The answer in a sentence: "An order of Acme takes 9 days (median); 9 in 10 …"."""
    parties, items = said(query.named, PARTIES), said(query.named, ("item",))
    who = "An order" + (f" of {parties}" if parties else "") + (f" for {items}" if items else "")
    of = f"of {found.gross.n} orders placed {query.when}"
    return takes(who, found.gross, of, "are delivered whole")


def without_waiting(found: Cycle) -> str:
    """What it takes without the days that customers asked us to wait."""
    if found.net is None or found.usual is None:
        return "No order says for which day it was asked, so the waiting can't be taken off."
    if not found.waiting or found.dwell is None:
        return f"Nobody asked for a day later than the usual {days(found.usual)}."
    net = "can't be told yet" if found.net.median is None else f"is {days(found.net.median)}"
    return (
        f"Without the waiting that customers asked for it {net}: {found.waiting} of"
        f" {found.gross.n} asked for a later day, by {days(found.dwell)} more than usual (median)."
    )
