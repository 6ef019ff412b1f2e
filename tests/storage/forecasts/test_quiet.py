import numpy as np
import pytest

from storage.forecasts._pace import evidence, usual
from storage.forecasts._quiet import waits
from tests.storage.forecasts.slowed import DAY0, drawn, joined
from tests.storage.metrics.supplied import Supplier, purchases

DAYS = 2 * 364
WEEKS = np.array([104])


def told(known):
    day = DAY0 + DAYS
    known = known.by(day)
    return waits(known, evidence(usual(known, day)), np.full(known.count, 104), day)


def test_the_longest_wait_of_a_year_is_what_chance_makes_it():
    """Deliveries as a Poisson process: a wait of x nats has a chance of exp(-x)."""
    law, does_close = told(drawn(Supplier(3), 8, days=DAYS))
    assert law[:, 1] == pytest.approx(1, abs=0.6)
    assert (law[:, 0] > 3).all()
    assert (law[:, 0] < 12).all()
    assert does_close.sum() <= 1


def test_a_supplier_that_closes_in_summer_is_known_to_close():
    assert told(drawn(Supplier(closes=True), 3, days=DAYS))[1].all()


def test_of_few_deliveries_nothing_is_told():
    law, does_close = told(joined([purchases(Supplier(1 / 60), 1, DAYS)[:9]]))
    assert np.isnan(law).all()
    assert not does_close.any()
