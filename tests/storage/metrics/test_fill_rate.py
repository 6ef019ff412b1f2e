"""Fill rate against pandas, on random deliveries."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.metrics._due import due_in, of_sales
from storage.metrics.fill_rate import fill_rate, first_attempt
from tests.storage.metrics.deliveries import TODAY, ago, due, fill, known
from tests.storage.world import World


@pytest.mark.parametrize(
    ("one", "first"),
    [
        (due(10, (30, 10)), 10),
        (due(10, (30, 4), (20, 6)), 4),
        (due(10, (30, 4), (30, 6)), 10),
        (due(10, (30, 12)), 10),
        (due(10), 0),
        (due(10, (30, 10), (30, -10)), 0),
        (due(10, (30, 4, 10), (29, 6, 20)), 4),
    ],
    ids=["all", "a part first", "two on a day", "too much", "nothing", "reversed", "left first"],
)  # fmt: skip
def test_only_what_left_on_the_first_day_counts(one, first):
    assert first_attempt(one) == first


def test_late_but_whole_is_filled():
    found = fill_rate([due(10, (1, 10), first=30), due(10, (40, 5), first=30)])
    assert (found.lines.rate, found.units.rate) == (0.5, 0.75)


def test_units_of_different_measure_are_not_summed():
    found = fill_rate([due(1, (30, 1), uom="kg"), due(1, (30, 1), uom="m")])
    assert (found.lines.rate, found.units.rate) == (1, None)


def test_nothing_due_has_no_rate():
    assert fill_rate([]).lines.rate is fill_rate([]).units.rate is None


@pytest.mark.slow
def test_it_is_what_pandas_finds(tmp_path):
    world = World(tmp_path)
    fill(world, seed=5)
    lines = due_in(of_sales(known(world)), ago(200), TODAY, TODAY).lines
    sent = pd.read_sql("SELECT line_ref, shipped_on, qty / 1e6 AS qty FROM shipment"
                       f" WHERE shipped_on < '{TODAY}'", world.store.engine)  # fmt: skip
    ordered = pd.read_sql("SELECT source_id, qty / 1e6 AS qty FROM salesline",
                          world.store.engine).set_index("source_id")["qty"]  # fmt: skip
    ordered = ordered.loc[[one.key[1] for one in lines]]
    begun = sent[sent.qty > 0].groupby("line_ref").shipped_on.min().rename("first")
    first = sent.join(begun, on="line_ref").query("shipped_on == first")
    filled = first.groupby("line_ref").qty.sum().clip(lower=0)
    filled = filled.reindex(ordered.index).fillna(0).combine(ordered, min)
    found = fill_rate(lines)
    assert found.lines.n == len(ordered) > 100
    assert found.lines.rate == pytest.approx((filled >= ordered).mean())
    assert found.units.rate == pytest.approx(filled.sum() / ordered.sum())


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(-5, 9)), max_size=6), st.integers(1, 9))
def test_it_lies_between_nothing_and_what_was_ordered(parts, qty):
    assert 0 <= first_attempt(due(qty, *parts)) <= qty
