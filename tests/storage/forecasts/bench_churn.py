"""Who leaves, on subscribers without days and on buyers without contracts, beside judges.

lifetimes tells how often buyers come again; its chance of being alive is shown beside it, as a
warning: it is no chance to order.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

import numpy as np
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter

from storage.forecasts._buying import (
    Buyers,
    Purchases,
    _columns,
    bought_in,
    buyers_before,
    window_before,
)
from storage.forecasts._churn_facts import purchases, subjects
from storage.forecasts._churn_past import Told, _orders_at, folds_of, told_in_folds
from storage.forecasts._scores import Flags, Floats, auc, ece
from tests.storage.forecasts.classified import flat, in_folds, judges
from tests.storage.forecasts.figures import Figure, interval, left_out
from tests.storage.forecasts.public import DATA, NOW, Kept, kept, rows

FOLDS = 5
TELCO = "telco, 5 folds"
CDNOW = "cdnow, 39 weeks from Oct 1997"
HORIZON = 273
SINCE = date(1997, 10, 1)
CDNOW_LINES = (
    'key = ["row"]\n'
    'columns = { order = "row", customer = "Id", ordered_at = "Date", value = "Price",'
    ' qty = "CDs" }'
)
DRAWS = 1_000
CLOSE = 1e-5


def measured() -> list[Figure]:
    return [*telco(), *cdnow()]


def telco() -> Iterator[Figure]:
    if not (DATA / "telco").is_dir():
        yield left_out(TELCO, "AUC, Brier, ECE")
        return
    every = rows("telco/telco_churn")
    features = [name for name in every[0] if name not in ("customerID", "Churn")]
    settings = (
        'key = ["customerID"]\ncolumns = { account_ref = "customerID", status = "Churn" }\n'
        f'attributes = {features}\nvalues = {{ status = {{ Yes = "churned", No = "active" }} }}'
    )
    with kept({"contract": (every, settings)}) as store:
        report = store.looked_back("churn", "--folds", str(FOLDS))
        assert report["protocol"] == "folds"
        with store.session() as session:
            found = subjects(session, NOW)
    left = np.array([one.left for one in found], bool)
    told = told_in_folds(found, left, FOLDS, lambda *_: None)["leadline"]
    _same(told, report)
    yield _figure(TELCO, "AUC", told, auc, 0.850, is_most=False)
    yield _figure(TELCO, "Brier", told, _brier, 0.133)
    yield _calibrated(TELCO, told)
    fold = folds_of(len(found), FOLDS)
    for name, chance in in_folds(flat([one.known for one in found]), left, fold).items():
        yield from _against(TELCO, name, told, chance)


def cdnow() -> Iterator[Figure]:
    if not (DATA / "cdnow").is_dir():
        yield left_out(CDNOW, "AUC, ECE, Brier skill, MAE of transactions")
        return
    lines = [{"row": number, **one} for number, one in enumerate(rows("cdnow/cdnow_tenth"))]
    with kept({"sales_lines": (lines, CDNOW_LINES)}) as store:
        made = _purchases(store)
        report = store.looked_back("churn", "--horizon", str(HORIZON), "--since", str(SINCE))
    day = SINCE.toordinal()
    methods = _orders_at(made, day, HORIZON)
    told, base = methods["leadline"], methods["base_rate"]
    _same(told, report)
    yield _figure(CDNOW, "AUC", told, auc, 0.78, is_most=False)
    yield _calibrated(CDNOW, told)
    yield _skill(told, base)
    yield _missed("MAE of transactions ≤ 0.77", *told.orders, bound=0.77)
    now = buyers_before(made, day)
    for name, chance in _judged(made, day, now).items():
        yield from _against(CDNOW, name, told, chance)
    seen = (now.seen.again, now.seen.last, now.seen.age)
    pace = ModifiedBetaGeoFitter().fit(*seen)
    count = pace.conditional_expected_number_of_purchases_up_to_time(HORIZON, *seen)
    yield _missed("MAE of MBG/NBD, lifetimes", np.asarray(count), told.orders[1])
    alive = np.asarray(BetaGeoFitter().fit(*seen).conditional_probability_alive(*seen))
    yield Figure(CDNOW, "AUC of BG/NBD P(alive), lifetimes", auc(1 - alive, told.came), None,
                 *interval(auc, [(1 - alive, told.came)]))  # fmt: skip


def _purchases(store: Kept) -> Purchases:
    with store.session() as session:
        return purchases(session, NOW)


def _judged(made: Purchases, day: int, now: Buyers) -> dict[str, Floats]:
    """The chance to order nothing, by judges that learned from the window before."""
    window = window_before(made, day, HORIZON)
    then = buyers_before(made, day - window)
    none = bought_in(made, then, day - window, day) == 0
    learned = judges(_columns(then, window), none)
    return {name: told(_columns(now, HORIZON)) for name, told in learned.items()}


def _same(told: Told, report: dict) -> None:
    """What is told here is what the verb reports."""
    mine, said = told.scores().figures(), report["methods"]["leadline"]
    for name in ("auc", "brier", "ece"):
        assert abs(mine[name] - said[name]) < CLOSE, name


def _figure(data, name, told, statistic, bound, *, is_most=True) -> Figure:
    reached = statistic(told.chance, told.came)
    is_met = reached <= bound if is_most else reached >= bound
    asked = f"{name} {'≤' if is_most else '≥'} {bound:.3f}"
    bounds = interval(statistic, [(told.chance, told.came)])
    return Figure(data, asked, reached, is_met, *bounds, ".4f")


def _calibrated(data: str, told: Told) -> Figure:
    """ECE beside what chance alone gives a model whose chances are true."""
    rng = np.random.default_rng(0)
    perfect = [ece(told.chance, rng.random(len(told.came)) < told.chance) for _ in range(DRAWS)]
    low, bound = np.quantile(perfect, (0.05, 0.95))
    reached = ece(told.chance, told.came)
    note = f"a perfect model of {len(told.came):,}: {low:.4f} to {bound:.4f} in 9 of 10"
    return Figure(data, f"ECE ≤ {bound:.4f}", reached, reached <= bound, form=".4f", note=note)


def _skill(told: Told, base: Told) -> Figure:
    def skill(mine: Floats, other: Floats, came: Flags) -> float:
        return 1 - _brier(mine, came) / _brier(other, came)

    columns = (told.chance, base.chance, told.came)
    reached = skill(*columns)
    return Figure(CDNOW, "Brier skill over the base rate > 0", reached, reached > 0,
                  *interval(skill, [columns]))  # fmt: skip


def _missed(asked: str, count: Floats, came: Floats, bound: float | None = None) -> Figure:
    def missed(told: Floats, true: Floats) -> float:
        return float(np.abs(told - true).mean())

    reached = missed(count, came)
    is_met = None if bound is None else reached <= bound
    return Figure(CDNOW, asked, reached, is_met, *interval(missed, [(count, came)]))


def _against(data: str, name: str, told: Told, chance: Floats) -> Iterator[Figure]:
    """How much better the method in use is than a judge, drawn in pairs."""

    def gained(statistic, mine: Floats, other: Floats, came: Flags) -> float:
        return statistic(mine, came) - statistic(other, came)

    columns = (told.chance, chance, told.came)
    for what, statistic in (("AUC", auc), ("Brier", _brier)):
        made = partial(gained, statistic)
        yield Figure(data, f"{what} less that of {name}", made(*columns), None,
                     *interval(made, [columns], 200), "+.4f",
                     f"its {what} {statistic(chance, told.came):.4f}")  # fmt: skip


def _brier(chance: Floats, came: Flags) -> float:
    return float(((chance - came) ** 2).mean())
