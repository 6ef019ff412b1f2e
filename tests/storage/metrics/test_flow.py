"""First in, first out: which lot each movement came from, and a judge that never walks lots."""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known import Named
from storage.known.goods import Came, Took, Went
from storage.known.making import Making
from storage.known.stock_changes import Change
from storage.metrics._flow import Movements, flow

START = date(2026, 1, 1)
COIL, LEG, DESK = (("erp", name) for name in ("coil", "leg", "desk"))


def on(day):
    return None if day is None else START + timedelta(days=day)


def came(day, qty, item=COIL, usable=None):
    return Came(("erp", f"r{day}"), ("erp", "d"), item, None, on(day), Decimal(qty), on(usable))


def sent(day, qty, item=DESK, delivered=None):
    return Went(("erp", f"s{day}"), item, on(day), Decimal(qty), on(delivered))


def took(make, day, qty, item=COIL):
    return Took(("erp", make), item, on(day), Decimal(qty))


def make(name, item=DESK, qty=1, started=None, finished=None, done=None):
    return Making(
        ("erp", name), name, Named("item", *item, item[1]), None, Decimal(qty),
        None if done is None else Decimal(done), on(started), None, None, on(started),
        on(finished), None, {},
    )  # fmt: skip


def moved(*, came=(), took=(), makes=(), went=(), corrections=(), on_hand=None, scope=None):
    hand = {item: Decimal(qty) for item, qty in (on_hand or {}).items()}
    return flow(Movements(came, took, makes, went, corrections, hand), scope)


def test_what_came_first_leaves_first_and_a_movement_may_take_of_several_lots():
    parts = moved(came=[came(0, 4, DESK), came(5, 4, DESK)], went=[sent(9, 6)])
    assert [(one.lot.came_on, one.lot.qty, one.lay) for one in parts] == [
        (on(0), 4, 9), (on(5), 2, 4),
    ]  # fmt: skip
    assert [one.share for one in parts] == pytest.approx([2 / 3, 1 / 3])


def test_what_lay_there_before_leaves_first_and_is_of_no_known_day():
    parts = moved(came=[came(0, 4, DESK)], went=[sent(9, 6)], on_hand={DESK: 3})
    assert [(one.lot.came_on, one.lot.qty, one.lay) for one in parts] == [
        (None, 5, None), (on(0), 1, 9),
    ]  # fmt: skip


def test_what_leaves_before_it_is_booked_in_is_paid_back_by_what_comes():
    parts = moved(came=[came(5, 4, DESK)], went=[sent(2, 3), sent(9, 1)])
    assert [(one.lot.came_on, one.lay) for one in parts] == [(None, None), (on(5), 4)]


def test_material_lies_from_its_use_on_until_work_begins_though_the_books_take_it_later():
    (part,) = moved(
        came=[came(0, 8, usable=2)], makes=[make("m", started=7, finished=12)],
        took=[took("m", 12, 8)],
    )  # fmt: skip
    assert (part.lay, part.lay_by_books, part.into) == (5, 12, DESK)


def test_the_days_of_the_material_go_with_what_is_made_of_it():
    parts = moved(
        came=[came(0, 4), came(6, 12)],
        makes=[make("m", LEG, 4, 8, 9), make("n", DESK, 1, 10, 11)],
        took=[took("m", 8, 8), took("n", 10, 4, LEG)],
        went=[sent(15, 1, delivered=17)],
    )
    assert parts[-1].took == 17 - 3
    assert parts[-1].lay == 4


def test_half_of_the_material_unknown_leaves_its_day_unknown():
    def sold(known):
        return moved(
            came=[came(0, known)], makes=[make("m", started=3, finished=4)], took=[took("m", 3, 8)],
            went=[sent(9, 1)],
        )[-1].took  # fmt: skip

    assert sold(6) == 9
    assert sold(3) is None


def test_within_a_day_components_come_before_what_is_made_of_them():
    parts = moved(
        came=[came(0, 1)], makes=[make("n", DESK, 1, 0, 0), make("m", LEG, 1, 0, 0)],
        took=[took("n", 0, 1, LEG), took("m", 0, 1)], went=[sent(0, 1)],
    )  # fmt: skip
    assert [one.lay for one in parts] == [0, 0, 0]
    assert parts[-1].took == 0


def test_material_of_a_ring_of_productions_comes_to_an_end():
    parts = moved(
        came=[came(0, 5, DESK)], makes=[make("m", DESK, 1, 1, 2)], took=[took("m", 1, 1, DESK)],
        went=[sent(9, 5)],
    )  # fmt: skip
    assert sum(one.share for one in parts) == pytest.approx(2)


def test_only_items_in_scope_count_for_when_something_was_born():
    how = {
        "came": [came(0, 1), came(8, 1, LEG)], "makes": [make("m", started=8, finished=9)],
        "took": [took("m", 8, 1), took("m", 8, 1, LEG)], "went": [sent(10, 1)],
    }  # fmt: skip
    assert moved(**how)[-1].took == 6
    assert moved(**how, scope={COIL, DESK})[-1].took == 10


def test_returns_come_back_as_new_lots_and_go_out_uncounted():
    parts = moved(
        came=[came(0, 4, DESK), came(3, -1, DESK)], went=[sent(5, 3), sent(6, -2), sent(9, 2)]
    )
    assert [(one.lot.came_on, one.lay) for one in parts] == [(on(0), 5), (on(6), 3)]


def test_what_a_count_finds_or_misses_is_set_right_and_not_counted():
    def count(day, qty):
        return Change(DESK, None, on(day), Decimal(qty), None, "inventory")

    parts = moved(
        came=[came(0, 4, DESK), came(5, 4, DESK)], went=[sent(9, 4)],
        corrections=[count(6, -4)], on_hand={DESK: 0},
    )  # fmt: skip
    assert [(one.lot.came_on, one.lay) for one in parts] == [(on(5), 4)]


MOVES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=25)


@pytest.mark.slow
@given(MOVES, MOVES)
def test_it_is_what_pandas_finds_by_the_overlap_of_cumulated_quantities(ins, outs):
    ins, outs = sorted(ins), sorted(outs)
    total = sum(qty for _, qty in ins)
    # enough at the start that nothing leaves before it came: such debts are told apart above
    stock = sum(qty for _, qty in outs)
    parts = moved(
        came=[came(day, qty, DESK) for day, qty in ins],
        went=[sent(day, qty) for day, qty in outs], on_hand={DESK: total},
    )  # fmt: skip
    lots = pd.DataFrame([(None, stock), *ins], columns=["day", "qty"]).astype(float)
    gone = pd.DataFrame(outs, columns=["day", "qty"]).astype(float)
    pairs = lots.assign(end=lots.qty.cumsum()).merge(
        gone.assign(end=gone.qty.cumsum()), how="cross", suffixes=("", "_out")
    )
    pairs["part"] = pairs[["end", "end_out"]].min(axis=1) - pd.concat(
        [pairs.end - pairs.qty, pairs.end_out - pairs.qty_out], axis=1
    ).max(axis=1)
    pairs = pairs[pairs.part > 0]
    expected = list(zip(pairs.day_out, pairs.day.fillna(-1), pairs.part, strict=True))
    found = [
        ((one.out_on - START).days, (one.lot.came_on or on(-1)).toordinal() - START.toordinal(),
         float(one.lot.qty))
        for one in parts
    ]  # fmt: skip

    def summed(rows):
        return pd.DataFrame(rows, columns=["out", "came", "qty"]).groupby(["out", "came"]).sum()

    pd.testing.assert_frame_equal(summed(found), summed(expected), check_dtype=False,
                                  check_index_type=False)  # fmt: skip
    assert sum(one.share for one in parts) == pytest.approx(len(outs))
