import numpy as np

from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import knots_from
from storage.metrics._fitted_leads import FittedLeads
from storage.metrics._last_orders import LastOrder
from storage.metrics._replenishment import ItemLead
from tests.storage.metrics.stock_facts import Unknown

BOLT, NUT, TABLE, NEW = (("erp", name) for name in ("bolt", "nut", "table", "new"))
FITTED = Fitted(
    ("supplier", "item"), ((), ("erp/steel",), ("erp/steel", "erp/bolt")),
    np.array([100.0, 40.0, 14.0]),
    knots_from([([20, 50], [0.5, 0.0]), ([15, 40], [0.4, 0.0]), ([10, 30], [0.2, 0.0])]), None,
)  # fmt: skip


class Made(Unknown):
    def of(self, item):
        return ItemLead(None, "production")


def leads():
    last = {
        BOLT: LastOrder({"supplier": "erp/steel", "item": "erp/bolt"}, False),
        NUT: LastOrder({"supplier": "erp/dune", "item": "erp/nut"}, False),
        TABLE: LastOrder({"item": "erp/table"}, True),
    }
    return FittedLeads(FITTED, last, {BOLT: 3}, Made())


def test_an_order_follows_the_curve_of_its_last_one():
    found = leads().of(BOLT)
    assert (found.of, found.is_fitted, found.p90) == ("item", True, 30)
    assert (found.duration.n, found.duration.open, found.duration.median) == (14, 3, 10)


def test_whom_the_fit_does_not_know_follows_the_company():
    found = leads().of(NUT)
    assert (found.of, found.p90, found.duration.n) == ("company", 50, 100)


def test_of_what_is_made_or_was_never_ordered_others_tell():
    assert leads().of(TABLE).of == leads().of(NEW).of == "production"
