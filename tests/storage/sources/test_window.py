from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.sources._window import open_window

T0 = datetime(2026, 1, 1, tzinfo=UTC)
BACK = timedelta(minutes=10)
SETTLE = timedelta(minutes=1)


def at(minutes):
    return T0 + timedelta(minutes=minutes)


def test_the_first_window_is_from_the_beginning():
    window = open_window(None, at(60), BACK, SETTLE)
    assert (window.start, window.end) == (None, at(59))


def test_the_next_one_overlaps_the_last():
    state = open_window(None, at(60), BACK).finished()
    window = open_window(state, at(90), BACK)
    assert (window.start, window.end) == (at(50), at(90))


def test_an_unfinished_window_goes_on_behind_its_last_page_with_the_same_end():
    first = open_window(None, at(60), BACK)
    window = open_window(first.at(["k", 7]), at(90), BACK)
    assert (window.start, window.end, window.after) == (None, at(60), ["k", 7])


def test_a_state_of_another_version_begins_anew():
    assert open_window({"v": 99, "high": "x"}, at(60), BACK).start is None


@given(st.lists(st.tuples(st.integers(-30, 120), st.booleans()), min_size=1, max_size=20))
def test_no_instant_is_ever_left_out(steps):
    """Windows follow one another without a gap, whatever the source's clock does."""
    state, now, covered = None, at(0), None
    for minutes, dies in steps:
        now += timedelta(minutes=minutes)
        window = open_window(state, now, BACK, SETTLE)
        if covered is not None and window.start is not None:
            assert window.start <= covered
            assert window.end >= window.start
        state = window.at("k") if dies else window.finished()
        if not dies:
            covered = max(window.end, covered) if covered else window.end
