"""The rows of `opportunities`: whom to offer what, why, and what may speak against it now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from commands._book import Book
from storage.known import Named
from storage.known.baskets import Taken
from storage.links import Key
from storage.metrics._lift import Rules
from storage.metrics._signals import DETRACTOR
from storage.metrics.bought_together import Growth, Offers, usual_worth

MOST_OFFERS = 3


@dataclass(frozen=True)
class Chance:
    """One row: to whom, what, why, what it is worth, and what may speak against it now.

    `thing` is what is offered. `share` is the chance that it is bought, and `expected` what it
    brings by that; both null where no model tells it.
    """

    company: Key
    kind: str
    item: str
    bought: str
    why: str
    worth: Decimal | float | None
    currency: str
    mind: str
    share: float | None = None
    thing: Named | None = None

    @property
    def expected(self) -> float | None:
        known = self.share is not None and self.worth is not None
        return float(self.worth or 0) * (self.share or 0) if known else None


def grown(book: Book, found: Sequence[Growth]) -> list[Chance]:
    chances = []
    for one in found:
        company = book.company(one.customer)
        why = (
            f"orders {100 * one.share:.0f} % more than a year ago"
            f" ({one.days_now} order days, {one.days_before} then)"
        )
        more = one.now - one.before
        chances.append(
            Chance(company, "upsell", "–", "–", why, more, one.currency, mind(book, company))
        )
    return chances


def offered(
    book: Book, every: Taken, rules: Rules, found: Offers,
    shares: Sequence[float | None] | None,
) -> list[Chance]:  # fmt: skip
    """The `MOST_OFFERS` of each customer that are worth most by their chance, where one is told
    (`shares`), else those that are surest."""
    worth = usual_worth(every, np.unique(found.other).tolist(), book.rates, book.into)
    chances: dict[int, list[Chance]] = {}
    for at in np.lexsort((found.other, -rules.low[found.rule], found.whose)).tolist():
        rule, whose, other = int(found.rule[at]), int(found.whose[at]), int(found.other[at])
        company = every.companies[whose]
        value, currency = worth.get(other, (None, ""))
        chances.setdefault(whose, []).append(
            Chance(company, "cross-sell", every.items[other].name,
                   every.items[int(rules.item[rule])].name, why(rules, rule), value, currency,
                   "", None if shares is None else shares[at],
                   every.items[other])
        )  # fmt: skip
    best = [one for some in chances.values() for one in _best(some)]
    kept = [replace(one, mind=mind(book, one.company)) for one in best]
    return sorted(kept, key=_rank)


def _best(some: list[Chance]) -> list[Chance]:
    return sorted(some, key=_rank)[:MOST_OFFERS]


def _rank(one: Chance) -> float:
    """What is expected of it, the most first; the order in which they come where nothing is."""
    return -(one.expected or 0.0)


def why(rules: Rules, at: int) -> str:
    """The reason, without the name of an item: who buys the one, how many buy the other too."""
    return (
        f"bought by {rules.both[at]} of {rules.of[at]} customers who buy that; lift"
        f" {rules.lift[at]:.1f} ({rules.low[at]:.1f} to {rules.high[at]:.1f})"
    )


def mind(book: Book, company: Key) -> str:
    """What should be settled before one offers anything."""
    one = book.by_key.get(company)
    words = []
    if one and (owed := len(one.late)):
        words.append(f"{owed} line{'s' if owed > 1 else ''} late")
    if one and one.nps and one.nps[-1][1] <= DETRACTOR:
        words.append(f"NPS {one.nps[-1][1].normalize():f}")
    if one and (open_ := sum(1 for ticket in one.tickets if ticket.closed_on is None)):
        words.append(f"{open_} open ticket{'s' if open_ > 1 else ''}")
    return "▲ " + ", ".join(words) if words else "–"
