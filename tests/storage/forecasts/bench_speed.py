"""How long the curves of a million made-up orders take, and what is told of ten thousand open ones.

All times are of the processor, the best of some, as others may share the machine; the peers run
beside. A fit is measured in a process of its own, and memory is the most which that ever had.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

from storage.forecasts._fitted import quantiles
from storage.forecasts._lead_time_fit import Made, chosen, fit
from storage.forecasts._orders import Orders
from storage.forecasts.lead_time import MODEL
from tests.commands.dialogue import NOW as STORE_NOW
from tests.storage.forecasts.figures import Figure
from tests.storage.forecasts.generated import TODAY, lognormal, placed
from tests.storage.large import fill
from tests.storage.world import BERLIN, World

ORDERS = 1_000_000
ITEMS = 2_500
OPEN = 10_000
TIMES = 3
LINES = 100_000
# lifelines takes minutes for all parts: every so many of them are fitted, and the time scaled
ONE_OF = 25
STATUS = Path("/proc/self/status")
ROOT = Path(__file__).parents[3]


def measured() -> list[Figure]:
    done = subprocess.run(
        [sys.executable, "-m", __name__], cwd=ROOT, check=True, capture_output=True, text=True
    )
    mine = json.loads(done.stdout)
    orders = generated()
    made = fit(orders, TODAY, chosen(orders, TODAY))
    lifelines, boosted = _lifelines(orders), _boosted(orders)
    grouped = _least(lambda: _grouped(orders))
    told = _least(lambda: predicted(orders, made))
    data = f"generated, {ORDERS:,} orders"
    curves = (
        f"{len(made.fitted.paths):,} curves of 12 categories, 250 suppliers and {ITEMS:,} items"
    )
    return [
        Figure(data, "refit of the full hierarchy ≤ 2 s", mine["fit"], mine["fit"] <= 2,
               form=".2f", note=f"s of processor; {curves}, from columns"),
        Figure(data, "memory ≤ 400 MB", mine["memory"], mine["memory"] <= 400, form=".0f",
               note="MB at most of the whole process, the orders included"),
        Figure(data, "refit by that of Kaplan-Meier a part, lifelines", mine["fit"] / lifelines,
               form=".1%", note=f"its {lifelines:.1f} s, from one part of {ONE_OF}"),
        Figure(data, "refit by that of quantiles a group, pandas", mine["fit"] / grouped,
               form=".1f", note=f"times its {grouped:.2f} s, which forget the open orders"),
        Figure(f"generated, a store of {LINES:,} lines", "fit, reading included",
               _from_store(), form=".1f", note="s of processor"),
        Figure(data, f"P50, P80, P90 of {OPEN:,} open orders ≤ 50 ms", told * 1_000,
               told <= 0.05, form=".1f", note="ms of processor"),
        Figure(data, "that by the predictions of LightGBM", told / boosted, form=".1%",
               note=f"its {boosted * 1_000:.0f} ms"),
    ]  # fmt: skip


def generated() -> Orders:
    rng = np.random.default_rng(9)
    item = rng.integers(0, ITEMS, ORDERS)
    start = TODAY - rng.integers(1, 1_100, ORDERS)
    days = lognormal(rng, ORDERS, 30)
    return placed(start, days, item=item, supplier=item // 10, category=item // 10 % 12)


def predicted(orders: Orders, made: Made) -> np.ndarray:
    waits = np.flatnonzero(orders.end == 0)[:OPEN]
    return quantiles(made.fitted.knots, made.rows[waits], TODAY - 1 - orders.start[waits])


def _from_store() -> float:
    """The fit of the model as a worker does it at night."""
    with TemporaryDirectory() as folder:
        world = World(folder)
        fill(world, 2 * LINES)
        begun = process_time()
        with world.reader() as session:
            MODEL.fit(session, STORE_NOW, BERLIN)
        took = process_time() - begun
        world.store.close()
    return took


def _least(work: Callable[[], object], times: int = TIMES) -> float:
    took = []
    for _ in range(times):
        begun = process_time()
        work()
        took.append(process_time() - begun)
    return min(took)


def _known(orders: Orders) -> tuple[np.ndarray, np.ndarray]:
    ended = orders.end > 0
    return np.where(ended, orders.end, TODAY - 1) - orders.start, ended


def _lifelines(orders: Orders) -> float:
    """A curve for each supplier and each item, as it would take for all of them."""
    from lifelines import KaplanMeierFitter

    days, ended = _known(orders)
    parts = [orders.codes[one] == code for one, count in (("supplier", 250), ("item", ITEMS))
             for code in range(1, count + 1, ONE_OF)]  # fmt: skip
    begun = process_time()
    for part in parts:
        KaplanMeierFitter().fit(days[part], ended[part])
    return (process_time() - begun) * ONE_OF


def _grouped(orders: Orders) -> object:
    import pandas as pd

    days, ended = _known(orders)
    frame = pd.DataFrame({"days": days, **orders.codes})[ended]
    return [
        frame.groupby(names)["days"].quantile([0.5, 0.8, 0.9])
        for names in (["category"], ["category", "supplier"], ["category", "supplier", "item"])
    ]


def _boosted(orders: Orders) -> float:
    """Three quantiles of the same orders, by models learned from a part of what came."""
    import lightgbm

    from tests.storage.forecasts.boosted import BOOSTED, ROUNDS, days, known

    columns, seen = known(orders), np.flatnonzero(orders.end > 0)[: OPEN * 2]
    waits = columns(np.flatnonzero(orders.end == 0)[:OPEN])
    models = [
        lightgbm.train({**BOOSTED, "objective": "quantile", "alpha": share},
                       lightgbm.Dataset(columns(seen), days(orders, seen)), ROUNDS)
        for share in (0.5, 0.8, 0.9)
    ]  # fmt: skip
    return _least(lambda: [model.predict(waits) for model in models])


def main() -> None:
    """The time of a fit and the memory of this process, as JSON."""
    orders = generated()
    took = _least(lambda: fit(orders, TODAY, chosen(orders, TODAY)))
    sys.stdout.write(json.dumps({"fit": took, "memory": _most_memory()}))


def _most_memory() -> float:
    """The most megabytes that this process has had. What `getrusage` says would be at least that
    of the process that started it, where there is another way."""
    if STATUS.is_file():
        [line] = [one for one in STATUS.read_text().splitlines() if one.startswith("VmHWM:")]
        return int(line.split()[1]) * 1_024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
