"""What the fitted curves say of a purchase: by when, resting on how much of whose orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from commands._contract import Ask
from commands._supply_words import SHARES, day
from commands._track_record import Track, record
from storage.curves import Curve
from storage.entities import entity
from storage.forecasts._fitted import Fitted
from storage.forecasts._hierarchy import LEAN
from storage.forecasts._lead_time_judge import COMPANY
from storage.forecasts._orders import named
from storage.forecasts._scores import QUANTILES
from storage.forecasts.lead_time import MODEL
from storage.issued import Statement
from storage.known import Named
from storage.known.purchases import Line
from storage.metrics.expected_arrival import Forecast, LeadTimes

WHOSE = {
    "company": "all purchases", "category": "its category", "lane": "its lane",
    "supplier": "its supplier", "item": "its supplier and item",
}  # fmt: skip


@dataclass(frozen=True)
class NewOrder:
    """An order placed today with or of the one that is named, or by the company: the days by which
    each share of such has come (null where the curve does not reach it), and what the orders
    behind that weigh."""

    subject: str
    name: str
    days: tuple[tuple[float, date | None], ...]
    n: float

    def sentence(self, track: Track, today: date) -> str:
        """By when it comes."""
        words = [f"{track.said(share)} by {day(on, today)}" for share, on in self.days if on]
        if not words:
            return "When an order placed today comes is not yet estimable."
        told = ", ".join(words).replace(" by ", " come by ", 1)
        return f"Of orders placed today {told}; it rests on {_weighs(self.n, self.name)}."

    def statements(self) -> tuple[Statement, ...]:
        """What that says, to be held against what comes."""
        return tuple(_arrives(self.subject, share, on) for share, on in self.days if on)


def new_order(
    fitted: Fitted | None, who: Sequence[Named], dimension: str, name: str, ask: Ask
) -> NewOrder | None:
    """What is told of an order placed today, of the one supplier or item that is named, of the
    company where nobody is; null where the fit does not know."""
    found = _curve(fitted, who, dimension)
    if found is None:
        return None
    curve, n = found
    takes = [(share, curve.quantile(share)) for share in QUANTILES]
    days = [
        (share, None if time is None else ask.today + timedelta(days=int(time)))
        for share, time in takes
    ]
    return NewOrder(_subject(who, dimension), name, tuple(days), n)


def to_come(session: Session, new: NewOrder | None, ask: Ask) -> list[str]:
    """By when an order placed today comes, and how often what was told so came true."""
    if new is None:
        return []
    track = record(session, MODEL.id, ask.now)
    told = (new.sentence(track, ask.today), track.sentence())
    return [text for text in told if text]


def _curve(
    fitted: Fitted | None, who: Sequence[Named], dimension: str
) -> tuple[Curve, float] | None:
    """The curve it follows, and what the orders behind it weigh."""
    if fitted is None or len(who) > 1:
        return None
    if who:
        return fitted.of(dimension, named(who[0]))
    return fitted.knots.curve(0, round(float(fitted.n[0]))), float(fitted.n[0])


def _subject(who: Sequence[Named], dimension: str) -> str:
    if not who:
        return COMPANY
    return entity("item" if dimension == "item" else "supplier", (who[0].source, who[0].ref))


def _weighs(n: float, name: str) -> str:
    own = f"orders of {name or 'the company'} that weigh as much as {n:.0f} of today's"
    return own if n >= LEAN or not name else f"{own}, so mostly on those of all it belongs to"


def of_open(
    times: LeadTimes, told: Iterable[tuple[Line, Forecast | None]]
) -> tuple[Statement, ...]:
    """What is told of open lines: half by a day, 8 in 10 by another."""
    return tuple(
        _arrives(entity("purchaseline", line.key), share, on, times.followed(line) is None)
        for line, forecast in told if forecast
        for share in SHARES if (on := forecast.by(share))
    )  # fmt: skip


def _arrives(subject: str, share: float, by: date, is_fallback: bool = False) -> Statement:
    return Statement(MODEL.id, subject, "arrives", share, by, is_fallback=is_fallback)


def carried_by(times: LeadTimes, lines: Sequence[Line]) -> str | None:
    """On whose orders the forecast of open lines rests, in a sentence; null without a fit."""
    found = [(one, line) for line in lines if (one := times.followed(line))]
    if not found:
        return None
    one, _ = min(found, key=lambda pair: pair[0].n)
    return (
        f"When it comes is told by the lead times of {WHOSE[one.level]}"
        f" (the closest orders weigh as much as {one.n:.0f} of today's)."
    )
