"""How stock is said: quantities, days, when the next receipt comes."""

from datetime import date
from decimal import Decimal

from storage.metrics._replenishment import Due
from storage.metrics._stock_risk import Risk


def quantity(value: Decimal | float | None, uom: str | None = None) -> str:
    """A quantity with its unit; whole where it is large, with a decimal where it is small."""
    if value is None:
        return "n/a"
    number = float(value)
    text = f"{number:,.0f}" if number.is_integer() or abs(number) >= 100 else f"{number:,.1f}"
    return f"{text} {uom}" if uom and uom.casefold() not in ("unit", "units") else text


def days(value: float | None) -> str:
    """Days as one says them: whole from ten on."""
    if value is None:
        return "n/a"
    text = f"{value:.0f}" if value >= 10 or float(value).is_integer() else f"{value:.1f}"
    return f"{text} day{'' if text == '1' else 's'}"


def on_day(day: date, today: date) -> str:
    """A day as one says it; with its year where it is not this one."""
    return f"{day:%-d %b}" if day.year == today.year else f"{day:%-d %b %Y}"


def next_receipt(due: Due | None, today: date) -> str:
    """When more comes: a promise, "about" where it is the day by which half have come."""
    if due is None:
        return "none"
    if due.on is None:
        return "no date"
    return on_day(due.on, today) if due.is_promise else f"about {on_day(due.on, today)}"


def fate(risk: Risk) -> str:
    """What becomes of an item, as the end of a sentence."""
    today = risk.cover.today
    more = f"more comes {next_receipt(risk.next, today)}"
    if risk.next is None:
        more = "nothing is on order"
    elif risk.next.on is None:
        more = "nobody knows when more comes"
    if risk.state == "out":
        free = "none of it free" if risk.cover.on_hand > 0 else "out"
        return f"{free} now; {more}"
    if risk.state == "short" and risk.gap:
        return f"{days(risk.cover.days)} left, {days(risk.gap)} short: {more}"
    return f"{days(risk.cover.days)} left; {more}"
