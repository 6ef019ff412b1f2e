"""How long a new order of each item takes, by the curves that were fitted."""

from collections.abc import Mapping

from storage.curves import Curve
from storage.forecasts._fitted import Fitted
from storage.links import Key
from storage.metrics._durations import Duration
from storage.metrics._last_orders import LastOrder
from storage.metrics._replenishment import ItemLead, Leads


class FittedLeads:
    """Of what is bought by the curve that its last order follows; of what is made as `others`
    have it. `open` are the open purchases of each item."""

    def __init__(
        self, fitted: Fitted, last: Mapping[Key, LastOrder], open_: Mapping[Key, int], others: Leads
    ) -> None:
        self._fitted, self._last, self._open, self._others = fitted, last, open_, others
        self._found: dict[Key, ItemLead] = {}
        self._curves: dict[int, tuple[Curve, float | None, float | None]] = {}

    def of(self, item: Key) -> ItemLead:
        if item not in self._found:
            last = self._last.get(item)
            bought = last is not None and not last.is_made
            self._found[item] = self._bought(item) if bought else self._others.of(item)
        return self._found[item]

    def _bought(self, item: Key) -> ItemLead:
        one = self._fitted.follow(self._last[item].names)
        if one.number not in self._curves:
            curve = self._fitted.knots.curve(one.number, round(one.n))
            self._curves[one.number] = curve, curve.quantile(0.5), curve.quantile(0.9)
        curve, median, p90 = self._curves[one.number]
        n = round(one.n)
        made = Duration(n, self._open.get(item, 0), 0, 0, median, p90, curve)
        return ItemLead(made, one.level, is_fitted=True)
