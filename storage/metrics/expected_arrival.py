"""When what is open will be there: the lead-time curves of purchases given their age.

P(T > t | T > age) = S(t) / S(age). Every figure is a share of `DRAWS` draws, always the same for
the same thing, so that the same question has the same answer; `_arrivals.py` joins them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import ceil

import numpy as np

from storage.curves import ROUNDING, Curve
from storage.forecasts._drawn import NEVER, Draws, drawn
from storage.forecasts._fitted import Fitted, Followed
from storage.forecasts._knots import Knots, knots_of_curves
from storage.forecasts._orders import named
from storage.known.making import Making
from storage.known.purchases import Line
from storage.links import Key
from storage.metrics import Metric
from storage.metrics.lead_time import now

METRIC = Metric(
    id="expected-arrival",
    version=3,
    title="Expected arrival",
    formula=(
        "An open purchase follows the lead-time curve fitted for its category or lane, supplier"
        " and item given that it is not there yet: P(T > t) = S(t) / S(age). Where no fit is in"
        " use, its supplier's curve of these days; the company's where the supplier has"
        " fewer than 10 orders under way. A production needs all its components first and then"
        " takes as long as such did. A customer's line is there when all it waits for is, put"
        " away, picked and carried: each as long as the fitted curves of the site, the item and"
        " the lane say, picking by the promised day. Where the fit of orders (`order-eta`) is not"
        " in use a line is there when all it waits for is made or received."
    ),
    unit="day",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt", "makeorder", "consumption", "shipment"),
    dimensions=(),
    caveats=(
        "Half by a day, 8 in 10 by a later one: shares of 200 draws of such orders.",
        "A stage of which the store knows too little is not in it; the answer says which.",
        "Lines of an order wait for each other where nearly all orders leave whole.",
        "What is older than any that ever came has no expected day.",
        "What can't be traced has no expected day either.",
        "Version 2 left out the days for putting away, picking and transport.",
    ),
    synonyms=("eta", "when will it come", "expected date"),
)

ENOUGH = 10
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Forecast:
    """When something will be there: draws of days from today, ascending.

    `NEVER` among them stands for later than any such order ever took.
    """

    draws: tuple[int, ...]
    today: date

    def days(self, share: float) -> int:
        """The days by which it is there with that probability; `NEVER` if later than ever seen."""
        return self.draws[ceil(share * len(self.draws) - ROUNDING) - 1]

    def by(self, share: float) -> date | None:
        """The day by which it is there with that probability; null if later than ever seen."""
        days = self.days(share)
        return None if days >= NEVER else self.today + timedelta(days=days)

    def after(self, day: date) -> float:
        """The probability that it comes later than `day`."""
        limit = (day - self.today).days
        return sum(1 for days in self.draws if days > limit) / len(self.draws)


def lateness(forecast: Forecast | None) -> tuple[int, int]:
    """Ranks several by which is there last: by the days for 8 in 10, then for half; what nobody can
    tell comes after all others. The last draw alone says little: of most it is `NEVER`."""
    return (forecast.days(0.8), forecast.days(0.5)) if forecast else (2 * NEVER, 2 * NEVER)


class LeadTimes:
    """Curves of purchases: those that were `fitted`, where a fit may be used; else those of these
    days, by supplier where it has enough, or of the company. The lines are only read for those."""

    def __init__(self, lines: Iterable[Line], today: date, fitted: Fitted | None = None) -> None:
        self.today = today
        self.fitted = fitted if fitted and len(fitted.knots.times) else None
        self._lines = lines

    def curve(self, line: Line) -> Curve | None:
        """The curve that an open line follows; null where nothing was ever ordered."""
        number = self.number(line)
        return None if number is None else self.knots.curve(number, 0)

    @property
    def knots(self) -> Knots:
        """All curves, by the numbers that lines follow."""
        return self.fitted.knots if self.fitted else self._these_days[0]

    def number(self, line: Line) -> int | None:
        """The number of the curve that a line follows; null where nothing was ever ordered."""
        if found := self.followed(line):
            return found.number
        numbers = self._these_days[1]
        who = (line.supplier.source, line.supplier.ref) if line.supplier else None
        return numbers.get(who, numbers.get(None))

    def followed(self, line: Line) -> Followed | None:
        """Which fitted curve a line follows, and on what it rests; null without a fit, and where
        none tells when half of such orders come."""
        if self.fitted is None:
            return None
        return self.fitted.follow(
            {one: named(getattr(line, one)) for one in self.fitted.dimensions}
        )

    @cached_property
    def _these_days(self) -> tuple[Knots, dict[Key | None, int]]:
        groups: dict[Key | None, list[Line]] = defaultdict(list)
        for line in self._lines:
            groups[None].append(line)
            if line.supplier:
                groups[line.supplier.source, line.supplier.ref].append(line)
        found = {who: now(theirs, self.today) for who, theirs in groups.items()}
        kept = {
            who: one.curve for who, one in found.items()
            if one.curve.times and (who is None or one.n >= ENOUGH)
        }  # fmt: skip
        return knots_of_curves(kept.values()), {who: number for number, who in enumerate(kept)}

    def draws(self, lines: Sequence[Line], numbers: Sequence[int] | None = None) -> Draws:
        """Days from today until open lines are all there, a row each; each must follow a curve,
        whose `numbers` may be given where they are known already."""
        age = np.array([max(0, (self.today - line.ordered_on).days) for line in lines], np.int64)
        curves = np.array([self.number(line) for line in lines] if numbers is None else numbers)
        return drawn(
            self.knots, curves.astype(np.int64), age, "purchase", [line.key for line in lines]
        )


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
