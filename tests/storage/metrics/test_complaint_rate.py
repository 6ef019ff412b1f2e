"""Complaint rates against pandas, on random deliveries and complaints."""

import random

import pandas as pd
import pytest

from storage.known import Named
from storage.known.complaints import Complaint
from storage.known.purchases import purchase_lines
from storage.metrics.complaint_rate import bought_from, deliveries, followed
from tests.storage.metrics.deliveries import NOW, TODAY, ago, sold
from tests.storage.world import World

ACME = ("odoo:erp", "acme")
WHO, HEARD = {ACME: ACME}, {ACME}
BOLT, PANE = (Named("item", "odoo:erp", name, name) for name in ("Bolt", "Pane"))


def complaint(days, customer=ACME):
    return Complaint(ago(days), customer, "ticket")


def rates(lines, *complaints, since=90):
    every = deliveries(lines, WHO, HEARD)
    return followed(every, complaints, ago(since), TODAY, TODAY)


def test_a_complaint_within_14_days_after_a_delivery_counts_once():
    lines = [sold(1, (40, 1), item=BOLT), sold(1, (60, 1), item=BOLT)]
    found = rates(lines, complaint(26), complaint(30), complaint(61), complaint(45))
    assert (found.whole.hits, found.whole.n) == (1, 2)
    assert rates(lines, complaint(25)).whole.hits == 0


def test_what_a_customer_gets_on_a_day_is_one_delivery_and_one_of_each_item():
    lines = [sold(1, (40, 1), item=BOLT), sold(1, (40, 1), item=BOLT), sold(1, (40, 1), item=PANE)]
    found = rates(lines, complaint(39))
    assert found.whole.n == 1
    assert {item: share.n for item, share in found.by_item().items()} == {BOLT: 1, PANE: 1}


def test_a_delivery_whose_14_days_are_not_over_tells_nothing_yet():
    assert rates([sold(1, (14, 1))], complaint(13)).whole.rate is None
    assert rates([sold(1, (15, 1))], complaint(13)).whole.rate == 1


def test_one_whose_complaints_would_not_be_known_is_left_out():
    stranger = Named("customer", "odoo:erp", "stranger", "Stranger")
    assert rates([sold(1, (40, 1), customer=stranger), sold(1, (40, 1), customer=None)]).every == {}


def test_goods_that_came_back_are_no_delivery():
    assert rates([sold(1, (40, 1), (35, -1))]).whole.n == 1


def test_an_item_of_two_suppliers_counts_with_each_and_what_nobody_sells_us_under_null(tmp_path):
    world = World(tmp_path)
    bolt, steel, tin = world.item("Bolt"), world.supplier("Steel"), world.supplier("Tin")
    for supplier in (steel, tin):
        world.purchase(supplier, bolt, "2026-01-01")
    with world.reader() as session:
        sold_by = bought_from(purchase_lines(session, NOW, NOW.replace(year=2025), NOW))
    (item,) = sold_by
    found = rates([sold(1, (40, 1), item=item), sold(1, (39, 1), item=PANE)], complaint(38))
    named = {one and one.name: share.n for one, share in found.by_supplier(sold_by).items()}
    assert named == {"Steel": 1, "Tin": 1, None: 1}


def test_the_rates_are_what_pandas_finds():
    rng = random.Random(3)
    items = [Named("item", "odoo:erp", str(n), f"Item {n}") for n in range(4)]
    keys = [("odoo:erp", f"c{n}") for n in range(12)]
    lines = [
        sold(1, (rng.randint(1, 120), 1), item=rng.choice(items),
             customer=Named("customer", *rng.choice(keys), "C"))
        for _ in range(300)
    ]  # fmt: skip
    bad = [complaint(rng.randint(0, 130), rng.choice(keys)) for _ in range(60)]
    every = deliveries(lines, {key: key for key in keys}, set(keys))
    found = followed(every, bad, ago(90), TODAY, TODAY)

    got = pd.DataFrame(
        {(one.customer.ref, one.item.ref, one.shipments[0].on) for one in lines},
        columns=["customer", "item", "day"],
    )
    told = pd.DataFrame([(one.customer[1], one.on) for one in bad], columns=["customer", "told"])
    got["day"], told["told"] = pd.to_datetime(got.day), pd.to_datetime(told.told)
    got = got[(got.day >= str(ago(90))) & (got.day < str(ago(14)))]
    both = got.merge(told, on="customer", how="left")
    both["bad"] = (both.told - both.day).dt.days.between(0, 14)
    judge = both.groupby(["customer", "item", "day"]).bad.any()
    assert found.whole.rate == pytest.approx(judge.groupby(["customer", "day"]).any().mean())
    for item, share in found.by_item().items():
        assert share.rate == pytest.approx(judge.xs(item.ref, level="item").mean())
        assert share.n == len(judge.xs(item.ref, level="item"))
