import random

import pytest

from storage.spill import Spill


def filled(most, count=100):
    kept = Spill(most)
    for number in range(count):
        kept.put(f"k{number}", number)
    return kept


@pytest.mark.parametrize("most", [1, 7, 100, 1_000])
def test_what_was_put_is_there_in_memory_or_on_disk(most):
    kept = filled(most)
    assert [kept.get(f"k{number}") for number in range(100)] == list(range(100))
    assert "k0" in kept
    assert "k99" in kept
    assert ("no" in kept, kept.get("no")) == (False, None)


@pytest.mark.parametrize("most", [1, 7, 1_000])
def test_the_texts_come_in_the_order_in_which_they_were_first_put(most):
    kept = filled(most)
    kept.put("k3", "again")
    assert list(kept) == [f"k{number}" for number in range(100)]
    assert kept.get("k3") == "again"


def test_it_is_a_mapping_whatever_is_put_into_it():
    rng, kept, plain = random.Random(3), Spill(5), {}
    for _ in range(2_000):
        key = str(rng.randrange(200))
        assert kept.get(key) == plain.get(key)
        kept.put(key, rng.random())
        plain[key] = kept.get(key)
    assert {key: kept.get(key) for key in kept} == plain
    assert list(kept) == list(plain)


def test_no_more_than_so_many_are_in_memory():
    kept = filled(10, 1_000)
    assert len(kept._recent) <= 10
