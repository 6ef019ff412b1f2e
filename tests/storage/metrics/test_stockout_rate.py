import random
from datetime import date, timedelta

import pandas as pd
import pytest

from storage.metrics._stock_days import held
from storage.metrics.days_of_cover import covers
from storage.metrics.stockout_rate import out_now, outs, total
from tests.storage.metrics.stock_facts import change, stock, use

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 30)
BOLT = ("erp", "bolt")


def measured(every, moved, used, first_days=None):
    return total(outs(held(every, moved, FIRST, LAST), used, first_days or {}).values())


def test_days_with_nothing_there_among_all_days():
    moved = [change("2026-03-11", -5), change("2026-03-16", 5)]
    found = measured([stock(on_hand=5)], moved, [use("2026-03-11", 5)])
    assert (found.out, found.days, found.n, found.rate) == (5, 30, 1, 5 / 30)


def test_below_nothing_is_nothing():
    found = measured([stock(on_hand=5)], [change("2026-03-11", 8)], [use("2026-03-11", 5)])
    assert found.out == 10


def test_what_nobody_wants_or_is_no_longer_used_has_no_days():
    used = [use("2026-03-11", 5)]
    assert measured([stock()], [], []).rate is None
    assert measured([stock(left_out="retired")], [], used).rate is None
    assert measured([stock()], [], [use("2026-03-11", 5, what="lost")]).rate is None
    assert measured([stock()], [], [use("2025-11-30", 5)]).rate is None
    assert measured([stock()], [], [use("2025-12-01", 5)]).rate == 1


def test_days_before_an_item_first_moved_are_none_of_its_days():
    moved = [change("2026-03-21", 5)]
    found = measured([stock(on_hand=5)], moved, [use("2026-03-25", 1)], {BOLT: date(2026, 3, 21)})
    assert (found.out, found.days) == (0, 10)


def test_items_that_are_out_now_among_those_that_are_used():
    today = date(2026, 3, 31)
    every = [stock("Bolt", 0), stock("Nut", 5), stock("Old", 0), stock("Held", 5, reserved=5)]
    used = [use("2026-03-01", 9, name=name) for name in ("Bolt", "Nut", "Held")]
    assert out_now(covers(every, used, {}, today)) == (2, 3)


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_a_frame_of_days_written_apart(seed):
    rng = random.Random(seed)
    names = [f"Item {number}" for number in range(5)]
    moved = [
        change(FIRST + timedelta(rng.randrange(30)), rng.choice((-1, 1)) * rng.randrange(1, 6),
               name=name)
        for name in names for _ in range(8)
    ]  # fmt: skip
    wanted = names[:4]
    found = measured(
        [stock(name, 2) for name in names], moved, [use(FIRST, 1, name=name) for name in wanted]
    )
    frame = pd.DataFrame(0, index=pd.date_range(FIRST, LAST), columns=names)
    for one in moved:
        frame.loc[pd.Timestamp(one.on), one.item[1].capitalize()] += int(one.qty)
    level = 2 + frame.cumsum() - frame.sum()
    assert (found.out, found.days) == (int((level[wanted] <= 0).sum().sum()), 4 * 30)
