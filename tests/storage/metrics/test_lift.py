"""Pairs of items beyond chance: on customers whose true ways are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.metrics._lift import BROAD, LEAST, MOST_RULES, PRIOR, rules


def customers(rng, n=800, items=120, broad=0.7):
    """Who has what, independently, given how much each buys and how popular each item is."""
    popular = rng.gamma(1, 0.02, items)
    much = np.exp(rng.normal(0, broad, n))
    return rng.random((n, items)) < 1 - np.exp(-np.outer(much, popular))


def found(has):
    return rules(*np.nonzero(has))


def pairs(said):
    return dict(zip(zip(said.item.tolist(), said.other.tolist(), strict=True),
                    range(len(said)), strict=True))  # fmt: skip


def test_chance_makes_no_rule_even_where_some_buy_much_of_everything():
    told = [len(found(customers(np.random.default_rng(seed)))) for seed in range(20)]
    assert np.mean([count > 0 for count in told]) <= 0.15
    assert max(told) <= 2


def test_a_known_lift_is_found_within_its_bounds():
    held = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        has = customers(rng, n=2_000, broad=0)
        has[:, 0], has[:, 1] = rng.random((2, 2_000)) < 0.1
        true = 3.0  # of those who buy 0, three times as many buy 1
        has[:, 1] = rng.random(2_000) < np.where(has[:, 0], true * 0.1, (0.1 - 0.01 * true) / 0.9)
        said = found(has)
        at = pairs(said)[0, 1]
        assert said.lift[at] < true * 1.3
        held.append(said.low[at] <= true <= said.high[at])
    assert np.mean(held) >= 0.85  # it leans to 1, so a little below 95 %


def test_counts_are_those_of_pandas():
    rng = np.random.default_rng(4)
    has = customers(rng)
    has[:, 5] |= has[:, 6]
    said, table = found(has), pd.DataFrame(has)
    assert len(said)
    for (one, other), at in pairs(said).items():
        assert said.both[at] == (table[one] & table[other]).sum()
        assert said.of[at] == table[one].sum()
        assert said.low[at] < said.lift[at] < said.high[at]


def test_few_customers_lean_to_one():
    has = np.zeros((60, 2), bool)
    has[:8] = True
    has[8:20, 0] = True
    said = found(np.column_stack([has, np.ones(60, bool)]))
    expected = 20 * 8 / 60
    assert said.lift[pairs(said)[0, 1]] == pytest.approx((8 + PRIOR) / (expected + PRIOR))


def test_below_so_many_customers_of_both_nothing_is_told():
    has = np.zeros((200, 2), bool)
    has[: LEAST - 1] = True
    assert len(found(has)) == 0
    has[:LEAST] = True
    assert len(found(np.column_stack([has, np.ones(200, bool)]))) == 2


def test_who_buys_too_much_to_tell_is_left_out():
    has = np.zeros((40, BROAD + 1), bool)
    has[:10, :2] = True
    has[10:] = True
    assert found(has).of.tolist() in ([10, 10], [])


def test_an_item_has_only_its_surest_rules():
    rng = np.random.default_rng(2)
    has = rng.random((400, 100)) < 0.02
    for part in range(5):  # five kinds of customers, each with its own twenty items
        has[part * 80 : part * 80 + 80, part * 20 : part * 20 + 20] |= rng.random((80, 20)) < 0.5
    said = found(has)
    assert np.bincount(said.item).max() == MOST_RULES


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=80))
def test_any_purchases_have_rules_or_none(rows):
    whose, item = np.array(rows, int).reshape(-1, 2).T
    said = rules(whose, item)
    assert (said.item != said.other).all()
    assert (said.both <= said.of).all()
    assert (np.diff(said.item) >= 0).all()
