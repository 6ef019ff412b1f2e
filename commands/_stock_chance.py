"""How the chance that an item runs out is told, on what it rests, and what is kept of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from commands._basis import basis
from commands._contract import READ, Ask, Basis, Reading, Sentence
from commands._lead_time_curves import WHOSE
from commands._stock_seen import Demand
from commands._stock_words import next_receipt
from commands._track_record import record
from commands._window import midnight
from storage.entities import entity
from storage.forecasts._run_out import PATHS, SEED
from storage.forecasts.stock import MODEL
from storage.issued import Statement
from storage.metrics._stock_risk import Risk
from storage.metrics.run_out import METRIC, Chance

EVENT = "runs out"


def in_100(share: float) -> str:
    """A chance as one says it: "7 in 100"."""
    count = round(100 * share)
    if count == 0 and share > 0:
        return "fewer than 1 in 100"
    return "more than 99 in 100" if count == 100 and share < 1 else f"{count} in 100"


def told(risk: Risk, wants: Demand) -> str | None:
    """The chance to run out before more comes, in a sentence; null where no fit tells it, and
    where nothing lies there."""
    found = wants.chances.get(risk.cover.key)
    if found is None or risk.cover.on_hand <= 0:
        return None
    more = "an order of today comes"
    if risk.next:
        more = f"the next receipt ({next_receipt(risk.next, wants.today)})"
    reserved = "; what is reserved lies there until it is used" if is_none_free(risk) else ""
    return f"{in_100(found.share)} to run out before {more}{reserved}."


def is_none_free(risk: Risk) -> bool:
    """Whether something lies there of which nothing is available."""
    return risk.cover.state == "out" and risk.cover.on_hand > 0


def rests_on(risk: Risk, wants: Demand) -> str | None:
    """Whose orders carry the lead time of a chance, in a sentence; null without one."""
    found = wants.chances.get(risk.cover.key)
    if found is None or found.followed is None:
        return None
    one = found.followed
    whose = WHOSE[one.level]
    if found.is_made:
        whose = "its production" if one.level == "item" else "all production"
    return (
        f"The chance to run out goes by the lead times of {whose} (the closest orders"
        f" weigh as much as {one.n:.0f} of today's)."
    )


def reading(found: Chance | None) -> Reading:
    """The chance to run out, with the bounds of drawing."""
    share, low, high = (found.share, found.low, found.high) if found else (None, None, None)
    return Reading("chance to run out", share, "share", "supply", METRIC.id, low=low, high=high)


def drawn_basis(session: Session, ask: Ask, wants: Demand, n: int) -> tuple[Basis, ...]:
    """What chances rest on; nothing where there are none."""
    if not wants.chances:
        return ()
    drawn = Sentence(f"{PATHS:,} paths from seed {SEED}", ("supply",))
    return (basis(session, ask, METRIC, drawn_since(ask, wants), ask.now, n=n, notes=(drawn,)),)


def drawn_since(ask: Ask, wants: Demand) -> datetime:
    """From when on demand is drawn from."""
    return midnight(wants.today - timedelta(weeks=wants.weeks), ask.zone)


def came_out(session: Session, ask: Ask, wants: Demand) -> list[str]:
    """How such statements came out lately, in a sentence; none where there are no chances, or too
    few were told so far."""
    said = record(session, MODEL.id, ask.now).sentence() if wants.chances else None
    return [said] if said else []


def expected(shown: Sequence[Risk], wants: Demand) -> tuple[float | None, int]:
    """How many items of which some is free run out before more comes, by the sum of their chances
    (null without any), and of how many that is told."""
    chances = [
        one.share for risk in shown
        if risk.state != "out" and (one := wants.chances.get(risk.cover.key))
    ]  # fmt: skip
    return sum(chances) if chances else None, len(chances)


def statements(shown: Sequence[Risk], wants: Demand) -> tuple[Statement, ...]:
    """What is told of items that wait for something on order, of the first rows."""
    return tuple(
        Statement(
            MODEL.id, entity("item", risk.cover.key), EVENT, round(found.share, 2),
            wants.today + timedelta(days=found.decided),
        )
        for risk in shown[:READ]
        if risk.next and risk.cover.on_hand > 0 and (found := wants.chances.get(risk.cover.key))
    )  # fmt: skip
