"""Backorders: what is owed past its day, how much of all that is open, and how long it lasts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from storage.known.rates import Amount, Rates, Sums
from storage.metrics import Metric
from storage.metrics._due import Due, Share, share_of
from storage.metrics._durations import Duration, Span, cohort
from storage.metrics._durations import now as these_days
from storage.metrics.on_time import METRIC as ON_TIME

METRIC = Metric(
    id="backorders",
    version=2,
    title="Backorders",
    formula=(
        "Open lines of which something is still owed and whose day is over, divided by all open"
        " lines that have a day; the same by the value of what is owed. The day is the first"
        " promise, else the day that was asked for. The age is the days since then. How long"
        " a backorder lasts is read off a Kaplan-Meier curve over the lines due within a year that"
        " were not complete at the end of their day: those still open count as not filled yet, one"
        " that was called off, or of which the rest was, leaves when it was."
    ),
    unit="share",
    better="lower",
    needs=ON_TIME.needs,
    dimensions=ON_TIME.dimensions,
    caveats=(
        "Open lines without any day are left out and counted.",
        "What is owed is the quantity ordered less what has come; at the price of the line.",
        "A later promise does not make a backorder younger: its age runs from the first one.",
    ),
    synonyms=("backorder rate", "back orders", "open shortages", "backorder age"),
)

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Owed:
    """An open line and the day on which it was due, `days` ago."""

    due: Due
    since: date
    days: int

    @property
    def value(self) -> Decimal | None:
        """What is owed at the line's price; null where it has none."""
        one = self.due
        return None if one.value is None else one.value * one.owed / one.qty


@dataclass(frozen=True)
class Backlog:
    """What is owed past its day among all that is open: `ages` in days, the oldest first.

    `undated`: open lines without a day. `value` is of what is owed late, `open_value` of all that
    is owed and has a day.
    """

    ages: tuple[int, ...]
    share: Share
    undated: int
    value: Sums
    open_value: Sums

    @property
    def oldest(self) -> int | None:
        """Days that the oldest is owed; null where nothing is."""
        return self.ages[0] if self.ages else None

    @property
    def value_share(self) -> float | None:
        """Null where money can't be brought to one currency or nothing is open."""
        part, whole = self.value.single, self.open_value.single
        if whole is None or (part is None and self.ages) or not whole[0]:
            return None
        return float(part[0] / whole[0]) if part else 0.0


@dataclass(frozen=True)
class Backorders(Backlog):
    """The same with its lines, the oldest first."""

    lines: tuple[Owed, ...] = ()


def backorders(lines: Iterable[Due], today: date, rates: Rates, into: str = "") -> Backorders:
    """What is owed past its day on `today`; a day that is not over yet is not past.

    Money is brought to `into`, else to the company's currency.
    """
    open_ = [one for one in lines if one.is_open]
    dated = [Owed(one, day, (today - day).days) for one in open_ if (day := one.day())]
    late = sorted(
        (one for one in dated if one.since < today),
        key=lambda one: (-one.days, one.due.number, one.due.key),
    )
    return Backorders(
        tuple(one.days for one in late),
        share_of([one.since < today for one in dated]),
        len(open_) - len(dated),
        rates.total(map(_amount, late), into),
        rates.total(map(_amount, dated), into),
        tuple(late),
    )


def lasts(lines: Iterable[Due], today: date) -> Duration:
    """How many days backorders last these days, from the day that was due to all being there; of
    lines that were due in the `YEAR` before `today`. `_backorders_by` is tested against it."""
    return these_days((one for one in spans(lines, today) if one.start >= today - YEAR), today)


def lasted(lines: Iterable[Due], since: date, until: date, today: date) -> Duration:
    """The same of those that were due in the days [since, until); tested against likewise."""
    every = (one for one in spans(lines, today) if since <= one.start < until)
    return cohort(every, today)


def spans(lines: Iterable[Due], today: date) -> list[Span]:
    """Every line that was not complete at the end of its day, from that day on."""
    found = []
    for one in lines:
        day = one.day()
        if day is None or day >= today:
            continue
        done, left = one.settled(day)
        ended = done or left
        if one.came_by(day) < one.wanted(day) and (ended is None or ended > day):
            found.append(Span(one.key, day, done, left, one.country))
    return found


def _amount(one: Owed) -> Amount:
    return Amount(one.value, one.due.currency, one.due.ordered_on)
