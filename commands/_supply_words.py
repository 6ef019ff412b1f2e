"""How days, forecasts and the links of a chain are said."""

from datetime import date

from commands._supply import Supply
from commands._track_record import UNMEASURED, Track
from storage.known.chain import Chain
from storage.links import Key
from storage.metrics._trace import Hop, Node
from storage.metrics.expected_arrival import Forecast

LATER = "later than any so far"
# what is said of days to come: half by one, 8 in 10 by another
SHARES = (0.5, 0.8)


def day(on: date | None, today: date) -> str | None:
    """A day as one says it: "28 Nov", with its year where that is another one."""
    if on is None:
        return None
    return f"{on:%-d %b}" if on.year == today.year else f"{on:%-d %b %Y}"


def by(forecast: Forecast | None, share: float) -> str | None:
    """The day by which such a share is there, for a table; null where it can't be told."""
    if forecast is None:
        return None
    return day(forecast.by(share), forecast.today) or LATER


def comes(forecast: Forecast | None, track: Track = UNMEASURED) -> str:
    """When it will come: "half by 28 Nov, 8 in 10 by 6 Dec", or what `track` allows to say."""
    if forecast is None:
        return "when it comes can't be told"
    half, most = by(forecast, 0.5), by(forecast, 0.8)
    if half == most == LATER:
        return LATER
    if half == most:
        return f"by {half}"
    return f"{track.said(0.5)} by {half}, {track.said(0.8)} by {most}"


def heading(share: float, track: Track) -> str:
    """The head of a column of days by which such a share is there: "8 in 10 by"."""
    return f"{track.said(share)} by".capitalize()


def chance(share: float) -> str:
    """A chance as so many draws allow to say it."""
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def late(due: date | None, today: date) -> str:
    """How an open line stands to its day: "9 d late", "due in 4 d", "no date"."""
    if due is None:
        return "no date"
    days = (today - due).days
    if days > 0:
        return f"{days} d late"
    return "due today" if days == 0 else f"due in {-days} d"


def way(found: Supply, hops: tuple[Hop, ...], *, upwards: bool = True) -> str:
    """A way hop by hop: "← M12 Leg (reserved) ← P7 Coil (inferred)"."""
    arrow = "←" if upwards else "→"
    parts = [
        f"{arrow} {_end(found, hop.supply if upwards else hop.demand, hop)} ({hop.how})"
        for hop in hops
    ]
    return " ".join(parts)


def item_name(chain: Chain, key: Key) -> str:
    """The name of an item that something open is of; its reference where none says it."""
    for lines in (chain.sales, chain.purchases, chain.makes):
        for line in lines.values():
            item = line.item
            if item and (item.source, item.ref) == key:
                return item.name
    for needs in chain.bills.values():
        for need in needs:
            if (need.component.source, need.component.ref) == key:
                return need.component.name
    return key[1]


def _end(found: Supply, node: Node, hop: Hop) -> str:
    if node.kind == "salesline":
        return found.number_of(node)
    item = None
    if node.kind == "makeorder":
        item = found.chain.makes[node.key].item
    elif node.kind == "purchaseline":
        item = found.chain.purchases[node.key].item
    return f"{found.number_of(node)} {item.name if item else item_name(found.chain, hop.item)}"
