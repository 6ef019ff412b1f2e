"""The chance that each contract is renewed, how many to expect, and the base rate beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from commands._book import Book, amounts
from commands._churn_factors import factors_said
from commands._churn_fit import OF_FIT
from commands._churn_list import about
from commands._churn_words import percent
from commands._contract import READ, Ask, Column, Reading, Sentence, Topic, Value
from storage.entities import entity
from storage.forecasts._renewal_now import Group, Renews, chances
from storage.forecasts.renewal import DAYS, MODEL, used
from storage.issued import Statement
from storage.known.deals import Deal
from storage.known.rates import Amount, Sums
from storage.metrics.renewal_rate import GRACE, Rate, rate, renewals
from storage.metrics.renewals_due import METRIC, Due

BOTH: tuple[Topic, ...] = ("customers", "revenue")


@dataclass(frozen=True)
class Told:
    """The chance of each that is due, by whose and which days; the rate of all decided so far; and
    whether a fit is in use that has chances."""

    each: Mapping[Group, Renews]
    base: Rate
    is_fitted: bool

    def of(self, one: Due) -> Renews | None:
        """Null of a deal, and where no chance is told."""
        return (
            self.each.get((one.customer.key, one.deadline, one.ends_on)) if one.customer else None
        )


def told_of(session: Session, ask: Ask, book: Book, every: Sequence[Deal]) -> Told:
    """What is told as known at the asker's now, by the fit in use where there is one."""
    fit = used(session, ask.now)
    each = chances(fit, book.customers, ask.today, DAYS) if fit else {}
    decided = rate(renewals(book.customers, every, ask.today), date.min, date.max)
    return Told(each, decided, is_fitted=fit is not None and fit.score is not None)


def said(told: Told, some: Sequence[Due], book: Book) -> list[Sentence]:
    """How many of those due are expected to be renewed, and the base rate."""
    pairs = [(one, mine.share) for one in some if (mine := told.of(one))]
    found = []
    if pairs:
        many = about(sum(share for _, share in pairs))
        text = f"About {many} of {len(pairs)} are expected to be renewed."
        stay, whole = _sum(pairs, book), _sum([(one, 1.0) for one, _ in pairs], book)
        money = (
            f"Expected to stay with them: {amounts(stay)} a year, the sum of chance × revenue, of"
            f" {amounts(whole)}."
        )
        found += [Sentence(text, ("customers",)), Sentence(money, BOTH)]
    base = told.base
    if base.due:
        text = (
            f"Base rate: {percent(base.value)} ({percent(base.low)} to {percent(base.high)}) were"
            f" renewed, {base.renewed:,} of {base.due:,} decided so far."
        )
        found.append(Sentence(text, ("customers",)))
    return found


def _sum(pairs: Sequence[tuple[Due, float]], book: Book) -> Sums:
    """A share of the yearly revenue of each, in sum; what nobody told is left out."""
    parts = [
        Amount(value * Decimal(share), code, book.today)
        for one, share in pairs for code, value in one.yearly.by_currency.items()
    ]  # fmt: skip
    return book.rates.total(parts, book.into)


def figures(told: Told, some: Sequence[Due]) -> tuple[Reading, ...]:
    """The base rate, and how many are expected where chances are told."""
    shares = [mine.share for one in some if (mine := told.of(one))]
    expected = (
        (Reading("expected to be renewed", sum(shares), "", "customers", METRIC.id),)
        if shares else ()
    )  # fmt: skip
    base = told.base
    return (
        *expected,
        Reading("renewed so far", base.value, "share", "customers", METRIC.id, base.low, base.high),
    )


def columns() -> tuple[Column, ...]:
    """The columns of chances."""
    names = (("Renews", "share"), ("From", "share"), ("To", "share"), ("Main factors", ""))
    return tuple(Column(name, "customers", unit, METRIC.id if unit else "") for name, unit in names)


def cells(one: Renews | None, *, has_money: bool) -> tuple[Value, ...]:
    """What stands in these columns."""
    if one is None:
        return (None,) * 4
    return one.share, one.low, one.high, factors_said(one.factors, has_money=has_money)


def notes(told: Told, some: Sequence[Due]) -> list[str]:
    """Of what no chance is told, and what the interval is."""
    if not told.is_fitted:
        return ["No chance of each: no fit of renewals is in use, or it rests on too few decided."]
    rest = sum(1 for one in some if told.of(one) is None)
    beyond = [f"Of {rest} no chance is told: a deal, or later than {DAYS} d."] if rest else []
    return [*([OF_FIT] if rest < len(some) else []), *beyond]


def statements(told: Told, some: Sequence[Due]) -> tuple[Statement, ...]:
    """What is told of the first of them, as nobody reads on; decided when the grace is over."""
    return tuple(
        Statement(MODEL.id, entity("customer", one.customer.key), "renews", mine.share,
                  one.ends_on + GRACE)
        for one in some[:READ] if one.customer and (mine := told.of(one))
    )  # fmt: skip
