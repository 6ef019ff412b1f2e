"""With what chance offers are taken, by the fitted model; how it did, or why none is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from sqlmodel import Session

from commands._churn_words import percent
from commands._contract import Ask
from commands._opportunity_rows import Chance
from storage.entities import entity
from storage.fits import in_use, last_of
from storage.forecasts._report import IN_USE
from storage.forecasts._statement import Statement
from storage.forecasts._upsell_fit import Begins, begins_from
from storage.forecasts._upsell_past import OFFERED
from storage.forecasts.upsell import MODEL, event
from storage.known.baskets import Taken
from storage.metrics._lift import Rules
from storage.metrics.bought_together import Offers

# the rows that are drawn first are those that are told
TOLD = 10


@dataclass(frozen=True)
class Chances:
    """What the fit says of offers; `begins` is null where it is not used, and `why` says why."""

    begins: Begins | None
    why: str

    def shares(self, found: Offers, rules: Rules) -> list[float | None] | None:
        """The chance of each offer, null where the item is too new to tell; null without a fit."""
        if self.begins is None:
            return None
        return [share or None for share in self.begins.chances(found, rules).tolist()]

    def statements(self, ask: Ask, found: Sequence[Chance]) -> tuple[Statement, ...]:
        """What is told of the offers that are drawn first."""
        if self.begins is None:
            return ()
        by = ask.today + timedelta(days=self.begins.days)
        return tuple(
            Statement(MODEL.id, entity("customer", one.company), event(one.thing),
                      round(one.share, 3), by)
            for one in found[:TOLD] if one.share is not None and one.thing is not None
        )  # fmt: skip


def chances(session: Session, ask: Ask, every: Taken) -> Chances:
    """The fit that is in use, of items at the places that they have in `every`."""
    last = in_use(session, MODEL, ask.now)
    if last is None:
        known = last_of(session, MODEL.id, ask.now)
        why = known.why if known else "too little was begun to learn from"
        return Chances(None, f"With what chance an offer is taken is not told: {why}.")
    found = begins_from(msgspec.json.decode(last.params), every)
    return Chances(found, _did(last.backtest, found.days))


def _did(backtest: dict[str, Any], days: int) -> str:
    """How the likeliest offers did in the past, beside the most popular items."""
    hits = backtest.get("hits", {})
    mine, other = hits.get(IN_USE), hits.get(MODEL.baseline)
    text = f"Each chance is that of buying it within {days} days, offered or not."
    if mine is None or other is None:
        return text
    return (
        f"{text} In the past customers bought {percent(mine)} of the {OFFERED} items that were"
        f" likeliest for each, and {percent(other)} of the {OFFERED} most popular."
    )
