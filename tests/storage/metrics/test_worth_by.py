"""Money that is owed of many lines at once against `Rates.total` of the lines one by one."""

from decimal import Decimal

import pytest

from storage.known import columns
from storage.known.purchases import purchase_lines
from storage.known.rates import Amount, Rates
from storage.metrics import _due
from storage.metrics._due_by import Dues
from storage.metrics._worth_by import worth_by
from tests.commands.dialogue import NOW
from tests.storage.any_world import Any, ago
from tests.storage.world import World


@pytest.mark.parametrize("home", ["", "EUR"])
@pytest.mark.parametrize("rows", [[], [("USD", ago(700), Decimal("0.875"))]])
def test_sums_of_each_group_are_those_of_its_lines_also_where_money_is_converted(
    tmp_path, home, rows
):
    world = World(tmp_path)
    known = Rates(home, rows)
    for seed in range(2):
        world.clear()
        Any(world, seed).fill()
        with world.reader() as session:
            dues = Dues(columns.purchases(session, NOW))
            groups = _due.split(_due.of_purchases(purchase_lines(session, NOW)), "item")
        split = dues.lines.by("item")
        found = worth_by(dues, dues.owed, split.places, len(split.values), known)
        for value, sums in zip(split.values, found, strict=True):
            assert sums == known.total(
                Amount(
                    None if one.value is None else one.value * one.owed / one.qty,
                    one.currency, one.ordered_on,
                )
                for one in groups[value]
            )  # fmt: skip
