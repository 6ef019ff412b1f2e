"""What the fit in use tells of who leaves, or why none is in use; and how chances are said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session

from commands._churn_words import percent
from commands._contract import READ, Ask
from storage.entities import entity
from storage.fits import last_of
from storage.forecasts._churn_now import Base, Chance
from storage.forecasts.churn import MODEL, used
from storage.issued import Statement
from storage.known.customers import Customer, customers
from storage.links import Key
from storage.metrics.churn import lives

LIKELY = 0.5
MONTH = timedelta(days=30)
WHOSE = {"contracts": "with a contract", "orders": "without a contract"}
LEAVES = {"contracts": "leave", "orders": "order nothing"}
LEFT = {"contracts": "left", "orders": "ordered nothing"}
OF_FIT = "From and To: the 95 % interval of the fit. Factors are what a score is made of, not why."


@dataclass(frozen=True)
class Told:
    """What the fit in use tells of customers, by their keys; `why` there is none, "" where one is.

    `bases` are whom it is of.
    """

    bases: tuple[Base, ...] = ()
    chances: Mapping[Key, Chance] = field(default_factory=dict)
    why: str = ""

    @property
    def risks(self) -> dict[Key, float] | None:
        """The chances alone; null without a fit."""
        if self.why:
            return None
        return {key: one.share for key, one in self.chances.items() if one.share is not None}

    @property
    def has_chances(self) -> bool:
        return any(base.has_chances for base in self.bases)


def told_of(session: Session, ask: Ask, some: Sequence[Customer], most: int | None) -> Told:
    """What is told of customers as known at the asker's now, with the `most` factors of each."""
    kept = used(session, ask.now)
    if kept is None:
        return Told(why=_why(session, ask))
    return Told(kept.bases, kept.chances(some, ask.today, most))


def told_then(session: Session, ask: Ask, one: Customer) -> Chance | None:
    """What the same fit tells of a customer as it was known a month ago, with all factors; null
    where it was none then."""
    kept = used(session, ask.now)
    if kept is None:
        return None
    day = ask.today - MONTH
    known = customers(session, ask.now - MONTH, day, only=one.keys)
    return kept.chances(known, day, None).get(one.key)


def _why(session: Session, ask: Ask) -> str:
    last = last_of(session, MODEL.id, ask.now)
    if last is None:
        return "none was made yet"
    if not last.is_used:
        return last.why
    return "the last one is of an older version or was not tried on the past"


def no_fit(told: Told, *, has_chances: bool) -> str:
    """That no fit is in use, and what is told in its place."""
    instead = "chances are by order gaps alone" if has_chances else "signals alone are told"
    return f"No fit of who leaves is in use ({told.why}): {instead}."


def horizons(told: Told) -> str:
    """Within what time chances are told, in a sentence."""
    each = [f"{base.days} d {WHOSE[base.kind]}" for base in told.bases if base.has_chances]
    return f"Chances to leave are told by a fit: within {', '.join(each)}."


def rate_said(base: Base) -> str:
    """How many of all like them left, in a sentence."""
    low, high = base.interval or (None, None)
    return (
        f"Base rate {WHOSE[base.kind]}: {percent(base.rate)} ({percent(low)} to {percent(high)})"
        f" {LEFT[base.kind]} within {base.window} d, {base.left:,} of {base.n:,}."
    )


def chance_said(one: Chance) -> str:
    """The chance of one, with its interval and the base rate."""
    return (
        f"{percent(one.share)} to {LEAVES[one.base.kind]} within {one.base.days} d"
        f" ({percent(one.low)} to {percent(one.high)}; base rate {percent(one.base.rate)})"
    )


def chance_of(session: Session, ask: Ask, one: Customer) -> Chance | None:
    """The chance of one customer without its factors; null where no fit tells one, or where it has
    left already."""
    if lives([one], ask.today)[0].left_on:
        return None
    found = told_of(session, ask, [one], most=0).chances.get(one.key)
    return found if found and found.share is not None else None


def statements(
    told: Mapping[Key, Chance], some: Sequence[Customer], ask: Ask
) -> tuple[Statement, ...]:
    """What an answer that shows chances of customers says of each: of the first of them, as nobody
    reads on."""
    return tuple(
        Statement(
            MODEL.id, entity("customer", one.key), "leaves", chance.share,
            ask.today + timedelta(days=chance.base.days),
        )
        for one in some[:READ]
        if (chance := told.get(one.key)) and chance.share is not None
    )  # fmt: skip
