"""Slices of time over a list whose cursors count from the first record, as records leave it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.sources._http import TryLater
from storage.sources._slices import Part, slices
from storage.sources._window import Window

DAWN = datetime(2020, 1, 1, tzinfo=UTC)
PAGE = 4


class Shelf:
    """Records by id with a stamp in seconds; pages are counted from the first."""

    def __init__(self, stamps):
        self.stamps, self.asked, self.between = dict(stamps), 0, lambda: None

    def ask(self, start, end, cursor):
        self.asked += 1
        self.between()
        found = [{"id": one} for one, at in sorted(self.stamps.items(), key=lambda pair: pair[1])
                 if start <= DAWN + timedelta(seconds=at) < end]  # fmt: skip
        first = int(cursor or 0)
        page = found[first : first + PAGE]
        return Part(page, str(first + PAGE) if first + PAGE < len(found) else None)

    def read(self, window):
        return slices(self.ask, window, lambda one: one["id"], DAWN)


def window(seconds, after=None):
    return Window(None, DAWN + timedelta(seconds=seconds), after)


def ids(found):
    return {one["id"] for part in found for one in part.records}


STAMPS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 5_000),
                         max_size=40)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(STAMPS)
def test_every_record_of_the_window_is_read_and_none_behind_it(stamps):
    found = list(Shelf(stamps).read(window(4_000)))
    assert ids(found) == {one for one, at in stamps.items() if at <= 4_000}
    assert "window" not in found[-1].state
    assert found[-1].high == DAWN + timedelta(seconds=4_000)


@settings(deadline=None, max_examples=60)
@given(STAMPS, st.randoms())
def test_records_that_leave_on_the_way_hide_no_other(stamps, rng):
    shelf = Shelf(stamps | {f"burst{n}": 77 for n in range(11)})
    before = dict(shelf.stamps)

    def leave():
        if rng.random() < 0.3 and shelf.stamps:
            shelf.stamps[rng.choice(sorted(shelf.stamps))] = 9_000  # changed again, at a later time

    shelf.between = leave
    found = ids(shelf.read(window(6_000)))
    assert {one for one in before if shelf.stamps[one] < 6_000} <= found


@settings(deadline=None, max_examples=40)
@given(STAMPS)
def test_a_reading_that_dies_behind_every_slice_still_ends(stamps):
    shelf = Shelf(stamps | {f"burst{n}": 77 for n in range(11)})
    found, after = set(), None
    for _ in range(200):
        one = next(shelf.read(window(6_000, after)))
        found |= ids([one])
        if "window" not in one.state:
            break
        after = one.state["after"]
    assert found == set(shelf.stamps)


def test_a_quiet_window_is_asked_for_once():
    shelf = Shelf({"a": 5})
    assert len(list(shelf.read(window(600)))) == 1
    assert shelf.asked == 1


def test_an_empty_window_says_that_it_is_read():
    (only,) = Shelf({}).read(window(600))
    assert (list(only.records), only.state["high"]) == ([], "2020-01-01T00:10:00+00:00")


def test_what_never_stands_still_ends_the_run():
    shelf = Shelf({f"b{n}": 7 for n in range(9)})

    def stir():
        shelf.stamps = {f"{shelf.asked}-{n}": 7 for n in range(9)}

    shelf.between = stir
    with pytest.raises(TryLater, match="too much"):
        list(shelf.read(window(600)))
