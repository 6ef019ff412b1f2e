"""Shares of things of which several are of one customer, and how far two shares are apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.metrics._clustered import clustered, difference
from storage.metrics._due import Share, share
from storage.metrics.churn import wilson


def of(*pairs):
    """The share of (customer, holds)."""
    whose, holds = zip(*pairs, strict=True)
    return clustered(np.array(holds, bool), np.array(whose))


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_of_different_customers_it_is_wilsons(holds):
    found = of(*enumerate(holds))
    assert (found.hits, found.n) == (sum(holds), len(holds))
    assert (found.low, found.high) == pytest.approx(wilson(sum(holds), len(holds)))


def test_customers_that_are_all_of_one_mind_count_once_each():
    alike = of(*((customer, customer < 4) for customer in range(10) for _ in range(5)))
    assert (alike.hits, alike.n) == (20, 50)
    low, high = wilson(4, 10)
    assert alike.low == pytest.approx(low, abs=0.02)
    assert alike.high == pytest.approx(high, abs=0.02)


def test_customers_whose_things_are_as_mixed_as_all_count_in_full():
    mixed = of(*((customer, at < 2) for customer in range(10) for at in range(5)))
    assert (mixed.low, mixed.high) == pytest.approx(wilson(20, 50))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
def test_it_is_never_narrower_than_wilson_and_holds_the_share(pairs):
    found = of(*pairs)
    low, high = wilson(found.hits, found.n)
    assert found.low <= low + 1e-9
    assert found.high >= high - 1e-9
    assert found.low - 1e-9 <= found.rate <= found.high + 1e-9


def test_of_one_customer_alone_hardly_anything_is_known():
    found = of(*((7, True) for _ in range(30)))
    assert (found.low, found.high) == pytest.approx(wilson(1, 1))


def test_of_nothing_there_is_no_share():
    none = clustered(np.zeros(0, bool), np.zeros(0, int))
    assert none == Share(0, 0)
    assert difference(none, share(1, 2)) is None


def test_the_difference_is_that_of_newcombes_paper():
    gap, low, high = difference(share(56, 70), share(48, 80))  # his example (a), method 10
    assert (gap, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(("truth", "n"), [(0.1, (40, 300)), (0.5, (30, 60)), (0.8, (50, 50))])
def test_where_nothing_differs_a_difference_is_told_one_time_in_twenty(truth, n):
    rng = np.random.default_rng(1)
    told = 0
    for hits, other in zip(*(rng.binomial(size, truth, 2_000) for size in n), strict=True):
        _, low, high = difference(share(int(hits), n[0]), share(int(other), n[1]))
        told += not low <= 0 <= high
    assert told / 2_000 <= 0.06
