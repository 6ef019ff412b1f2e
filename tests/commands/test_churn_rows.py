"""The rows behind a churn rate are all customers, and what each counted as."""

from collections import Counter

import pytest

from tests.commands.dialogue import grant, say, synced
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    loyal, gone, new, old = (made.customer(name) for name in ("Loyal", "Gone", "New", "Old"))
    for month in range(1, 13):
        made.sale(loyal, f"2024-{month:02}-05")
        made.sale(loyal, f"2025-{month:02}-05")
        made.sale(gone, f"2024-{month:02}-07")
        made.sale(old, f"2022-{month:02}-07")
    made.sale(loyal, "2026-03-01")
    for month in range(6, 13):
        made.sale(new, f"2025-{month:02}-09")
    synced(made)
    return made


def states(world, line, **how):
    said = say(world, line, rows=True, **how)
    at = [column.name for column in said.evidence.columns].index("State")
    return said, {row[0]: row[at] for row in said.evidence.rows}


def test_every_customer_has_a_row_that_says_what_it_counted_as(world):
    _, found = states(world, "churn")
    assert found == {
        "Gone": "left",
        "Loyal": "stayed",
        "New": "left out: came within the window",
        "Old": "left out: had left before",
    }


@pytest.mark.parametrize("line", ["churn", "churn last 2 years", "churn by segment"])
def test_the_rows_give_the_rate(world, line):
    said, found = states(world, line)
    counts = Counter(found.values())
    counted = {name for name in counts if not name.startswith("left out")}
    lost = counts["left"] + counts["left and came back"]
    rate = next(one.value for one in said.readings if one.name == "churn")
    assert rate == lost / sum(counts[name] for name in counted)
    assert said.basis[0].n == sum(counts[name] for name in counted)


def test_who_may_see_no_customers_gets_no_rows(world):
    said = say(world, "churn", sees=grant("revenue"))
    assert getattr(said, "evidence", None) is None
