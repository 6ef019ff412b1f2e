"""Chances to run out on made-up shelves whose truth is known, the service that reorder points
give, and how long the question takes on a store of 2,000 items and 100,000 moves.

Items are ordered when they fall below a point; half are asked for a little every workday, half
seldom and much; lead times are lognormal by supplier, and levels of demand may wander.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

from commands import Notice
from storage.curves import Observed, kaplan_meier
from storage.fits import refit
from storage.forecasts import load
from storage.forecasts._origins import Plan
from storage.forecasts._run_out import Ways, used_of
from storage.forecasts._stock_past import look_back
from storage.metrics.reorder_point import drawn
from tests.commands.dialogue import BERLIN, NOW, say, synced
from tests.storage.forecasts.figures import Figure, table
from tests.storage.forecasts.shelved import WORKDAYS, kept, stored
from tests.storage.world import World

ITEMS, DAYS, ORIGINS = 600, 900, 8
# half a year is known of each item, and its point is kept to for ten years
STORES, KNOWN, KEPT, WARM = 200, 175, 3_650, 150
WITHIN = 0.02
MANY, LONG, TIMES = 2_000, 730, 4


def measured() -> list[Figure]:
    return [
        *_chances("steady demand", 0.0), *_chances("demand that wanders", 0.1),
        *(_service(name, service) for name in DEMANDS for service in (0.9, 0.95, 0.99)),
        *_question(),
    ]  # fmt: skip


def _chances(name: str, drift: float) -> list[Figure]:
    shelves = kept(np.random.default_rng(3), ITEMS, days=DAYS, drift=drift, is_lost=False)
    report = look_back(
        "stock", shelves, date.fromordinal(shelves.end), Plan(most=ORIGINS), lambda *_: None
    )
    data, mine = f"generated, {ITEMS} items, {name}", report.methods["leadline"]
    note = f"n {mine.n}, {len(report.origins)} monthly origins"
    rows = [
        Figure(data, f"Brier below that of {words}", one.pinball, one.low > 0, one.low, one.high,
               ".1%", f"{mine.brier:.3f} against {report.methods[other].brier:.3f}; {note}")
        for other, words in (("fixed", "a fixed lead time and mean demand"),
                             ("fixed_lead", "a fixed lead time, demand drawn"))
        for one in (report.gains[other],)
    ]  # fmt: skip
    auc = report.methods["fixed"].auc
    return [
        *rows,
        Figure(data, "AUC", mine.auc, note=f"{auc:.3f} of a fixed lead time"),
        Figure(data, "ECE", mine.ece, note=f"{report.methods['fixed'].ece:.3f} of a fixed one"),
        Figure(data, "calibration slope", mine.slope, form=".2f"),
        Figure(data, "lift of the top tenth", mine.lift10, form=".2f"),
    ]


def poisson(rng, day):
    return rng.poisson(3.0, STORES)


def workdays(rng, day):
    return rng.poisson(5.0 * WORKDAYS[day % 7] * 7 / WORKDAYS.sum(), STORES)


def seldom(rng, day):
    return (rng.random(STORES) < 0.2) * rng.geometric(0.2, STORES)


DEMANDS = {"Poisson demand": poisson, "demand on workdays": workdays, "seldom and much": seldom}


def lead_times(rng, n):
    return np.maximum(1, np.rint(20 * np.exp(0.4 * rng.standard_normal(n)))).astype(np.int64)


def _service(name: str, service: float, days: int = KEPT) -> Figure:
    """The share of rounds without running out where each store orders by its own point."""
    rng, draw = np.random.default_rng(11), DEMANDS[name]
    past = np.stack([draw(rng, day) for day in range(KNOWN)], axis=1).astype(float)
    curve = kaplan_meier(Observed(int(one), True) for one in lead_times(rng, 400))
    points = np.array([
        drawn(used_of(past[[at]], np.array([KNOWN])), Ways(25), curve, service).point
        for at in range(STORES)
    ])  # fmt: skip
    good, rounds = _rounds(rng, draw, points, days)
    share = good.sum() / rounds.sum()
    each = np.random.default_rng(0).integers(0, STORES, (1_000, STORES))
    low, high = np.quantile(good[each].sum(axis=1) / rounds[each].sum(axis=1), (0.025, 0.975))
    return Figure(
        f"simulated, {name}", f"rounds without running out within 2 points of {service:.0%}",
        float(share), bool(abs(share - service) <= WITHIN), float(low), float(high), ".1%",
        f"{STORES} stores, half a year known of each, {int(rounds.sum()):,} rounds",
    )  # fmt: skip


def _rounds(rng, draw, points, days):
    """By store how many rounds of ordering went by without running out, and how many there were;
    what is wanted while none is there waits."""
    order = np.ceil(np.maximum(points, 1))
    stock, arrives = points + order, np.full(STORES, -1)
    is_out = np.zeros(STORES, bool)
    good, rounds = np.zeros(STORES), np.zeros(STORES)
    for day in range(days):
        here = arrives == day
        if day > WARM:
            good += here & ~is_out
            rounds += here
        stock = stock + here * (order + np.maximum(0, points - stock))
        arrives[here] = -1
        placed = (arrives < 0) & (stock <= points)
        arrives = np.where(placed, day + lead_times(rng, STORES), arrives)
        is_out &= ~placed
        stock = stock - draw(rng, day)
        is_out |= (stock <= 0) & (arrives >= 0)
    return good, rounds


def _question() -> list[Figure]:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        shelves = kept(np.random.default_rng(5), MANY, days=LONG, lumpy=1.0, suppliers=40,
                       is_lost=False)  # fmt: skip
        stored(world, shelves, NOW.date())
        synced(world)
        world.save()
        moves = int((shelves.demand != 0).sum() + shelves.came.sum())
        data = f"generated store, {MANY:,} items, {moves:,} moves, {len(shelves.bought):,} lines"
        begun = process_time()
        models = [load()[one] for one in ("lead-time", "stock")]
        night = datetime.combine(NOW.date() - timedelta(days=1), datetime.min.time(), UTC)
        made = refit(world.store, models, night, BERLIN, lambda *_: None)
        fitted = process_time() - begun
        first = _took(world)
        again = min(_took(world) for _ in range(TIMES))
        world.store.close()
    return [
        Figure(data, "`stock`, asked again, ≤ 1 s", again, again <= 1, form=".2f",
               note=f"s of processor, the best of {TIMES}; {first:.2f} s the first time"),
        Figure(data, "both fits with their look back", fitted, form=".1f",
               note="s of processor; " + "; ".join(f"{one.model}: {one.why}" for one in made)),
    ]  # fmt: skip


def _took(world: World) -> float:
    begun = process_time()
    assert not isinstance(say(world, "stock"), Notice)
    return process_time() - begun


if __name__ == "__main__":
    sys.stdout.write(f"{table(measured())}\n")
