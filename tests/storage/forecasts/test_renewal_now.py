from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from storage.forecasts._leaving import Leaving, leaving
from storage.forecasts._renewal_facts import upcoming
from storage.forecasts._renewal_now import chances
from storage.known.contracts import Contract
from storage.known.customers import Customer

DAY = date(2025, 6, 1)
DUE = DAY + timedelta(days=30)


def customer(number, *, segment="small", contracts=1):
    some = tuple(
        Contract(date(2024, 1, 1 + at), ends_on=DUE, mrr=Decimal(10)) for at in range(contracts)
    )
    return Customer(f"Acme {number}", frozenset({("crm", str(number))}), segment=segment,
                    contracts=some)  # fmt: skip


@pytest.fixture(scope="module")
def fit():
    """Of the small half are lost, of the big a tenth."""
    rng = np.random.default_rng(1)
    some = [customer(at, segment=("small", "big")[at % 2]) for at in range(1_000)]
    known = [one.known for one in upcoming(some, DAY, DUE + timedelta(days=1))]
    return leaving(known, rng.random(1_000) < np.where(np.arange(1_000) % 2, 0.1, 0.5))


def test_the_chance_is_that_of_being_renewed_and_what_is_for_it_raises_it(fit):
    some = [customer(1), customer(2, segment="big")]
    found = chances(fit, some, DAY, 91)
    small, big = (found[one.key, DUE, DUE] for one in some)
    assert small.share == pytest.approx(0.5, abs=0.06)
    assert big.share == pytest.approx(0.9, abs=0.04)
    assert big.low < big.share < big.high
    assert (big.factors[0].name, big.factors[0].value) == ("segment", "big")
    assert big.factors[0].part > 0 > small.factors[0].part


def test_several_contracts_with_the_same_dates_are_one_renewal(fit):
    found = chances(fit, [customer(1, contracts=2)], DAY, 91)
    assert list(found) == [(("crm", "1"), DUE, DUE)]


def test_of_what_is_later_and_by_a_fit_without_chances_nothing_is_told(fit):
    assert chances(fit, [customer(1)], DAY, 30) == {}
    assert chances(Leaving(40, 3), [customer(1)], DAY, 91) == {}
    assert chances(fit, [], DAY, 91) == {}
