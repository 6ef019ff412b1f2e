"""Bad reviews by days late on real orders, as `experience` answers them.

Beside its figures stand those that are published of the whole set, and the shares counted from the
files alone, each review with the order that it names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from typer.testing import CliRunner

from bot.__main__ import cli
from storage.metrics._felt import ENDS
from storage.metrics.after_delivery import BANDS, PUBLISHED
from tests.storage.forecasts.figures import Figure, left_out
from tests.storage.forecasts.public import DATA, NOW, kept, rows

NAME = "olist, bad reviews"
LINE = "experience last 20 years"
SALES = """key = ["order", "line"]
columns.order = "order"
columns.line = "line"
columns.customer = "customer"
columns.item = "product"
columns.ordered_at = "ordered"
columns.promised_on = "promised"
columns.delivered_at = "delivered"
"""
ANSWERS = """key = ["id"]
columns = { account_ref = "customer", score = "score", responded_at = "answered" }
constants = { kind = "csat", scale = "5" }
"""
SPANNED = re.compile(r"(\d+) to (\d+) %, of ([\d,]+)")
Rows = list[dict[str, Any]]


def measured() -> list[Figure]:
    if not (DATA / "olist").is_dir():
        return [left_out(NAME, "share by days late as published")]
    orders = {row["order_id"]: row for row in rows("olist/orders")}
    alone = counted(orders)
    return [_figure(band, *figures, alone[band]) for band, *figures in answered(orders)]


def answered(orders: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, float, str]]:
    """What `experience` answers: band, share of bad answers, and its interval in words."""
    people = {row["customer_id"]: row["customer_unique_id"] for row in rows("olist/customers")}
    streams = {
        "sales_lines": (lines(orders, people), SALES),
        "surveyresponse": (answers(orders, people), ANSWERS),
    }
    with kept(streams) as store:
        later = {**store.env, "LEADLINE_NOW": (NOW + timedelta(hours=1)).isoformat()}
        asked = CliRunner().invoke(cli, ["ask", "--format", "json", LINE], env=later)
    assert asked.exit_code == 0, asked.output
    for row in json.loads(asked.stdout)["table"]["rows"]:
        yield tuple(row[:3])


def lines(orders: Mapping[str, Mapping[str, str]], people: Mapping[str, str]) -> Rows:
    """The items of orders, and orders without any, with whose they are."""
    items = rows("olist/order_items")
    alone = orders.keys() - {row["order_id"] for row in items}
    every = [(row["order_id"], row["order_item_id"], row["product_id"]) for row in items]
    return [
        {
            "order": order, "line": line, "product": product,
            "customer": people[orders[order]["customer_id"]],
            "ordered": orders[order]["order_purchase_timestamp"][:10],
            "promised": orders[order]["order_estimated_delivery_date"][:10],
            "delivered": orders[order]["order_delivered_customer_date"][:10],
        }
        for order, line, product in [*every, *((order, "0", "") for order in sorted(alone))]
    ]  # fmt: skip


def answers(orders: Mapping[str, Mapping[str, str]], people: Mapping[str, str]) -> Rows:
    return [
        {
            "id": number, "customer": people[orders[row["order_id"]]["customer_id"]],
            "score": row["review_score"], "answered": row["review_creation_date"][:10],
        }
        for number, row in enumerate(rows("olist/reviews"))
    ]  # fmt: skip


def counted(orders: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[int, int]]:
    """The same from the files alone, each review with the order that it names."""
    found = {band: [0, 0] for band in BANDS}
    for row in rows("olist/reviews"):
        order = orders[row["order_id"]]
        came, due = order["order_delivered_customer_date"], order["order_estimated_delivery_date"]
        band = BANDS[-1]
        if came:
            late = (date.fromisoformat(came[:10]) - date.fromisoformat(due[:10])).days
            band = BANDS[sum(late > end for end in ENDS)]
        found[band][0] += int(row["review_score"]) <= 2
        found[band][1] += 1
    return {band: tuple(pair) for band, pair in found.items()}


def _figure(band: str, share: float, spanned: str, alone: tuple[int, int]) -> Figure:
    """A band is as published where its interval reaches what is known of the whole set."""
    low, high = (int(one) / 100 for one in SPANNED.match(spanned).groups()[:2])
    bad, n = alone
    note = f"from the files {bad / n:.1%} of {n:,}"
    if band not in PUBLISHED:
        return Figure(NAME, band, share, None, low, high, ".1%", note)
    least, most = PUBLISHED[band]
    published = f"{least:.0%}" if least == most else f"{least:.0%} to {most:.0%}"
    is_met = low <= most and high >= least
    return Figure(NAME, f"{band}: {published}", share, is_met, low, high, ".1%", note)
