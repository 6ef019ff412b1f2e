from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known.orders import Promise, promises_since
from storage.known.purchases import purchase_lines
from storage.metrics.promise_slip import Slip, slip, slips
from tests.storage.metrics.purchases import NOW, ago, bought
from tests.storage.world import World


def at(days):
    return datetime.combine(ago(days), datetime.min.time(), UTC) + timedelta(hours=12)


def ledger(*seen):
    """Promises as (seen so many days ago, the promised day so many days ago)."""
    return [Promise(at(when), ago(day)) for when, day in seen]


def test_a_promise_that_moved_twice_slipped_by_the_days_between_first_and_last():
    line = bought(60, first=30, latest=18)
    assert slip(line, ledger((60, 30), (40, 25), (20, 18))) == Slip(12, 2)


def test_a_promise_that_came_forward_is_below_zero_and_one_that_stands_is_zero():
    assert slip(bought(60, first=30, latest=33), ledger((60, 30), (50, 33))) == Slip(-3, 1)
    assert slip(bought(60, first=30), ledger((59, 30))) == Slip(0, 0)


def test_what_was_first_seen_late_is_unknown_and_not_zero():
    assert slip(bought(60, first=30), ledger((50, 30))) == Slip(None, 0)
    # what moved since is seen, what moved before is not
    assert slip(bought(60, first=30, latest=20), ledger((50, 30), (40, 20))) == Slip(None, 1)
    assert slip(bought(60, first=30), []) == Slip(None, 0)


def test_where_the_source_keeps_its_first_promise_it_is_known_however_late_it_was_seen():
    assert slip(bought(60, first=40, latest=30), ledger((10, 30))) == Slip(10, 0)


def test_without_a_promise_or_called_off_there_is_no_slip():
    assert slip(bought(60), []) is None
    assert slip(bought(60, first=30, cancelled=40), ledger((60, 30))) is None


def test_a_promise_that_was_away_for_a_while_moved_only_where_the_next_is_another():
    seen = ledger((60, 30), (40, 30), (39, 30))
    seen[1] = replace(seen[1], on=None)
    assert slip(bought(60, first=30), seen) == Slip(0, 0)
    seen[2] = replace(seen[2], on=ago(25))
    assert slip(bought(60, first=30, latest=25), seen) == Slip(5, 1)
    # what was seen of it first is not that it was away
    assert slip(bought(60, first=30, latest=25), seen[1:]) == Slip(5, 0)
    assert slip(bought(60, first=30), seen[1:2]) == Slip(None, 0)


def test_of_many_the_mean_is_the_inflation_and_the_unknown_are_counted():
    lines = [bought(60, first=30, latest=20), bought(60, first=30), bought(60, first=30)]
    seen = {
        lines[0].key: ledger((60, 30), (40, 20)),
        lines[1].key: ledger((60, 30)),
        lines[2].key: ledger((9, 30)),
    }
    found = slips(lines, seen)
    assert (found.n, found.unknown, found.changed, found.later) == (2, 1, 1, 1)
    assert (found.mean, found.median, found.changes) == (5, 5, 0.5)
    assert found.history_from == at(60)


def test_of_none_nothing_is_known():
    found = slips([], {})
    assert (found.n, found.mean, found.changes, found.history_from) == (0, None, None, None)


MOVES = st.lists(
    st.tuples(st.integers(0, 6), st.lists(st.integers(-20, 50), max_size=5)), max_size=30
)


@pytest.mark.slow
@given(MOVES)
def test_it_is_what_pandas_counts_from_the_ledger(drawn):
    lines, seen, rows = [], {}, []
    for late, moves in drawn:
        days = [30, *moves]
        line = bought(60, first=30, latest=days[-1])
        lines.append(line)
        seen[line.key] = [
            Promise(at(60 - late) + timedelta(minutes=number), ago(day))
            for number, day in enumerate(days)
        ]
        # ordered at nine, seen at noon: within two days up to the first day after
        rows += [(line.key[1], number, day, late <= 1) for number, day in enumerate(days)]
    table = pd.DataFrame(rows, columns=["line", "number", "day", "is_known"])
    if table.empty:
        return
    table["moved"] = table.groupby("line").day.diff().fillna(0).ne(0)
    by_line = table.groupby("line").agg(
        first=("day", "first"), last=("day", "last"), moves=("moved", "sum"),
        known=("is_known", "first"),
    )  # fmt: skip
    known = by_line[by_line.known]
    found = slips(lines, seen)
    assert (found.n, found.unknown) == (len(known), len(by_line) - len(known))
    if len(known):
        days = known["first"] - known["last"]
        assert found.mean == pytest.approx(days.mean())
        assert found.median == days.median()
        assert found.changes == pytest.approx(known.moves.mean())
        assert found.later == (days > 0).sum()


def test_at_an_earlier_time_the_promise_of_then_counts(tmp_path):
    world = World(tmp_path)
    order = world.fact("purchaseorder", number="P1", **world.when("ordered", at(60)))
    line = world.purchase_line(order, None, promised=ago(30), seen=at(60))
    world.overwrite("purchaseline", line, "promised_on", ago(20), at(25))

    def known(now):
        with world.reader() as session:
            (one,) = purchase_lines(session, now)
            return slip(one, promises_since(session, now, "purchaseline", at(70))[one.key])

    assert known(at(26)) == Slip(0, 0)
    assert known(NOW) == Slip(10, 1)
