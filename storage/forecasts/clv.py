"""What customers will bring: without a contract in 12 months, by how often and for how much they
order; with one in 36 months, by how long contracts last.

How much an order is worth is fitted for each currency that at least 20 buyers pay in, how often
they order for all of them, and how long contracts last where there are, or were, 20.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from sqlmodel import Session

from storage.fits import did_no_worse, in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._churn_facts import View, begun
from storage.forecasts._clv_facts import (
    SEVERAL,
    Paid,
    buyers_before,
    contracts_by_day,
    paid,
    running,
    tenures,
)
from storage.forecasts._clv_fit import lasting, spending
from storage.forecasts._clv_judge import judged
from storage.forecasts._clv_past import CONTRACTS, ORDERS, PAST, look_back
from storage.forecasts._gamma_gamma import GammaGamma, gamma_gamma_from
from storage.forecasts._mbg import Mbg, mbg
from storage.forecasts._origins import Plan
from storage.forecasts._past_spend import Facts
from storage.forecasts._report import IN_USE, MONEY, Report
from storage.forecasts._sbg import Sbg, cohort

DAYS = 365


class Used(NamedTuple):
    """A fit that is in use. `pace` and `spend` (by currency) of orders, `lasts` and `drawn` of
    contracts; null or none where nothing is known of these, or where it proved worse than plain
    past spend, or was never held against it. `n` are the customers that each rests on, from a day
    on; `methods` the figures of its look back, and `gain` by what share its error was below that of
    past spend ("pinball"), with its interval ("low", "high")."""

    pace: Mbg | None
    spend: dict[str, GammaGamma]
    lasts: Sbg | None
    drawn: tuple[Sbg, ...]
    n: dict[str, int]
    start: date
    methods: dict[str, Any]
    gain: dict[str, Any] | None


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """Both fits that the store allows, as known at `now`: `orders` and `contracts`."""
    today = now.astimezone(zone).date()
    made = paid(session, now)
    orders, contracts = _orders(made, today), _contracts(contracts_by_day(session, zone), today)
    spans = [one[1] for one in (orders, contracts) if one]
    if not spans:
        return None
    params = {name: one[0] for name, one in ((ORDERS, orders), (CONTRACTS, contracts)) if one}
    rows = sum(one["n"] for one in params.values())
    return Fit(params, rows, min(one[0] for one in spans), max(one[1] for one in spans))


def _orders(made: Paid, today: date) -> tuple[dict[str, Any], tuple[date, date]] | None:
    now = buyers_before(made, today.toordinal() + 1)  # what was ordered today is known
    found = {}
    for number, code in enumerate(made.currencies):
        mine = now.only(made.currency[now.number] == number)
        if spend := spending(mine.spent):
            found[code] = spend.as_json()
    if not found:
        return None
    pace = mbg(now.seen)
    params = {"n": len(now.number), "pace": msgspec.to_builtins(pace), "spend": found}
    return params, (date.fromordinal(made.first()), date.fromordinal(made.last()))


def _contracts(view: View, today: date) -> tuple[dict[str, Any], tuple[date, date]] | None:
    known = view(today).values()
    seen = cohort(*tenures(known, today))
    days, lasts = begun(view, today), lasting(seen)
    if days is None or lasts is None:
        return None
    fit, others = lasts
    params = {"n": seen.n, "lasts": [fit.a, fit.b], "drawn": [[one.a, one.b] for one in others]}
    return params, days


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such fits told what customers brought in the 12 months behind days in the past."""
    today = now.astimezone(zone).date()
    made, view = paid(session, now), contracts_by_day(session, zone)
    signed = begun(view, today)
    days = [*(signed or ())]
    if len(made.day):
        days += [date.fromordinal(made.first()), date.fromordinal(made.last())]
    if not days:
        return Report(MODEL.id, 0, None, None)
    facts = Facts(made, view, signed is not None, min(days), _currency(made, view, today))
    rows = len(made.day) + (len(view(today)) if signed else 0)
    report = Report(MODEL.id, rows, min(days), max(days), unit=facts.currency or MONEY)
    until = today if signed else min(today, date.fromordinal(made.last() + 1))
    return look_back(report, facts, plan, plan.horizon or DAYS, until, progress)


def _currency(made: Paid, view: View, today: date) -> str:
    """The currency in which most customers pay."""
    numbers, counts = np.unique(made.currency[made.currency != SEVERAL], return_counts=True)
    codes = (made.currencies[at] for at in numbers.tolist())
    pays = Counter(dict(zip(codes, counts.tolist(), strict=True)))
    pays.update(running(view(today).values(), today).currency)
    return max(sorted(pays), key=lambda one: pays[one], default="")


def used(session: Session, now: datetime) -> Used | None:
    """The fit as it was made last by `now`; null where there is none to be used."""
    row = in_use(session, MODEL, now)
    if row is None:
        return None
    found, backtest = msgspec.json.decode(row.params), row.backtest
    methods = backtest["methods"]
    kept = {kind: one for kind, one in found.items() if _did_well(backtest, kind)}
    orders, contracts = kept.get(ORDERS), kept.get(CONTRACTS)
    return Used(
        Mbg(**orders["pace"]) if orders else None,
        {code: gamma_gamma_from(one) for code, one in orders["spend"].items()} if orders else {},
        Sbg(*contracts["lasts"]) if contracts else None,
        tuple(Sbg(*one) for one in contracts["drawn"]) if contracts else (),
        {kind: one["n"] for kind, one in kept.items()}, row.starts_on, methods,
        backtest["gains"].get(PAST),
    )  # fmt: skip


def _did_well(backtest: dict[str, Any], kind: str) -> bool:
    """Whether a kind of customers was told no worse than by past spend; one that was never scored
    was not."""
    methods, alone = backtest["methods"], backtest.get("parts", {}).get(kind, {})
    mine = alone.get(IN_USE) or methods.get(kind)
    past = alone.get(PAST) or methods.get(f"{kind}_past")
    return did_no_worse(mine, past)


MODEL = Model(
    id="clv",
    version=1,
    title="Lifetime value",
    baseline=PAST,
    rests_on="customers",
    topic="customers",
    fit=fitted,
    backtest=backtest,
    judge=judged,
)
