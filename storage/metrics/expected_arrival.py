"""When what is open will be there: lead-time curves given the age, joined along a trace.

A purchase draws from its supplier's curve of these days given that it is not there yet:
P(T > t | T > age) = S(t) / S(age). A production order needs all its components first and then
takes as many days as one that ended lately did. Every figure is a share of `DRAWS` such draws,
made from a seed of their own, so that the same question has the same answer.
"""

import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from storage.curves import ROUNDING, Curve
from storage.forecasts._fitted import Fitted, Followed
from storage.forecasts._orders import DIMENSIONS, named
from storage.known.chain import Chain
from storage.known.making import Making
from storage.known.purchases import Line
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._trace import Node, Trace
from storage.metrics.lead_time import now

METRIC = Metric(
    id="expected-arrival",
    version=2,
    title="Expected arrival",
    formula=(
        "An open purchase follows the lead-time curve fitted for its category or lane, supplier"
        " and item given that it is not there yet: P(T > t) = S(t) / S(age). Where no fit is in"
        " use, its supplier's curve of these days; the company's where the supplier has"
        " fewer than 10 orders under way. A production needs all its components first and then"
        " takes as long as one that ended within a year. A customer's line is there when all it"
        " waits for is."
    ),
    unit="day",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt", "makeorder", "consumption"),
    dimensions=(),
    caveats=(
        "Half by a day, 8 in 10 by a later one: shares of 200 draws of such orders.",
        "Days for putting away, picking and transport are not in it.",
        "An order older than any that ever came has no expected day.",
        "What can't be traced has no expected day either.",
    ),
    synonyms=("eta", "when will it come", "expected date"),
)

DRAWS = 200
ENOUGH = 10
YEAR = timedelta(days=365)
# days from today that stand for "later than any that was ever seen"
NEVER = 100_000

Draws = tuple[int, ...]


@dataclass(frozen=True)
class Forecast:
    """When something will be there: draws of days from today, ascending.

    `NEVER` among them stands for later than any such order ever took.
    """

    draws: Draws
    today: date

    def by(self, share: float) -> date | None:
        """The day by which it is there with that probability; null if later than ever seen."""
        days = self.draws[ceil(share * len(self.draws) - ROUNDING) - 1]
        return None if days >= NEVER else self.today + timedelta(days=days)

    def after(self, day: date) -> float:
        """The probability that it comes later than `day`."""
        limit = (day - self.today).days
        return sum(1 for days in self.draws if days > limit) / len(self.draws)


class LeadTimes:
    """Curves of purchases: those that were `fitted`, where a fit may be used; else those of these
    days, by supplier where it has enough, or of the company."""

    def __init__(self, lines: Iterable[Line], today: date, fitted: Fitted | None = None) -> None:
        self.today, self.fitted = today, fitted
        self._read: dict[int, Curve] = {}
        groups: dict[Key | None, list[Line]] = defaultdict(list)
        for line in lines:
            groups[None].append(line)
            if line.supplier:
                groups[line.supplier.source, line.supplier.ref].append(line)
        found = {who: now(theirs, today) for who, theirs in groups.items()}
        self._curves = {
            who: one.curve for who, one in found.items() if who is None or one.n >= ENOUGH
        }

    def curve(self, line: Line) -> Curve | None:
        """The curve that an open line follows; null where nothing was ever ordered."""
        one = self.followed(line)
        if one and self.fitted:
            if one.number not in self._read:
                self._read[one.number] = self.fitted.knots.curve(one.number, round(one.n))
            return self._read[one.number]
        who = (line.supplier.source, line.supplier.ref) if line.supplier else None
        found = self._curves.get(who) or self._curves.get(None)
        return found if found and found.times else None

    def followed(self, line: Line) -> Followed | None:
        """Which fitted curve a line follows, and on what it rests; null without a fit, and where
        none tells when half of such orders come."""
        if self.fitted is None or not len(self.fitted.knots.times):
            return None
        return self.fitted.follow({one: named(getattr(line, one)) for one in DIMENSIONS})

    def draws(self, line: Line) -> Draws | None:
        """Days from today until an open line is all there."""
        curve = self.curve(line)
        if curve is None:
            return None
        age = max(0, (self.today - line.ordered_on).days)
        rng = _rng(line.key)
        return tuple(_drawn(curve, age, rng.random()) for _ in range(DRAWS))


class Arrivals:
    """When each demand of a trace can be met. `takes`: days that production took lately, by item
    with null for all items."""

    def __init__(
        self, chain: Chain, trace: Trace, lead_times: LeadTimes,
        takes: Mapping[Key | None, Sequence[int]],
    ) -> None:  # fmt: skip
        self.chain, self.trace, self.lead_times, self.takes = chain, trace, lead_times, takes
        self.today = lead_times.today
        self._known: dict[Node, Draws | None] = {}

    def forecast(self, demand: Node) -> Forecast | None:
        """When all that a demand needs is there; null where a part of it can't be traced."""
        found = self._ready(demand)
        return None if found is None else Forecast(tuple(sorted(found)), self.today)

    def _ready(self, node: Node) -> Draws | None:
        if node not in self._known:
            self._known[node] = None  # what goes in a ring can't be told
            self._known[node] = self._drawn(node)
        return self._known[node]

    def _drawn(self, node: Node) -> Draws | None:
        if node.kind == "stock":
            return (0,) * DRAWS
        if node.kind == "purchaseline":
            return self.lead_times.draws(self.chain.purchases[node.key])
        if self.trace.gaps.get(node) or self._is_blind(node):
            return None
        parts = [self._ready(hop.supply) for hop in self.trace.up.get(node, ())]
        if None in parts:
            return None
        known = [part for part in parts if part is not None]
        arrived = tuple(map(max, zip(*known, strict=True))) if known else (0,) * DRAWS
        if node.kind == "salesline":
            return arrived
        return self._made(self.chain.makes[node.key], arrived)

    def _is_blind(self, node: Node) -> bool:
        """Whether nothing tells what a demand needs: that is not the same as needing nothing."""
        if self.trace.up.get(node):
            return False
        if node.kind == "salesline":
            return True
        make = self.chain.makes[node.key]
        has_bill = make.item and (make.item.source, make.item.ref) in self.chain.bills
        return not (has_bill or make.used or make.started_on)

    def _made(self, make: Making, arrived: Draws) -> Draws | None:
        """Production after its components; what has begun has used some of its days."""
        seen = self.takes.get((make.item.source, make.item.ref) if make.item else None)
        days = seen or self.takes.get(None)
        if not days:
            return None
        spent = (self.today - make.started_on).days if make.started_on else 0
        rng = _rng(make.key)
        return tuple(min(NEVER, at + max(1, rng.choice(days) - spent)) for at in arrived)


def production_days(makes: Iterable[Making], today: date) -> dict[Key | None, list[int]]:
    """Days from start to finish of production that ended within a year, by item and of all."""
    found: dict[Key | None, list[int]] = defaultdict(list)
    for make in makes:
        begun = make.started_on or make.released_on
        if not make.finished_on or not begun or make.finished_on < max(begun, today - YEAR):
            continue
        days = (make.finished_on - begun).days
        found[None].append(days)
        if make.item:
            found[make.item.source, make.item.ref].append(days)
    return {item: days for item, days in found.items() if item is None or len(days) >= ENOUGH}


def _drawn(curve: Curve, age: int, chance: float) -> int:
    """The smallest t > age with S(t) <= chance * S(age), as days from today."""
    wanted = chance * curve.at(age) + ROUNDING
    reached = bisect_left(curve.survival, -wanted, key=lambda left: -left)
    at = max(reached, bisect_right(curve.times, age))
    return int(curve.times[at]) - age if at < len(curve.times) else NEVER


def _rng(key: Key) -> random.Random:
    return random.Random("/".join(key))  # noqa: S311 - the same draws at every asking, no secret
