"""Revenue exposed: what customers are worth who wait for a late order and may leave."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storage.known.rates import Amount, Rates, Sums
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import Node
from storage.metrics.churn import Standing
from storage.metrics.expected_arrival import Forecast

METRIC = Metric(
    id="revenue-exposed",
    version=2,
    title="Revenue exposed",
    formula=(
        "The revenue of the last 12 months of customers who have an open order line that is late"
        " or will more likely than not miss its date, and who show at least one named signal (or"
        " more than an even chance to leave). Each customer counts once. Beside it stands"
        " the value of the late lines themselves."
    ),
    unit="money",
    better="lower",
    needs=(
        "salesorder", "salesline", "shipment", "purchaseorder", "purchaseline", "receipt",
        "contract", "ticket", "surveyresponse",
    ),
    dimensions=(),
    caveats=(
        "Late: the first promised day, else the day asked for, is over and not all has gone out.",
        (
            "The chance to miss a date comes from the lead times of the purchases it waits for,"
            " given their age, joined along reserved or first-in-first-out links, with the days"
            " for putting away, production, picking and transport as far as they are known."
        ),
        "A line whose supply can't be traced counts only once it is late.",
        "An order gap is no signal while we hold a late order of theirs.",
        "Exposed is not lost: it is what is worth a call.",
    ),
    synonyms=("exposed", "revenue at risk", "at risk revenue", "exposure"),
)  # fmt: skip

LIKELY = 0.5


@dataclass(frozen=True)
class Waiting:
    """An open line of a customer that is late or likely to be.

    `days_late` is negative while its day is ahead; `chance` to miss it, null where it can't be
    traced; `rest` is the value of what has not gone out, null without a price.
    """

    line: SalesLine
    due: date
    days_late: int
    chance: float | None
    forecast: Forecast | None
    rest: Amount

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True)
class Exposed:
    """A customer with such lines. `revenue` of 12 months, `at_risk` that times its chance to leave
    (nothing where none is told); `lines_value` of what they wait for."""

    standing: Standing
    lines: tuple[Waiting, ...]
    revenue: Sums
    at_risk: Sums
    lines_value: Sums

    @property
    def slowest(self) -> Waiting:
        """The line whose goods are there last, one that can't be told before all."""
        return max(self.lines, key=lambda one: one.forecast.draws if one.forecast else (10**9,))

    @property
    def is_exposed(self) -> bool:
        """Whether it also shows a signal, or may well order nothing."""
        risk = self.standing.risk
        return self.standing.counted > 0 or (risk is not None and risk > LIKELY)


@dataclass(frozen=True)
class Exposure:
    """The whole: customers who are exposed, those who only wait, the sums of the exposed; `at_risk`
    is their revenue times their chance to leave, of those of whom one is told.

    `open_lines` counts all open lines with a date, `untraced` those of them whose supply can't be
    traced, `undated` open lines without any date.
    """

    exposed: tuple[Exposed, ...]
    only_waiting: tuple[Exposed, ...]
    revenue: Sums
    at_risk: Sums
    lines_value: Sums
    open_lines: int
    untraced: int
    undated: int

    @property
    def has_risk(self) -> bool:
        """Whether a chance to leave is told of any who is exposed."""
        return any(one.standing.risk is not None for one in self.exposed)


def waiting_lines(
    lines: Iterable[SalesLine],
    arrivals: Arrivals,
    today: date,
    least: Decimal,
    rates: Rates,
    into: str,
) -> dict[Key, list[Waiting]]:
    """Open lines late or likely to be, by customer; those worth less than `least` left out.

    `least` is money in `into`, else in the home currency of `rates`: a line of another currency
    counts where no rate is known. Where neither is said it is compared with the plain value.
    """
    found: dict[Key, list[Waiting]] = defaultdict(list)
    for line in lines:
        if line.customer is None or line.due_on is None:
            continue
        one = waiting(line, arrivals, today)
        value = _compared(one.rest, rates, into)
        is_small = value is not None and value < least
        if not is_small and (one.is_late or (one.chance or 0) > LIKELY):
            found[line.customer.source, line.customer.ref].append(one)
    return found


def _compared(rest: Amount, rates: Rates, into: str) -> Decimal | None:
    """What is compared with the least value; null where it can't be."""
    target = into or rates.home
    return rates.convert(rest, target) if target else rest.value


def waiting(line: SalesLine, arrivals: Arrivals, today: date) -> Waiting:
    """How an open line with a date stands."""
    assert line.due_on is not None
    forecast = arrivals.forecast(Node("salesline", line.key))
    sent = sum((one.qty for one in line.shipments), Decimal(0))
    rest = None if line.price is None else line.price * max(line.qty - sent, Decimal(0))
    late = (today - line.due_on).days
    chance = 1.0 if late > 0 else (forecast.after(line.due_on) if forecast else None)
    return Waiting(line, line.due_on, late, chance, forecast, Amount(rest, line.currency, today))


def exposure(
    standing: Sequence[Standing],
    lines: Sequence[SalesLine],
    arrivals: Arrivals,
    rates: Rates,
    today: date,
    *,
    least: Decimal = Decimal(0),
    into: str = "",
) -> Exposure:
    """All that is exposed on a day, the most revenue first; money in `into` where rates allow.

    Who has it in another currency, or in several, stands after those that can be compared.
    """
    arrivals.tell([Node("salesline", line.key) for line in lines])
    late = waiting_lines(lines, arrivals, today, least, rates, into)
    found = [
        _exposed(one, theirs, rates, today, into)
        for one in standing
        if (theirs := [found for key in sorted(one.customer.keys) for found in late.get(key, ())])
    ]
    ranked = sorted(found, key=lambda one: _rank(one, into or rates.home))
    exposed = tuple(one for one in ranked if one.is_exposed)
    dated = [line for line in lines if line.due_on]
    untraced = sum(1 for line in dated if arrivals.forecast(Node("salesline", line.key)) is None)
    return Exposure(
        exposed,
        tuple(one for one in ranked if not one.is_exposed),
        rates.total((a for one in exposed for a in one.standing.yearly(today)), into),
        rates.total((a for one in exposed for a in _risked(one.standing, today)), into),
        rates.total((line.rest for one in exposed for line in one.lines), into),
        len(dated), untraced, len(lines) - len(dated),
    )  # fmt: skip


def _exposed(
    one: Standing, theirs: Sequence[Waiting], rates: Rates, today: date, into: str
) -> Exposed:
    ranked = sorted(theirs, key=lambda found: (-found.days_late, found.line.number))
    return Exposed(
        one, tuple(ranked), rates.total(one.yearly(today), into),
        rates.total(_risked(one, today), into),
        rates.total((found.rest for found in theirs), into),
    )  # fmt: skip


def _risked(one: Standing, today: date) -> list[Amount]:
    """A customer's revenue times its chance to leave; nothing where none is told."""
    return [] if one.risk is None else one.yearly(today, one.risk)


def _rank(one: Exposed, wanted: str) -> tuple[bool, bool, str, Decimal, str]:
    """Amounts of one currency are compared with each other only, the wanted one first."""
    name = one.standing.customer.name
    if one.revenue.single is None:
        return True, True, "", Decimal(0), name
    value, code = one.revenue.single
    return False, code != wanted, code, -value, name
