import math
import random

import pytest

from storage.metrics.slowdown import changed, pace, pace_of_orders
from tests.storage.metrics.purchases import TODAY, bought


def orders(seed, *, then=30, since=60, now=30, every=1, sigma=0.4, length=460):
    """An order every so many days, of which those since so many days ago take `now` days."""
    rng = random.Random(seed)
    lines = []
    for back in range(1, length, every):
        days = round((now if back <= since else then) * math.exp(rng.gauss(0, sigma)))
        lines.append(bought(back, *([back - days] if days <= back else [])))
    return lines


def test_a_supplier_that_slowed_down_is_named_and_a_steady_one_is_not():
    paces = {
        "Borealis": pace(orders(1, then=30, now=45), TODAY),
        "Cobalt": pace(orders(2), TODAY),
        "Quick": pace(orders(3, then=30, now=18), TODAY),
    }
    assert changed(paces) == {"Borealis": "slower", "Quick": "faster"}
    found = paces["Borealis"]
    assert found.now.median > found.before.median + 8


def test_lines_of_one_order_on_one_day_are_no_more_evidence_than_one():
    lines = orders(1, now=45)
    thrice = [*lines, *lines, *lines]
    assert pace(thrice, TODAY).test == pace(lines, TODAY).test


def test_one_that_stopped_delivering_slowed_down():
    lines = [bought(back, *([back - 20] if back > 60 else [])) for back in range(1, 400, 2)]
    found = pace(lines, TODAY)
    assert found.test.is_slower
    assert changed({"Stopped": found}) == {"Stopped": "slower"}


def test_with_too_few_nothing_is_said():
    few = orders(1, now=90, every=30)
    assert pace(few, TODAY).test is None
    assert changed({"Rare": pace(few, TODAY), "None": pace([], TODAY)}) == {}


def test_a_difference_that_nobody_feels_is_not_named():
    lines = [bought(back, *([back - days] if days <= back else []))
             for back in range(1, 460) for days in (31 if back <= 70 else 30,)]  # fmt: skip
    found = pace(lines, TODAY)
    assert found.test.p < 0.001
    assert changed({"Steady": found}) == {}


def test_of_orders_in_two_named_windows_open_ones_count():
    recent = [bought(back, *([back - 40] if back > 40 else [])) for back in range(1, 61)]
    earlier = [bought(back, back - 30) for back in range(61, 121)]
    found = pace_of_orders(recent, earlier, TODAY)
    assert found.test.is_slower
    assert changed({"x": found}) == {"x": "slower"}


@pytest.mark.parametrize(("sigma", "least"), [(0.2, 1.0), (0.4, 0.9)])
def test_sixty_days_after_a_slowdown_nearly_all_are_named(sigma, least):
    found = [changed({"x": pace(orders(seed, now=45, sigma=sigma), TODAY)}) for seed in range(40)]
    assert sum(one == {"x": "slower"} for one in found) / len(found) >= least


def test_among_a_hundred_steady_suppliers_hardly_any_is_named():
    paces = {seed: pace(orders(seed, every=2), TODAY) for seed in range(100)}
    alone = sum(bool(changed({seed: one})) for seed, one in paces.items())
    assert len(changed(paces)) <= min(1, alone)
