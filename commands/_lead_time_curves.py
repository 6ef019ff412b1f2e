"""What the fitted curves say of a purchase: by when, resting on how much of whose orders."""

from collections.abc import Sequence
from datetime import timedelta

from commands._contract import Ask
from commands._supply_words import day
from storage.curves import Curve
from storage.forecasts._fitted import Fitted
from storage.forecasts._hierarchy import LEAN
from storage.forecasts._orders import named
from storage.known import Named
from storage.known.purchases import Line
from storage.metrics.expected_arrival import LeadTimes

WHOSE = {
    "company": "all purchases", "category": "its category", "lane": "its lane",
    "supplier": "its supplier", "item": "its supplier and item",
}  # fmt: skip
SHARES = ((0.5, "half"), (0.8, "8 in 10"), (0.9, "9 in 10"))


def of_new_order(
    fitted: Fitted | None, who: Sequence[Named], dimension: str
) -> tuple[Curve, float] | None:
    """The curve of an order placed today, and what the orders behind it weigh: of the one supplier
    or item that is named, of the company where nobody is; null where the fit does not know."""
    if fitted is None or len(who) > 1:
        return None
    if who:
        return fitted.of(dimension, named(who[0]))
    return fitted.knots.curve(0, round(float(fitted.n[0]))), float(fitted.n[0])


def new_order(found: tuple[Curve, float] | None, name: str, ask: Ask) -> str | None:
    """By when an order placed today comes, in a sentence; null where that is not known."""
    if found is None:
        return None
    curve, n = found
    takes = [(share, curve.quantile(share)) for share, _ in SHARES]
    words = [
        f"{word} by {day(ask.today + timedelta(days=int(time)), ask.today)}"
        for (_, word), (_, time) in zip(SHARES, takes, strict=True)
        if time is not None
    ]
    if not words:
        return "When an order placed today comes is not yet estimable."
    return f"An order placed today comes {', '.join(words)}; {_weighs(n, name)}."


def _weighs(n: float, name: str) -> str:
    own = f"the orders of {name or 'the company'} behind that weigh {n:.0f} of today's"
    return own if n >= LEAN or not name else f"{own}, so it is mostly that of all it belongs to"


def carried_by(times: LeadTimes, lines: Sequence[Line]) -> str | None:
    """On whose orders the forecast of open lines rests, in a sentence; null without a fit."""
    found = [(one, line) for line in lines if (one := times.followed(line))]
    if not found:
        return None
    one, _ = min(found, key=lambda pair: pair[0].n)
    return (
        f"When it comes is told by the lead times of {WHOSE[one.level]}"
        f" (the closest orders weigh {one.n:.0f} of today's)."
    )
