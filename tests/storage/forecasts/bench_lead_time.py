"""The lead-time curves on real purchases, by `python -m tests.storage.forecasts.bench`.

Reads the real files by the csv source and looks back as the command does. LightGBM tells the same
outcomes from the same origins, by what had come by then: quantile regressions, without and with a
split conformal margin. A set that is not on this machine is left out.
"""

import csv
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import lightgbm
import numpy as np
from typer.testing import CliRunner

from bot.__main__ import cli
from storage.forecasts._lead_time_past import _firsts, _from, _origins
from storage.forecasts._orders import orders_of
from storage.forecasts._origins import Plan
from storage.forecasts._scores import QUANTILES, gain, of_quantiles, pinball
from storage.known.purchases import purchase_lines
from storage.store import Store

DATA = Path(__file__).parents[3].parent / "shared/data"
SCMS = Plan("half-year", date(2009, 1, 1), date(2012, 1, 1))
OLIST = Plan("month", date(2017, 5, 1), date(2018, 3, 1))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOOSTED = {"bagging_fraction": 1.0, "deterministic": True, "force_row_wise": True, "seed": 0,
             "verbose": -1, "num_threads": 2, "min_data_in_leaf": 20, "num_leaves": 15,
             "learning_rate": 0.05}  # fmt: skip
ROUNDS = 120
LAST = 20
HELD_OUT = 0.25
COLUMNS = {
    "scms": 'order = "PO / SO #", shipment = "ASN/DN #", ordered_at = "po", received_at = "dlv",'
    ' supplier = "vendor", country = "country", category = "group", site = "site", item = "sub"',
    "olist": 'order = "order", line = "line", supplier = "seller", item = "product",'
    ' site = "state", ordered_at = "ordered", received_at = "delivered"',
}
KEYS = {"scms": '["PO / SO #", "ASN/DN #"]', "olist": '["order", "line"]'}


def main():
    for name, plan in (("scms", SCMS), ("olist", OLIST)):
        if (DATA / name).is_dir():
            with TemporaryDirectory() as folder:
                shown(name, *measured(name, plan, Path(folder)))


def measured(name, plan, folder):
    """The report of the command, and what each method told by origin: (said, came)."""
    file = DATA / "scms/direct_drop_to_2012.csv" if name == "scms" else joined(folder)
    (folder / "leadline.toml").write_text(
        f'[sources.x]\nkind = "csv"\n[sources.x.streams.purchase_lines]\nfile = "{file}"\n'
        f"key = {KEYS[name]}\ncolumns = {{ {COLUMNS[name]} }}\n"
    )
    env = {"LEADLINE_CONFIG": str(folder / "leadline.toml"), "LEADLINE_NOW": NOW.isoformat(),
           "DATABASE_URL": None}  # fmt: skip
    words = ("--every", plan.every, "--since", str(plan.since), "--until", str(plan.until))
    assert CliRunner().invoke(cli, ["sync"], env=env).exit_code == 0
    done = CliRunner().invoke(cli, ["backtest", "lead-time", "--format", "json", *words], env=env)
    store = Store(f"sqlite:///{folder}/leadline.db")
    with store.reader() as session:
        orders = orders_of(purchase_lines(session, NOW, zone=ZoneInfo("UTC")))
    store.close()
    return json.loads(done.stdout), told(orders, plan)


def joined(folder):
    """The items of Olist's delivered orders, one row each."""

    def rows(name):
        with (DATA / f"olist/{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    states = {row["customer_id"]: row["customer_state"] for row in rows("customers")}
    orders = {row["order_id"]: row for row in rows("orders")}
    with (folder / "lines.csv").open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines)
        out.writerow(["order", "line", "seller", "product", "state", "ordered", "delivered"])
        for row in rows("order_items"):
            order = orders[row["order_id"]]
            if came := order["order_delivered_customer_date"][:10]:
                out.writerow([
                    row["order_id"], row["order_item_id"], row["seller_id"], row["product_id"],
                    states[order["customer_id"]], order["order_purchase_timestamp"][:10], came,
                ])  # fmt: skip
    return folder / "lines.csv"


def told(orders, plan):
    first, found = _firsts(orders), {}
    every = orders.of(first)
    for origin in _origins(every, NOW.date(), plan):
        day, end = origin.at.toordinal(), origin.end.toordinal()
        ours, _ = _from(orders, first, every, origin)
        new = np.flatnonzero((every.start >= day) & (every.start < end) & (every.end > 0))
        plain, conformal = boosted(every, day, new)
        for name, said in (
            ("leadline", ours["leadline"].said), ("ecdf_closed", ours["ecdf_closed"].said),
            ("lightgbm", plain), ("lightgbm conformal", conformal),
        ):  # fmt: skip
            found.setdefault(name, []).append((said, ours["leadline"].came))
    return found


def boosted(every, day, new):
    """Quantiles of LightGBM fitted to what had come before a day, without and with a margin."""
    seen = np.flatnonzero((every.end > 0) & (every.end < day))
    seen = seen[np.argsort(every.start[seen], kind="stable")]
    kept = seen[: int(len(seen) * (1 - HELD_OUT))]
    held = seen[len(kept) :]
    plain, conformal = np.empty((len(new), 3)), np.empty((len(new), 3))
    for at, share in enumerate(QUANTILES):
        plain[:, at] = predicted(every, day, seen, share)(new)
        model = predicted(every, day, kept, share)
        margin = np.quantile(days(every, held) - model(held), share, method="higher")
        conformal[:, at] = model(new) + margin
    return np.sort(np.maximum(plain, 0), axis=1), np.sort(np.maximum(conformal, 0), axis=1)


def predicted(every, day, rows, share):
    data = lightgbm.Dataset(features(every, day, rows), days(every, rows),
                            categorical_feature=[0, 1, 2, 3])  # fmt: skip
    params = {**BOOSTED, "objective": "quantile", "alpha": share}
    model = lightgbm.train(params, data, ROUNDS)
    return lambda wanted: model.predict(features(every, day, wanted))


def features(every, day, rows):
    """What is known of an order on its day, and how the supplier's last ones had gone by then."""
    codes = [every.codes[one][rows] for one in ("supplier", "category", "lane", "item")]
    start = every.start[rows]
    months = [date.fromordinal(int(one)).month for one in start]
    known = by_end(every)
    usual = [known_by(every, known, row, min(int(every.start[row]), day)) for row in rows]
    return np.column_stack([*codes, start, months, np.array(usual)]).astype(float)


def by_end(every):
    """The rows of each supplier that came, in the order in which they did; all under null."""
    ended = np.flatnonzero(every.end > 0)
    ended = ended[np.argsort(every.end[ended], kind="stable")]
    supplier = every.codes["supplier"][ended]
    return {None: ended, **{int(one): ended[supplier == one] for one in np.unique(supplier)}}


def known_by(every, known, row, day):
    """Mean and largest of the last orders that had come by a day, of its supplier and of all."""
    found = []
    for who in (int(every.codes["supplier"][row]), None):
        theirs = known.get(who, ())
        count = np.searchsorted(every.end[theirs], day) if len(theirs) else 0
        last = days(every, theirs[max(0, count - LAST) : count]) if count else np.full(1, np.nan)
        found += [last.mean(), last.max(), count]
    return found


def days(every, rows):
    return (every.end[rows] - every.start[rows]).astype(float)


def shown(name, report, found):
    say = sys.stdout.write
    say(f"{name}: {len(report['origins'])} origins from {report['origins'][0]['at']}\n")
    losses = {
        method: [pinball(said, came) for said, came in parts] for method, parts in found.items()
    }
    for method, parts in found.items():
        scores = of_quantiles(*(np.concatenate(one) for one in zip(*parts, strict=True)))
        whole, low, high = gain(losses["leadline"], losses[method])
        say(
            f"  {method:19} n {scores.n:5} pinball {scores.pinball:7.3f} cover80"
            f" {scores.cover80:.3f} cover90 {scores.cover90:.3f} leadline against it"
            f" {-whole:+.1%} [{-high:+.1%}, {-low:+.1%}]\n"
        )
    mine = report["methods"]
    change = mine["eta"]["pinball"] / mine["eta_clipped"]["pinball"] - 1
    say(f"  open orders: {change:+.1%} against the curve clipped at their age\n")


if __name__ == "__main__":
    os.environ.setdefault("SLACK_BOT_TOKEN", "")
    main()
