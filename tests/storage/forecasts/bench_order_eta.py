"""When customers' orders come, in a made-up company whose ways are known: what was told from days
in the past against what came, and how long it takes to tell ten thousand open orders."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

from storage.forecasts._lead_time_fit import chosen, fit
from storage.forecasts._order_eta_fit import Stages
from storage.forecasts._order_eta_fit import fit as stages_of
from storage.forecasts._order_eta_open import Open, Past, open_on, quantiles_of, read_past
from storage.forecasts._order_eta_past import look_back
from storage.forecasts._origins import Plan
from storage.forecasts._scores import QUANTILES
from storage.known.chain import Chain, chain
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import Node, trace
from storage.metrics.expected_arrival import LeadTimes
from tests.storage.forecasts.company import NOW, TODAY, Company
from tests.storage.forecasts.figures import Figure, interval
from tests.storage.world import BERLIN

DAYS, A_DAY = 500, 3
OPEN = 10_000
TIMES = 3
# shares that are to come, and how far from them is near enough
BOUNDS = {0.5: (0.42, 0.62), 0.8: (0.75, 0.87), 0.9: (0.85, 0.95)}
DATA = f"made-up company, {DAYS * A_DAY:,} sales from purchase to delivery"


def measured() -> list[Figure]:
    with TemporaryDirectory() as folder:
        company = Company(Path(folder), days=DAYS, a_day=A_DAY)
        with company.world.reader() as session:
            begun = process_time()
            past = read_past(session, NOW, BERLIN)
            stages = stages_of(past.facts, past.today.toordinal() + 1)
            fitted = process_time() - begun
            begun = process_time()
            report = look_back(session, past, Plan(), _silent, "order-eta").report
            looked = process_time() - begun
            seen = [open_on(session, past, one.at) for one in report.origins]
            known = chain(session, NOW)
            told = _least(_many(known), past, stages)
        company.world.store.close()
    gains = [
        Figure(DATA, f"error below that of {name}", one.pinball, one.low > 0, one.low, one.high,
               "+.1%", f"pinball, {report.methods['leadline'].n} open lines of"
               f" {len(report.origins)} days")
        for name, one in report.gains.items() if name != "uncalibrated"
    ]  # fmt: skip
    return [
        *(_covered(past, seen, share) for share in QUANTILES), *gains,
        Figure(DATA, "fit, reading included", fitted, form=".2f", note="s of processor"),
        Figure(DATA, "look back", looked, form=".1f", note="s of processor"),
        Figure("the same, all at once", f"{OPEN:,} open orders, each with its purchase", told,
               form=".2f", note="s of processor, 200 draws of each; from its chain in memory"),
    ]  # fmt: skip


def _covered(past: Past, seen: Sequence[Open], share: float) -> Figure:
    at = QUANTILES.index(share)
    parts = []
    for one in seen:
        done = past.ended[one.rows] > 0
        came = past.ended[one.rows][done] - one.day
        parts.append((came <= quantiles_of(one.draws[done], 999)[:, at],))
    low, high = interval(np.mean, parts)
    reached = float(np.concatenate([one for (one,) in parts]).mean())
    least, most = BOUNDS[share]
    return Figure(DATA, f"P{share * 100:.0f} covers {least:.0%} to {most:.0%}", reached,
                  least <= reached <= most, low, high, note="whole days")  # fmt: skip


def _many(known: Chain) -> Chain:
    """As many open orders, each waiting for a purchase of its own."""
    sale, purchase = next(iter(known.sales.values())), next(iter(known.purchases.values()))
    item, sales, purchases = sale.item, {}, {}
    for at in range(OPEN):
        ordered = TODAY - timedelta(days=at % 40)
        one = sale._replace(key=("erp", f"s{at}"), order=("erp", f"o{at}"), ordered_on=ordered,
                            promised_first=ordered + timedelta(days=at % 30))  # fmt: skip
        other = purchase._replace(key=("erp", f"p{at}"), item=item, ordered_on=ordered,
                                  promised_on=ordered, qty=one.qty, receipts=())  # fmt: skip
        sales[one.key], purchases[other.key] = one, other
    return Chain(sales, {}, purchases, {}, (), {})


def _least(known: Chain, past: Past, stages: Stages) -> float:
    """The best of some times."""
    day = past.today.toordinal() + 1
    curves = fit(past.purchases, day, chosen(past.purchases, day)).fitted
    links, nodes = trace(known), [Node("salesline", key) for key in known.sales]
    found = []
    for _ in range(TIMES):
        arrivals = Arrivals(known, links, LeadTimes((), TODAY, curves), {}, stages)
        begun = process_time()
        arrivals.tell(nodes)
        found.append(process_time() - begun)
    return min(found)


def _silent(*_: object) -> None:
    """Nobody watches."""
