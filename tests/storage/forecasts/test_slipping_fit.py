import json

import numpy as np
import pytest

from storage.forecasts._slipping_fit import MEDIAN, baseline, fit, usual_from
from tests.storage.forecasts.slowed import BEFORE, DAY0, drawn, joined, named
from tests.storage.metrics.alarms import STEADY
from tests.storage.metrics.supplied import Supplier, purchases

DAY = DAY0 + BEFORE


def fitted(known, day=DAY):
    return fit(named(known), known.by(day), day)


def test_a_steady_supplier_is_calm_and_its_median_and_highest_evidence_are_about_the_true_ones():
    """Of independent purchases the evidence is above x with a chance in proportion to exp(-x)."""
    found = fitted(drawn(Supplier(), 12, days=BEFORE))
    assert found.days[:, MEDIAN] == pytest.approx(30, abs=3)
    assert found.is_calm.mean() >= 0.7
    assert np.median(found.slow[:, 1]) == pytest.approx(1, abs=0.3)
    assert np.median(found.slow[:, 0]) == pytest.approx(4.3, abs=1)


@pytest.mark.parametrize("name", ["restless", "closing"])
def test_who_is_restless_or_closes_is_not_calm(name):
    assert fitted(drawn(STEADY[name], 6, days=BEFORE)).is_calm.mean() <= 0.2


def test_lines_that_share_a_purchase_count_as_one():
    spans = purchases(Supplier(), 1, BEFORE)
    once, often = fitted(joined([spans])), fitted(joined([spans * 7]))
    assert often.days == pytest.approx(once.days)
    assert often.slow == pytest.approx(once.slow)


@pytest.mark.parametrize(
    "spans",
    [
        purchases(Supplier(), 1, BEFORE)[-60:],
        [one._replace(end=None) for one in purchases(Supplier(), 1, BEFORE)],
        [one._replace(end=None, left=one.end) for one in purchases(Supplier(), 1, BEFORE)],
        purchases(Supplier(1 / 60), 1, BEFORE),
    ],
    ids=["young", "all open", "all cancelled", "few"],
)
def test_too_little_history_is_not_told_of(spans):
    found = fitted(joined([spans, purchases(Supplier(), 2, BEFORE)]))
    assert np.isnan(found.slow[0]).all()
    assert not found.is_calm[0]
    assert list(found.as_json()["suppliers"]) == ["x/1"]


def test_the_newest_past_is_left_out_for_longer_where_orders_take_longer():
    known = joined([purchases(Supplier(median=days), 1, BEFORE) for days in (10, 30, 90)])
    last = baseline(known.by(DAY), DAY).last
    assert (DAY - last).tolist() == sorted((DAY - last).tolist())
    assert (last % 7 == 0).all()
    assert 84 <= DAY - last[0] <= 91
    assert 210 <= DAY - last[2] <= 301


def test_what_is_kept_as_json_comes_back():
    found = fitted(drawn(Supplier(1 / 2), 2, days=BEFORE))
    kept = usual_from(json.loads(json.dumps(found.as_json())))
    assert kept.names == found.names
    assert kept.days == pytest.approx(found.days, abs=0.01)
    assert kept.slow == pytest.approx(found.slow, abs=0.001)
    assert (kept.is_calm == found.is_calm).all()
    assert usual_from({"suppliers": {}}).days.shape[0] == 0
