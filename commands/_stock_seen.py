"""What a question about stock looks at: the stock that counts, what was used, what is to come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from commands._contract import Ask, Column, FollowUp, Notice, Sentence, Table, Value
from commands._grammar import Query
from commands._window import midnight
from storage.curves import Curve
from storage.forecasts import lead_time, stock
from storage.forecasts.stock import Kept
from storage.known.columns import purchases
from storage.known.making import make_orders
from storage.known.purchases import purchase_lines
from storage.known.stock import Stock, stocks
from storage.known.stock_changes import Change, changes
from storage.known.uses import Use, moved_days, uses
from storage.links import Key
from storage.metrics._durations import LONGEST
from storage.metrics._fitted_leads import FittedLeads
from storage.metrics._last_orders import LastOrder, last_orders
from storage.metrics._replenishment import Curves, ItemLeads, Leads, SupplierCurves, dues
from storage.metrics._stock_days import DAY, Held, held, placed
from storage.metrics._stock_risk import Risk, risks
from storage.metrics.days_of_cover import WINDOW, Cover, covers
from storage.metrics.expected_arrival import LeadTimes
from storage.metrics.run_out import PLAIN, Chance, chances_of
from storage.metrics.stockout_rate import WANTED_BEFORE


@dataclass(frozen=True)
class Shelf:
    """The stock that a question is about, and the services and retired items among it.

    `everywhere` is all that there is, asked about or not.
    """

    stock: list[Stock]
    left_out: list[Stock]
    everywhere: list[Stock]

    @property
    def known_from(self) -> date | None:
        """The first day of which all of it is known; null without any."""
        return max((one.known_from for one in self.stock), default=None)


@dataclass(frozen=True)
class Demand:
    """The covers and risks of items, worst first, and what they come from.

    `first` and `last`: by item, when it first and last came or went. What `moved` and the `uses`
    reach back to twice the window of days of cover. `kept` is the fit of demand, null where none
    is in use; `chances` of running out are by it, of what it can tell; `ordered` is the last order
    of each item, known where there is a fit.
    """

    today: date
    covers: list[Cover]
    risks: list[Risk]
    moved: list[Change]
    uses: list[Use]
    first: Mapping[Key, date]
    last: Mapping[Key, date]
    leads: Leads
    kept: Kept | None
    chances: Mapping[Key, Chance]
    ordered: Mapping[Key, LastOrder]

    @property
    def weeks(self) -> int:
        """The weeks of demand that chances are drawn from."""
        return self.kept.ways.window if self.kept else PLAIN.window

    def new_order(self, item: Key) -> Curve | None:
        """The curve that an order of an item follows by the fit; null where it was never ordered,
        or nothing ever came so."""
        last = self.ordered.get(item)
        if last is None or self.kept is None:
            return None
        fitted = self.kept.made if last.is_made else self.kept.bought
        if fitted is None:
            return None
        one = fitted.follow(last.names)
        return fitted.knots.curve(one.number, round(one.n))


def shelf(session: Session, ask: Ask, query: Query) -> Shelf:
    """The stock of the items, the category and the site that are asked about."""
    everywhere = stocks(session, ask.now, ask.zone)
    every = [one for one in everywhere if _is_asked(query, one)]
    kept = [one for one in every if one.left_out is None]
    return Shelf(kept, [one for one in every if one.left_out], everywhere)


def demand(session: Session, ask: Ask, found: Shelf) -> Demand:
    """What is used of it and what is to come, as known at the asker's now."""
    today = ask.today
    since = today - 2 * WANTED_BEFORE
    moved = changed(session, ask, since)
    every = used(session, ask, found, since, moved)
    days = moved_days(session, ask.now)
    first = {item: begun for item, (begun, _) in days.items()}
    covered = covers(found.stock, every, first, today)
    start = midnight(today - timedelta(days=LONGEST), ask.zone)
    fitted, kept = lead_time.used(session, ask.now), stock.used(session, ask.now)
    bought = purchases(session, ask.now, start, ask.now)
    lines = list(purchase_lines(session, ask.now, ids=bought["id"][bought.is_open].tolist()))
    makes = list(make_orders(session, ask.now))
    ordered = last_orders(bought, makes) if fitted or kept else {}
    leads: Leads = ItemLeads(bought, makes, today)
    curves: Curves = LeadTimes((), today, fitted) if fitted else SupplierCurves(bought, today)
    if fitted:
        waiting = Counter((one.item.source, one.item.ref) for one in lines if one.item)
        leads = FittedLeads(fitted, ordered, waiting, leads)
    risky = risks(covered, dues(lines, makes, leads, today, curves), leads)
    chances = chances_of(risky, every, moved, first, ordered, kept) if kept else {}
    return Demand(
        today, covered, by_chance(risky, chances), moved, every, first,
        {item: last for item, (_, last) in days.items()}, leads, kept, chances, ordered,
    )  # fmt: skip


def by_chance(found: Sequence[Risk], chances: Mapping[Key, Chance]) -> list[Risk]:
    """What is out first, then by the chance to run out; the others after it, in their order."""

    def rank(one: Risk) -> tuple[bool, float]:
        chance = chances.get(one.cover.key)
        return one.state != "out", -chance.share if chance else 1.0

    return sorted(found, key=rank) if chances else list(found)


def changed(session: Session, ask: Ask, since: date) -> list[Change]:
    """All that came and went on and after a local day."""
    return list(changes(session, ask.now, since, ask.zone))


def used(
    session: Session, ask: Ask, found: Shelf, since: date, moved: Sequence[Change]
) -> list[Use]:
    """All that was used of what moved since a local day, at its site where that can be told."""
    return placed(uses(session, ask.now, since, ask.zone, moved), found.everywhere)


def lately(ask: Ask, found: Shelf, wants: Demand) -> list[Held]:
    """The stock at the end of each of the last whole days that count for days of cover."""
    first, last = ask.today - timedelta(days=WINDOW), ask.today - DAY
    return held(found.stock, wants.moved, first, last)


def left_out(found: Shelf) -> tuple[Sentence, ...]:
    """What is not counted, said."""
    count = Counter({one.key[0]: one.left_out for one in found.left_out}.values())
    said = []
    if retired := count["retired"]:
        said.append(f"{retired} item{'' if retired == 1 else 's'} no longer used, left out")
    if services := count["service"]:
        said.append(f"{services} service{'' if services == 1 else 's'}, left out")
    return tuple(Sentence(text, ("supply",)) for text in said)


def evidence(found: Shelf, wants: Demand) -> Table:
    """Each item at each site with what lies there and what its item counted as."""
    state = {one.cover.key: _state(one) for one in wants.risks}
    rows: list[tuple[Value, ...]] = [
        (
            one.item.name, one.site.name if one.site else None, one.uom, one.on_hand, one.reserved,
            one.at_dock, one.value, one.currency,
            f"left out: {one.left_out}" if one.left_out else state[one.key[0]],
        )
        for one in (*found.stock, *found.left_out)
    ]  # fmt: skip
    names = ("Item", "Site", "Unit", "On hand", "Reserved", "At the dock", "At cost", "Currency",
             "State")  # fmt: skip
    return Table(tuple(Column(name, "supply") for name in names), tuple(rows), total=len(rows))


def _state(one: Risk) -> str:
    """What an item counted as, such as "lasts, unordered": some days, with nothing on order."""
    return one.cover.state if one.state in ("fine", "out") else f"{one.cover.state}, {one.state}"


def no_stock(query: Query) -> Notice:
    """That there is nothing to answer from, and what it would take."""
    of = f" of {query.label}" if query.named else ""
    at = f" at {query.site}" if query.site else ""
    return Notice(
        f"No stock{of}{at} is known",
        "It needs stock levels (stock on hand by item and place), and stock moves for its past."
        " See what has been read so far.",
        (FollowUp("Data status", "status"),),
    )


def _is_asked(query: Query, one: Stock) -> bool:
    items, categories = query.refs("item"), query.refs("category")
    if items or categories:
        in_category = (one.item.source, one.category or "") in categories
        if one.key[0] not in items and not in_category:
            return False
    return query.site is None or (one.site is not None and one.site.name == query.site)
