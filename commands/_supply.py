"""What every question along the supply chain looks at, read once: links, arrivals, customers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from commands._churn_fit import Told, told_of
from commands._contract import Ask
from commands._track_record import UNMEASURED, Track, record
from commands._window import midnight
from storage.forecasts import lead_time, order_eta
from storage.known import Named
from storage.known.chain import Chain, chain
from storage.known.customers import customers
from storage.known.making import Making, make_orders
from storage.known.purchases import purchase_lines
from storage.known.rates import Rates, rates
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics._arrivals import Arrivals
from storage.metrics._durations import LONGEST
from storage.metrics._trace import Hop, Node, Trace, trace
from storage.metrics.churn import Standing, lives, standings
from storage.metrics.expected_arrival import Forecast, LeadTimes, lateness, production_days

# what a forecast without a fit says nothing of
ALL_STAGES = ("putting away", "picking", "transport")


@dataclass(frozen=True)
class Supply:
    """Everything open between suppliers and customers on a day, and when it will be there. `track`:
    how what was told of customers' orders came out."""

    chain: Chain
    trace: Trace
    arrivals: Arrivals
    rates: Rates
    today: date
    track: Track = UNMEASURED

    def lines_of(self, keys: set[Key]) -> list[SalesLine]:
        """Open sales lines of some customers, the first due first."""
        found = [
            line
            for line in self.chain.sales.values()
            if line.customer and (line.customer.source, line.customer.ref) in keys
        ]
        return sorted(found, key=lambda line: (line.due_on or date.max, line.number, line.key))

    def forecast(self, line: SalesLine) -> Forecast | None:
        return self.arrivals.forecast(Node("salesline", line.key))

    @property
    def left_out(self) -> str | None:
        """Which days the forecasts of customers' orders leave out, in a sentence; null for none."""
        stages = self.arrivals.stages
        names = list(stages.left_out if stages else ALL_STAGES)
        if not names:
            return None
        said = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        return f"Days for {said} are not in it."

    @property
    def reaches(self) -> bool:
        """Whether the forecast of a customer's order is of its day there, not of its leaving."""
        stages = self.arrivals.stages
        return stages is not None and stages.carried is not None

    def slowest(self, demand: Node) -> tuple[Hop, ...] | None:
        """The way up to the supply that is there last; null where nothing is traced."""
        ways = list(self.trace.causes(demand))
        return max(
            ways, key=lambda way: lateness(self.arrivals.forecast(way[-1].supply)), default=None
        )

    def supplier_of(self, supply: Node) -> Named | None:
        """The supplier of a purchase at the end of a way; null for stock."""
        if supply.kind != "purchaseline":
            return None
        return self.chain.purchases[supply.key].supplier

    def number_of(self, node: Node) -> str:
        """The number of the order that a node is of; "stock" for stock."""
        match node.kind:
            case "salesline":
                return self.chain.sales[node.key].number
            case "makeorder":
                return self.chain.makes[node.key].number
            case "purchaseline":
                return self.chain.purchases[node.key].number
        return "stock"


def supply(session: Session, ask: Ask, makes: Iterable[Making] | None = None) -> Supply:
    """The chain as known at the asker's now. `makes`: all production orders, where they have been
    read already."""
    known = chain(session, ask.now)
    since = midnight(ask.today - timedelta(days=LONGEST), ask.zone)
    lines = purchase_lines(session, ask.now, since)
    times = LeadTimes(lines, ask.today, lead_time.used(session, ask.now))
    stages = order_eta.used(session, ask.now)
    takes: Mapping[Key | None, Sequence[int]] = {}
    if stages is None or stages.made is None:
        makes = make_orders(session, ask.now) if makes is None else makes
        takes = production_days(makes, ask.today)
    links = trace(known)
    return Supply(
        known, links, Arrivals(known, links, times, takes, stages),
        rates(session, ask.now, ask.currency), ask.today,
        record(session, order_eta.MODEL.id, ask.now) if stages else UNMEASURED,
    )  # fmt: skip


def standing_customers(session: Session, ask: Ask) -> tuple[list[Standing], Told]:
    """How every customer stands, those worth a look first; and what a fit tells of them."""
    every = customers(session, ask.now, ask.today)
    told = told_of(session, ask, every, most=0)
    return standings(lives(every, ask.today), ask.today, told.risks), told
