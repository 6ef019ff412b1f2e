"""When all that an open order waits for is there: draws of its supplies, joined along a trace.

All orders that are asked for are drawn at once, from the purchases down to the customers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from storage.forecasts._calibration import by_calibration
from storage.forecasts._drawn import DRAWS, NEVER, UNBORN, Draws, drawn, orders_for
from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import Ints, Knots, knots_from
from storage.forecasts._order_eta_fit import Stages
from storage.forecasts._orders import Flags, named
from storage.known.chain import Chain
from storage.known.making import Making
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics._trace import Node, Trace
from storage.metrics.expected_arrival import Forecast, LeadTimes

VISITING = -2
HERE = np.zeros(DRAWS, np.int32)
Row = Draws


class Arrivals:
    """When each demand of a trace can be met. `takes`: days that production took lately, by item
    with null for all items; `stages` say more where such a fit may be used."""

    def __init__(
        self, chain: Chain, trace: Trace, lead_times: LeadTimes,
        takes: Mapping[Key | None, Sequence[int]], stages: Stages | None = None,
    ) -> None:  # fmt: skip
        self.chain, self.trace, self.lead_times, self.stages = chain, trace, lead_times, stages
        self.today = lead_times.today
        self._production = _Production(takes, stages.made if stages else None)
        self._together = _together(chain) if stages and stages.together else {}
        # what is shown of each node, and when what waits for it can use it
        self._known: dict[Node, Row | None] = {}
        self._usable: dict[Node, Row | None] = {}

    def forecast(self, demand: Node) -> Forecast | None:
        """When all that a demand needs is there (a customer's line: when it has left, or is at
        the customer, as far as these stages are known); null where a part of it can't be traced."""
        (found,) = self.draws([demand])
        if found is None:
            return None
        draws = np.sort(found)
        if demand.kind == "salesline" and self.stages and self.stages.came is not None:
            draws = by_calibration(draws, self.stages.came)
        return Forecast(tuple(draws.tolist()), self.today)

    def draws(self, nodes: Sequence[Node]) -> list[Row | None]:
        """The draws of some nodes, in days from today and not in order; null as above."""
        self.tell(nodes)
        return [self._known[node] for node in nodes]

    def tell(self, nodes: Iterable[Node]) -> None:
        """Finds the forecasts of many at once: asking one by one takes longer."""
        ranks: dict[Node, int] = {}
        for node in nodes:
            self._visit(node, ranks)
        by_rank: dict[tuple[int, str], list[Node]] = defaultdict(list)
        for node, rank in ranks.items():
            by_rank[rank, node.kind].append(node)
        for (_, kind), theirs in sorted(by_rank.items()):
            self._draw(kind, theirs)

    def _visit(self, node: Node, ranks: dict[Node, int]) -> int:
        """How many hops lie between a node and the farthest of what it needs."""
        if node in ranks or node in self._known:
            return ranks.get(node, 0)
        ranks[node] = VISITING
        rank = 0
        for supply in self._supplies(node):
            above = self._visit(supply, ranks)
            if above == VISITING:
                self._known[node] = self._usable[node] = None  # what goes in a ring can't be told
            rank = max(rank, above + 1)
        ranks[node] = rank
        return rank

    def _supplies(self, node: Node) -> list[Node]:
        """What a node waits for: with the lines of its order that it leaves together with."""
        found = [hop.supply for hop in self.trace.up.get(node, ())]
        if not self._together:
            return found
        for other in self._siblings(node):
            found += [hop.supply for hop in self.trace.up.get(other, ())]
        return found

    def _siblings(self, node: Node) -> list[Node]:
        """Other lines of its order that can be traced."""
        if node.kind != "salesline":
            return []
        others = self._together.get(self.chain.sales[node.key].order, ())
        return [one for one in others if one != node and not self.trace.gaps.get(one)]

    def _draw(self, kind: str, nodes: Sequence[Node]) -> None:
        """Draws nodes of a kind of which all supplies are drawn."""
        if kind == "stock":
            self._keep(nodes, [HERE] * len(nodes))
        elif kind == "purchaseline":
            self._draw_purchases(nodes)
        else:
            told, arrived = self._arrived([node for node in nodes if node not in self._known])
            if told and kind == "makeorder":
                self._draw_makes(told, arrived)
            elif told:
                self._draw_sales(told, arrived)

    def _keep(self, nodes: Sequence[Node], rows: Sequence[Row | None] | Draws) -> None:
        kept = dict(zip(nodes, rows, strict=True))
        self._known.update(kept)
        self._usable.update(kept)

    def _draw_purchases(self, nodes: Sequence[Node]) -> None:
        every = [self.chain.purchases[node.key] for node in nodes]
        numbers = [self.lead_times.number(line) for line in every]
        self._keep(nodes, [None] * len(nodes))
        known = [
            (node, line, number)
            for node, line, number in zip(nodes, every, numbers, strict=True)
            if number is not None
        ]
        if not known:
            return
        told, lines, curves_of = zip(*known, strict=True)
        found = self.lead_times.draws(lines, curves_of)
        self._keep(told, found)
        docked = self.stages.docked if self.stages else None
        if docked:
            curves = _followed(docked, "site", [line.site or "" for line in lines])
            later = _begun(docked.knots, curves, "dock", [node.key for node in told])
            self._usable.update(zip(told, _sum(found, later), strict=True))

    def _arrived(self, nodes: Sequence[Node]) -> tuple[list[Node], Draws]:
        """Those of some demands that can be told, and when all that each needs is there."""
        told: list[Node] = []
        parts: list[Row] = []
        starts = []
        for node in nodes:
            rows = [self._usable[supply] for supply in self._supplies(node)]
            known = [row for row in rows if row is not None]
            if len(known) < len(rows) or self.trace.gaps.get(node) or self._is_blind(node):
                self._known[node] = self._usable[node] = None
                continue
            told.append(node)
            starts.append(len(parts))
            parts += known or [HERE]
        if not told:
            return [], np.empty((0, DRAWS), np.int32)
        every: Draws = np.stack(parts)
        if len(parts) > len(told):
            every = np.maximum.reduceat(every, starts, axis=0)
        return told, every

    def _is_blind(self, node: Node) -> bool:
        """Whether nothing tells what a demand needs: that is not the same as needing nothing."""
        if self.trace.up.get(node):
            return False
        if node.kind == "salesline":
            return True
        make = self.chain.makes[node.key]
        has_bill = make.item and (make.item.source, make.item.ref) in self.chain.bills
        return not (has_bill or make.used or make.started_on)

    def _draw_makes(self, nodes: Sequence[Node], arrived: Draws) -> None:
        """Production after its components; what has begun is not over at its age."""
        makes = [self.chain.makes[node.key] for node in nodes]
        curves = [self._production.number(make) for make in makes]
        known = [at for at, curve in enumerate(curves) if curve is not None]
        for node, curve in zip(nodes, curves, strict=True):
            if curve is None:
                self._known[node] = self._usable[node] = None
        ages = [
            max(0, (self.today - begun).days) if (begun := makes[at].started_on) else UNBORN
            for at in known
        ]
        days = drawn(
            self._production.knots, np.array([curves[at] for at in known], np.int64),
            np.array(ages, np.int64), "make", [makes[at].key for at in known],
        )  # fmt: skip
        self._keep([nodes[at] for at in known], _sum(arrived[known], days))

    def _draw_sales(self, nodes: Sequence[Node], ready: Draws) -> None:
        """A customer's lines, after all being there: picked, and carried."""
        stages = self.stages
        lines = [self.chain.sales[node.key] for node in nodes]
        keys = [line.order if self._together else line.key for line in lines]
        if stages and stages.picking:
            due, within, is_waiting = self._promises(nodes, lines)
            ready = stages.picking.drawn(ready, due, within, is_waiting, orders_for("pick", keys))
        if stages and stages.carried:
            curves = _followed(stages.carried, "lane", [lane_of(line) for line in lines])
            ready = _sum(ready, _begun(stages.carried.knots, curves, "carry", keys))
        self._keep(nodes, ready)

    def _promises(
        self, nodes: Sequence[Node], lines: Sequence[SalesLine]
    ) -> tuple[Ints, Ints, Flags]:
        """Days until each line is due, within how many days what is in stock for it came, and
        whether that was before a day that is over now."""
        due = np.array(
            [(line.due_on - self.today).days if line.due_on else NEVER for line in lines], np.int64
        )
        age = np.array([(self.today - line.ordered_on).days for line in lines], np.int64)
        is_here = np.array(
            [all(one.kind == "stock" for one in self._supplies(node)) for node in nodes], bool
        )
        is_waiting = is_here & (due <= 0) & (due > -age)
        return due, np.where(is_here, np.maximum(age, 0), 0), is_waiting


class _Production:
    """The curves of production: fitted ones, else what each item took of late."""

    def __init__(
        self, takes: Mapping[Key | None, Sequence[int]], fitted: Fitted | None
    ) -> None:  # fmt: skip
        self._fitted = fitted
        kept = {item: np.unique(days, return_counts=True) for item, days in takes.items() if days}
        self._numbers = {item: number for number, item in enumerate(kept)}
        self.knots = fitted.knots if fitted else knots_from(
            [(days.tolist(), (1 - np.cumsum(count) / count.sum()).tolist())
             for days, count in kept.values()]
        )  # fmt: skip

    def number(self, make: Making) -> int | None:
        """The number of the curve that an order follows; null where nothing was ever made."""
        if self._fitted:
            return self._fitted.follow({"item": named(make.item)}).number
        item = (make.item.source, make.item.ref) if make.item else None
        return self._numbers.get(item, self._numbers.get(None))


def lane_of(line: SalesLine) -> str:
    """From which site to which country goods go, as the columns of lines name it."""
    return " → ".join(end for end in (line.country, line.site) if end)


def _together(chain: Chain) -> dict[Key, list[Node]]:
    orders: dict[Key, list[Node]] = defaultdict(list)
    for line in chain.sales.values():
        orders[line.order].append(Node("salesline", line.key))
    return orders


def _followed(fitted: Fitted, dimension: str, names: Sequence[str]) -> Ints:
    known = {name: fitted.follow({dimension: name}).number for name in set(names)}
    return np.array([known[name] for name in names], np.int64)


def _begun(knots: Knots, curves: Ints, salt: str, keys: Sequence[Key]) -> Draws:
    """Days of a stage that is still to begin."""
    return drawn(knots, curves, np.full(len(curves), UNBORN), salt, keys)


def _sum(one: Draws, other: Draws) -> Draws:
    found: Draws = np.minimum(one + other, NEVER).astype(np.int32)
    return found
