"""The lead-time curves on real purchases, beside LightGBM and lifelines told from the same
origins.

Olist is asked of delivered orders only: in this sample of it four in ten never arrive, which the
data tell long after. With them, as a store would have them, it is told too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from storage.forecasts._lead_time_past import Told, _firsts, _from, _origins
from storage.forecasts._orders import Orders, orders_in
from storage.forecasts._origins import Plan
from storage.forecasts._scores import gain, pinball
from storage.known.columns import purchases
from tests.storage.forecasts import survived
from tests.storage.forecasts.boosted import told as boosted
from tests.storage.forecasts.figures import Figure, interval, left_out
from tests.storage.forecasts.public import DATA, NOW, kept, rows

SCMS = Plan("half-year", date(2009, 1, 1), date(2012, 1, 1))
OLIST = Plan("month", date(2017, 5, 1), date(2018, 3, 1))
SCMS_LINES = (
    'key = ["PO / SO #", "ASN/DN #"]\n'
    'columns = { order = "PO / SO #", shipment = "ASN/DN #", ordered_at = "po",'
    ' received_at = "dlv", supplier = "vendor", country = "country", category = "group",'
    ' site = "site", item = "sub" }'
)
OLIST_LINES = (
    'key = ["order", "line"]\n'
    'columns = { order = "order", line = "line", supplier = "seller", item = "product",'
    ' site = "state", ordered_at = "ordered", received_at = "delivered" }'
)
CLOSE = 1e-5


class Past(NamedTuple):
    """What each method told of the same outcomes, a pair (said, came) an origin."""

    methods: Mapping[str, Sequence[Told]]

    def gained(self, mine: str, other: str) -> tuple[float, float, float]:
        """By which share the error of one is above that of another; below where negative."""
        losses = [
            [pinball(one.said, one.came) for one in self.methods[name]] for name in (mine, other)
        ]
        whole, low, high = gain(*losses)
        return -whole, -high, -low

    def covered(self, name: str, column: int) -> tuple[float, float, float]:
        """The share of outcomes up to a quantile, and its interval."""
        parts = [(one.came <= one.said[:, column],) for one in self.methods[name]]
        return float(np.concatenate([one for (one,) in parts]).mean()), *interval(np.mean, parts)

    def best(self, *, conformal: bool | None = None) -> str:
        """The name of the LightGBM with the least error, with or without a margin, or of any."""
        judges = [one for one in self.methods if one.startswith("LightGBM")]
        if conformal is not None:
            judges = [one for one in judges if ("conformal" in one) is conformal]
        return min(judges, key=self.loss)

    def loss(self, name: str) -> float:
        parts = [pinball(one.said, one.came) for one in self.methods[name]]
        return float(np.concatenate(parts).mean())


def measured() -> list[Figure]:
    return [*scms(), *olist()]


def scms() -> list[Figure]:
    name = "scms, half-years 2009 to 2011"
    if not (DATA / "scms").is_dir():
        return [left_out(name, "error, coverage, open orders")]
    past = looked_back(rows("scms/direct_drop_to_2012"), SCMS_LINES, SCMS)
    best = past.best(conformal=True)
    return [
        _below(name, past, "leadline", "ecdf_closed", -0.08),
        _below(name, past, "leadline", best, -0.10),
        _covers(name, past, 1, 0.73, 1.0),
        _covers(name, past, 2, 0.85, 1.0),
        _below(name, past, "eta", "eta_clipped", -0.08),
        *_of_others(name, past),
    ]


def olist() -> list[Figure]:
    name = "olist from May 2017"
    if not (DATA / "olist").is_dir():
        return [left_out(name, "error, coverage")]
    lines = items()
    delivered, every = f"{name}, delivered", f"{name}, every row"
    found = []
    for data, mine in ((delivered, [one for one in lines if one["delivered"]]), (every, lines)):
        past = looked_back(mine, OLIST_LINES, OLIST)
        best = past.best()
        figures = [
            _below(data, past, "leadline", best, 0.02),
            _covers(data, past, 1, 0.78, 0.82),
            _covers(data, past, 2, 0.87, 0.92),
        ]
        is_asked = data == delivered
        found += figures if is_asked else [_told_only(one) for one in figures]
        found += _of_others(data, past) if is_asked else []
    return found


def items() -> list[dict[str, str]]:
    """The items of Olist's orders, a row each; of what never arrived the day is blank."""
    states = {one["customer_id"]: one["customer_state"] for one in rows("olist/customers")}
    orders = {one["order_id"]: one for one in rows("olist/orders")}
    return [
        {
            "order": one["order_id"], "line": one["order_item_id"], "seller": one["seller_id"],
            "product": one["product_id"], "state": states[orders[one["order_id"]]["customer_id"]],
            "ordered": orders[one["order_id"]]["order_purchase_timestamp"][:10],
            "delivered": orders[one["order_id"]]["order_delivered_customer_date"][:10],
        }
        for one in rows("olist/order_items")
    ]  # fmt: skip


def looked_back(lines: Sequence[Mapping[str, str]], settings: str, plan: Plan) -> Past:
    """What was told from a plan's origins; the same that the verb `backtest` reports."""
    words = ("--every", plan.every, "--since", str(plan.since), "--until", str(plan.until))
    with kept({"purchase_lines": (lines, settings)}) as store:
        report = store.looked_back("lead-time", *words)
        with store.session() as session:
            orders = orders_in(purchases(session, NOW, zone=ZoneInfo("UTC")))
    methods: dict[str, list[Told]] = {}
    for told in _told(orders, plan):
        for name, one in told:
            methods.setdefault(name, []).append(one)
    past = Past(methods)
    for name, scores in report["methods"].items():
        assert abs(past.loss(name) - scores["pinball"]) < CLOSE, name
    return past


def _told(orders: Orders, plan: Plan) -> Iterator[Iterator[tuple[str, Told]]]:
    first = _firsts(orders)
    every = orders.of(first)
    for origin in _origins(every, NOW.date(), plan):
        mine, _ = _from(orders, first, every, origin)
        day, end = origin.at.toordinal(), origin.end.toordinal()
        new = np.flatnonzero((every.start >= day) & (every.start < end) & (every.end > 0))
        came = mine["leadline"].came
        judges = [*boosted(every, day, new), (survived.NAME, survived.told(every, day, new))]
        yield iter([*mine.items(), *((name, Told(said, came)) for name, said in judges)])


def _below(data: str, past: Past, mine: str, other: str, bound: float) -> Figure:
    whole, low, high = past.gained(mine, other)
    who, note = "open orders" if mine == "eta" else "error", ""
    if other.startswith("LightGBM"):
        note, other = f"the best: {other}", "LightGBM + conformal" if bound < 0 else "LightGBM ±"
    asked = f"{who} against {other} ≤ {bound:+.0%}"
    return Figure(data, asked, whole, whole <= bound, low, high, "+.1%", note)


def _covers(data: str, past: Past, column: int, least: float, most: float) -> Figure:
    whole, low, high = past.covered("leadline", column)
    asked = f"P{(50, 80, 90)[column]} coverage "
    asked += f"≥ {least}" if most == 1 else f"in [{least}, {most}]"
    return Figure(data, asked, whole, least <= whole <= most, low, high)


def _told_only(one: Figure) -> Figure:
    return replace(one, is_met=None)


def _of_others(data: str, past: Past) -> Iterator[Figure]:
    """What others would have had, for comparison."""
    others = [past.best(conformal=one) for one in (False, True)]
    for name in ("ecdf_closed", survived.NAME, *others):
        whole, low, high = past.gained("leadline", name)
        covers = "/".join(f"{past.covered(name, column)[0]:.3f}" for column in (1, 2))
        yield Figure(data, f"error against {name}", whole, None, low, high, "+.1%",
                     f"it covers {covers}")  # fmt: skip
