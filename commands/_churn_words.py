"""How figures of churn are said: percentages, signals, a year's money."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from commands._contract import Value
from storage.metrics.churn import Rate, Standing

# what one decimal of a percentage would say is none
LEAST = 0.0005


def percent(share: float | None) -> str:
    """A share as one says it; a small one, and one of nearly all, with a decimal: neither is none
    or all."""
    if share is None:
        return "n/a"
    if 0 < share < LEAST or 1 - LEAST < share < 1:
        return "under 0.1 %" if share < LEAST else "over 99.9 %"
    digits = 1 if 0 < share < 0.1 or 0.995 <= share < 1 else 0
    return f"{100 * share:.{digits}f} %"


def stands_out(one: Standing) -> str | None:
    """The signals of a customer, those that do not count now said to wait."""
    if not one.signals:
        return None
    words = [
        f"{signal.words} (not counted)" if signal.is_suspended and signal.name != "owed"
        else signal.words
        for signal in sorted(one.signals, key=lambda signal: signal.name != "owed")
    ]  # fmt: skip
    return "; ".join(words)


def yearly(shown: Sequence[Standing]) -> tuple[list[Value], str]:
    """Each one's revenue of a year and the unit of the column.

    In one currency they are numbers; in several they are texts, one amount per currency, and
    never summed.
    """
    currencies = {currency for one in shown for currency in one.revenue or ()}
    if len(currencies) == 1:
        (unit,) = currencies
        return [None if one.revenue is None else one.revenue.get(unit, 0) for one in shown], unit
    return [_amounts(one) for one in shown], ""


def _amounts(one: Standing) -> Value:
    if one.revenue is None:
        return None
    parts = [
        f"{amount:,.0f} {currency}".strip() for currency, amount in sorted(one.revenue.items())
    ]
    return " + ".join(parts) or "0"


def local_days(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The local days of [start, end); the day of an `end` within it counts too."""
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return start.astimezone(zone).date(), last + timedelta(days=1)


def interval(found: Rate) -> str:
    """The bounds of a rate; nothing where there is none."""
    return "" if found.rate is None else f"({percent(found.low)} to {percent(found.high)})"
