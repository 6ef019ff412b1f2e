"""How a new item runs: what is used a day against a plan, and the chance that it runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from commands._stock_seen import Demand
from storage.known.uses import Use
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import daily, uses_of
from storage.metrics.run_out import Chance, chance

DAYS_OF = {"day": 1.0, "week": 7.0, "month": 365 / 12, "year": 365.0}
FILLERS = frozenset({"a", "an", "per", "each"})
LATELY, FIRST_DAYS, FEWEST_DAYS = 28, 28, 7
WEEK = 7


class PlanError(ValueError):
    """A plan that can't be read."""


@dataclass(frozen=True)
class Plan:
    """What is planned to be used a day; `is_given`: the asker said so, else its first weeks."""

    per_day: float
    is_given: bool


@dataclass(frozen=True)
class Run:
    """What an item uses a day over its last `days` whole days, at most 28; null where too new.

    `plan` is null where nobody gave one and its first weeks are not over for long enough.
    """

    per_day: float | None
    days: int
    plan: Plan | None
    first_use: date | None

    @property
    def against_plan(self) -> float | None:
        """The share of the plan that is used."""
        if self.per_day is None or self.plan is None or self.plan.per_day <= 0:
            return None
        return self.per_day / self.plan.per_day


def read_plan(words: Sequence[str]) -> tuple[Plan | None, list[str]]:
    """The plan after the word "plan" and the words that are left. "50 a month", "2/day", "50".

    A number alone is of a month; what can't be read is a `PlanError`.
    """
    plain = [word.lower() for word in words]
    if "plan" not in plain:
        return None, list(words)
    at = plain.index("plan")
    after = [part for word in plain[at + 1 :] for part in word.replace("/", " ").split()]
    number = _number(after.pop(0)) if after else None
    if number is None:
        raise PlanError
    while after and after[0] in FILLERS:
        after.pop(0)
    unit = after[0].removesuffix("s") if after else ""
    rest = after[1:] if unit in DAYS_OF else after
    plan = Plan(number / DAYS_OF.get(unit, DAYS_OF["month"]), True)
    return plan, [*words[:at], *words[len(words) - len(rest) :]]


def run(uses: Sequence[Use], given: Plan | None, today: date, since: date) -> Run:
    """How an item runs, by its uses on and after the local day `since` (all that count)."""
    counted = [one for one in uses if one.is_demand and one.on < today]
    first = min((one.on for one in counted if one.qty > 0), default=None)
    if first is None:
        return Run(None, 0, given, None)
    days = min(LATELY, (today - first).days)
    per_day = _rate(counted, today - timedelta(days=days), today) if days >= FEWEST_DAYS else None
    return Run(per_day, days, given or _first_weeks(counted, first, today, since), first)


def weeks(uses: Sequence[Use], today: date, count: int) -> list[tuple[date, float]]:
    """What was used in each of the last whole weeks that end yesterday, oldest first."""
    found = []
    for back in range(count, 0, -1):
        begin = today - timedelta(days=WEEK * back)
        found.append((begin, _rate(uses, begin, begin + timedelta(days=WEEK)) * WEEK))
    return found


def chance_of(risk: Risk, wants: Demand) -> Chance | None:
    """The chance that an item runs out before its next receipt, or that of an order of today: by
    the fit that is in use, else by the last days and the lead times of these days."""
    if wants.kept:
        return wants.chances.get(risk.cover.key)
    cover, lead = risk.cover, risk.lead.duration
    if lead is None or cover.state == "too new":
        return None
    used = uses_of(cover, wants.uses)
    age = (wants.today - risk.next.begun_on).days if risk.next else 0
    return chance(
        float(cover.available), daily(used, cover.over, wants.today), lead.curve, max(0, age)
    )


def _first_weeks(uses: Sequence[Use], first: date, today: date, since: date) -> Plan | None:
    """The first weeks as a plan, where they are known and don't overlap those of now."""
    until = first + timedelta(days=FIRST_DAYS)
    if first <= since or until > today - timedelta(days=LATELY):
        return None
    return Plan(_rate(uses, first, until), False)


def _rate(uses: Sequence[Use], begin: date, until: date) -> float:
    """What was used a day in [begin, until)."""
    used = sum((one.qty for one in uses if one.is_demand and begin <= one.on < until), Decimal(0))
    return float(used) / (until - begin).days


def _number(text: str) -> float | None:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() and 0 < number < 10**9 else None
