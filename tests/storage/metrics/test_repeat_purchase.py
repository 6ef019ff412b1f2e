"""Repeat purchase, against pandas and lifelines."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from storage.known.customers import Customer, Order
from storage.metrics.repeat_purchase import repeat

TODAY = date(2026, 3, 20)


def customer(name, *ago):
    days = sorted(TODAY - timedelta(days=day) for day in ago)
    return Customer(name, frozenset({("erp", name)}), orders=tuple(map(Order, days)))


@pytest.mark.parametrize("seed", range(4))
def test_it_is_as_pandas_and_lifelines_have_it(seed):
    draw = random.Random(seed)
    everyone = [
        customer(str(at), *(draw.randrange(0, 1200) for _ in range(draw.choice((1, 1, 2, 5)))))
        for at in range(80)
    ]
    start, end = TODAY - timedelta(days=400), TODAY + timedelta(days=1)
    found = repeat(everyone, start, end, TODAY)
    frame = pd.DataFrame([(one.name, order.on) for one in everyone for order in one.orders],
                         columns=["name", "day"]).drop_duplicates()  # fmt: skip
    counts = frame[(frame.day >= start) & (frame.day < end)].groupby("name").size()
    assert found.value == pytest.approx((counts >= 2).mean())
    days = frame.sort_values("day").groupby("name").day.apply(list)
    lasted = [((d[1] if len(d) > 1 else TODAY) - d[0]).days for d in days]
    judge = KaplanMeierFitter().fit(lasted, [len(d) > 1 for d in days])
    assert found.within == pytest.approx(1 - judge.predict(365))


def test_nobody_known_for_a_year_tells_nothing_of_a_year():
    found = repeat([customer("new", 30), customer("also", 60, 20)], date(2026, 1, 1), TODAY, TODAY)
    assert (found.within, found.value, found.customers) == (None, 0.5, 2)
    assert repeat([], date(2026, 1, 1), TODAY, TODAY).value is None
