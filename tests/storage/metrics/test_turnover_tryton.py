import random
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from storage.metrics._stock_days import held
from storage.metrics.turnover_tryton import by_spot, turned
from tests.storage.metrics.stock_facts import change, stock

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 10)


def test_what_left_a_day_by_what_lay_there():
    (one,) = held([stock(on_hand=4)], [change("2026-01-06", -6)], FIRST, LAST)
    found = turned(one, [change("2026-01-06", -6)])
    assert (found.output, found.average) == (Decimal("0.6"), Decimal("7"))
    assert found.turnover == Decimal("0.086")


def test_what_comes_and_goes_on_one_day_lay_there_for_it():
    moves = [change("2026-01-06", 9), change("2026-01-06", -9)]
    (one,) = held([stock(on_hand=0)], moves, FIRST, LAST)
    found = turned(one, moves)
    assert (found.average, found.turnover) == (Decimal("0.9"), 1)


def test_nothing_there_is_no_figure():
    (one,) = held([stock(on_hand=0)], [], FIRST, LAST)
    assert turned(one, []).turnover is None
    (unknown,) = held([stock(known_from=date(2027, 1, 1))], [], FIRST, LAST)
    assert turned(unknown, []) is None


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_a_frame_of_days_written_apart(seed):
    rng = random.Random(seed)
    moves = [
        change(FIRST + timedelta(rng.randrange(10)), rng.choice((-1, 1)) * rng.randrange(1, 9),
               name=name)
        for name in ("Bolt", "Nut") for _ in range(12)
    ]  # fmt: skip
    every = [stock(name, 5) for name in ("Bolt", "Nut")]
    found = by_spot(held(every, moves, FIRST, LAST), moves)
    for one in every:
        days = pd.DataFrame({"came": 0.0, "left": 0.0}, index=pd.date_range(FIRST, LAST))
        for move in moves:
            if move.item == one.key[0]:
                column = "came" if move.qty > 0 else "left"
                days.loc[pd.Timestamp(move.on), column] += abs(float(move.qty))
        net = (days.came - days.left).cumsum()
        level = 5 + net - net.iloc[-1]
        average = (level.clip(lower=0) + days[["came", "left"]].min(axis=1)).mean()
        assert float(found[one.key].average) == pytest.approx(average, abs=0.0006)
        assert float(found[one.key].output) == pytest.approx(days.left.mean(), abs=0.0006)
        assert float(found[one.key].turnover) == pytest.approx(
            days.left.mean() / average, abs=0.0006
        )
