"""What customers bring: on real buyers beside plain past spend, figures beside those of lifetimes.

The share of revenue that the tenth brought which was told the most stands beside that of the tenth
which had spent the most; of made-up contracts the tables of the paper.
"""

from collections.abc import Iterator
from datetime import date
from time import process_time

import numpy as np
from lifetimes import GammaGammaFitter, ModifiedBetaGeoFitter

from storage.forecasts._clv_facts import Buyers, Paid, buyers_before, paid
from storage.forecasts._clv_fit import by_orders
from storage.forecasts._clv_past import Side, _orders
from storage.forecasts._gamma_gamma import gamma_gamma
from storage.forecasts._mbg import mbg
from storage.forecasts._past_spend import Facts
from storage.forecasts._sbg import sbg
from storage.forecasts._scores import TOP, Floats
from tests.storage.forecasts.figures import Figure, interval, left_out
from tests.storage.forecasts.public import DATA, NOW, kept, rows
from tests.storage.forecasts.spenders import END
from tests.storage.forecasts.spenders import paid as made_up
from tests.storage.forecasts.test_sbg import HIGH_END, REGULAR, of

CDNOW = "cdnow tenth, 39 weeks from Oct 1997"
BUYERS = "100,000 generated buyers"
FEW = "4,000 generated buyers"
PAPER = "contracts of Fader & Hardie 2007"
HORIZON = 273
SINCE = date(1997, 10, 1)
CDNOW_LINES = (
    'key = ["row"]\n'
    'columns = { order = "row", customer = "Id", ordered_at = "Date", value = "Price",'
    ' qty = "CDs" }'
)
ALIKE = 0.02
SECONDS = 5.0
CLOSE = 1e-5


def measured() -> list[Figure]:
    return [*cdnow(), *generated(), *contracts(), *speed()]


def cdnow() -> Iterator[Figure]:
    if not (DATA / "cdnow").is_dir():
        yield left_out(CDNOW, "revenue of the top tenth, errors, intervals, figures of lifetimes")
        return
    lines = [{"row": number, **one} for number, one in enumerate(rows("cdnow/cdnow_tenth"))]
    with kept({"sales_lines": (lines, CDNOW_LINES)}) as store:
        words = ("--horizon", str(HORIZON), "--since", str(SINCE))
        report = store.looked_back("clv", *words)
        with store.session() as session:
            made = paid(session, NOW)
    day = SINCE.toordinal()
    first = date.fromordinal(made.first())
    side = _orders(Facts(made, dict, False, first, ""), day, HORIZON)
    assert abs(side.mine.scores().mae - report["methods"]["leadline"]["mae"]) < CLOSE
    yield from _top(side)
    yield from _errors(report)
    yield from _judged(CDNOW, buyers_before(made, day), HORIZON)


def _top(side: Side) -> Iterator[Figure]:
    mine, past, came = side.mine.said.value, side.past.said.value, side.mine.came
    for name, told in (("told the most", mine), ("that had spent the most", past)):
        bounds = interval(_share, [(told, came)])
        yield Figure(CDNOW, f"revenue of the tenth {name}", _share(told, came), None, *bounds)

    def more(one: Floats, other: Floats, true: Floats) -> float:
        return _share(one, true) - _share(other, true)

    yield Figure(CDNOW, "the first less the second", more(mine, past, came), None,
                 *interval(more, [(mine, past, came)]), "+.3f")  # fmt: skip


def _share(told: Floats, came: Floats) -> float:
    most = max(1, round(TOP * len(came)))
    return float(came[np.argsort(-told, kind="stable")[:most]].sum() / came.sum())


def _errors(report: dict) -> Iterator[Figure]:
    less = report["gains"]["past_spend"]
    yield Figure(CDNOW, "pinball loss less than that of past spend", less["pinball"],
                 less["pinball"] >= 0, less["low"], less["high"], "+.1%")  # fmt: skip
    mine, past = (report["methods"][name] for name in ("leadline", "past_spend"))
    note = f"past spend {past['mae']:.2f}"
    yield Figure(CDNOW, "mean error of the money of a customer", mine["mae"],
                 mine["mae"] <= past["mae"], form=".2f", note=note)  # fmt: skip
    for name, share in (("cover80", 0.8), ("cover90", 0.9)):
        yield Figure(CDNOW, f"intervals of {share:.0%} that held", mine[name])


def generated() -> Iterator[Figure]:
    yield from _judged(FEW, buyers_before(_many(4_000), END.toordinal()), 365)


def _many(n: int) -> Paid:
    return made_up(np.random.default_rng(0), n, b=4.0)


def _judged(data: str, now: Buyers, horizon: int) -> Iterator[Figure]:
    """How far the figures, and what they tell, are from those of lifetimes."""
    seen, spent = now.seen, now.spent
    columns = (seen.again, seen.last, seen.age)
    pace, other = mbg(seen), ModifiedBetaGeoFitter().fit(*columns)
    yield _alike(data, "MBG/NBD", [(getattr(pace, name), other.params_[name])
                                   for name in ("r", "alpha", "a", "b")])  # fmt: skip
    count = other.conditional_expected_number_of_purchases_up_to_time(horizon, *columns)
    mine = pace.at_least(seen, horizon, 400).sum(axis=1)
    yield _alike(data, "orders to come", [(mine.sum(), float(np.sum(count)))])
    known = (spent.orders > 0) & (spent.mean > 0)
    orders, mean = spent.orders[known], spent.mean[known]
    spend, judge = gamma_gamma(spent), GammaGammaFitter().fit(orders, mean)
    pairs = [(getattr(spend, name), judge.params_[theirs])
             for name, theirs in (("p", "p"), ("q", "q"), ("gamma", "v"))]  # fmt: skip
    yield _alike(data, "gamma-gamma", pairs)
    each = judge.conditional_expected_average_profit(orders, mean)
    yield _alike(data, "money an order",
                 [(spend.order(spent)[known].sum(), float(np.sum(each)))])  # fmt: skip


def _alike(data: str, name: str, pairs: list[tuple[float, float]]) -> Figure:
    off = max(abs(one / other - 1) for one, other in pairs)
    note = ", ".join(f"{one:.4g} ({other:.4g})" for one, other in pairs)
    asked = f"{name} within {ALIKE:.0%} of lifetimes"
    return Figure(data, asked, off, off <= ALIKE, form=".2%", note=note)


def contracts() -> Iterator[Figure]:
    for name, (survivors, a, b) in (("high end", HIGH_END), ("regular", REGULAR)):
        fit = sbg(of(survivors))
        off = max(abs(fit.a / a - 1), abs(fit.b / b - 1))
        note = f"{fit.a:.3f} ({a}), {fit.b:.3f} ({b})"
        yield Figure(PAPER, f"figures of {name} within 1 %", off, off <= 0.01, form=".2%",
                     note=note)  # fmt: skip


def speed() -> Iterator[Figure]:
    made = _many(100_000)
    begun = process_time()
    now = buyers_before(made, END.toordinal())
    pace, spend = mbg(now.seen), gamma_gamma(now.spent)
    took = process_time() - begun
    yield Figure(BUYERS, f"fitted within {SECONDS:.0f} s of processor", took, took <= SECONDS,
                 form=".1f", note=f"{len(made.day):,} orders")  # fmt: skip
    some = now.only(np.arange(len(now.number)) < 5_000)
    begun = process_time()
    by_orders(pace, spend, some.seen, some.spent, 365)
    took = process_time() - begun
    yield Figure(BUYERS, "5,000 of them told within 0.5 s", took, took <= 0.5, form=".2f")
