"""The rows behind a lead time are the observations, by the same definition."""

import pytest
from lifelines import KaplanMeierFitter

from tests.commands.dialogue import say, synced
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    steel, bolt, nut = made.supplier("Borealis Steel"), made.item("Bolt M8"), made.item("Nut M8")
    order = made.fact("purchaseorder", number="P1", supplier_ref=steel,
                      **made.when("ordered", "2026-01-10"))  # fmt: skip
    for item in (bolt, nut):
        line = made.purchase_line(order, item)
        made.receive(line, "2026-02-09")
    for day in range(1, 29):
        received = f"2026-03-{day // 2 + 1:02}" if day % 4 else None
        made.purchase(steel, bolt, f"2026-02-{day:02}", received=received)
    synced(made)
    return made


def rows(world, line):
    said = say(world, line, rows=True)
    names = [column.name for column in said.evidence.columns]
    return said, [dict(zip(names, row, strict=True)) for row in said.evidence.rows]


def test_lines_of_one_order_that_came_on_one_day_are_one_row(world):
    _, found = rows(world, "lead-time since 2026-01-01")
    assert found[0] == {
        "Order": "P1", "Supplier": "Borealis Steel", "Item": "Bolt M8, Nut M8",
        "Ordered": "2026-01-10", "Ended": "2026-02-09", "State": "received", "Days": 30,
    }  # fmt: skip


def test_what_is_open_has_not_ended_and_its_days_are_its_age(world):
    _, found = rows(world, "lead-time since 2026-01-01")
    [first] = [row for row in found if row["State"] == "open" and row["Ordered"] == "2026-02-04"]
    assert (first["Ended"], first["Days"]) == (None, 44)


def test_from_its_rows_another_library_gets_the_same_median(world):
    said, found = rows(world, "lead-time since 2026-01-01")
    judge = KaplanMeierFitter().fit(
        [row["Days"] for row in found], [row["State"] == "received" for row in found]
    )
    median = next(one.value for one in said.readings if one.name == "median")
    assert judge.median_survival_time_ == median


@pytest.mark.parametrize("line", ["lead-time", "lead-time bolt", "lead-time since 2026-02-20"])
def test_there_are_as_many_rows_as_the_basis_counts(world, line):
    said, found = rows(world, line)
    assert len(found) == said.basis[0].n
    assert sum(row["State"] == "open" for row in found) == said.basis[0].open


def test_rows_come_in_the_order_in_which_they_were_ordered(world):
    _, found = rows(world, "lead-time")
    days = [row["Ordered"] for row in found]
    assert days == sorted(days)


def test_rows_are_made_only_for_who_wants_them(world):
    assert say(world, "lead-time").evidence is None
