"""What is beyond a threshold, found without looking at each value."""

import math
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.sight import Ground, Sight, judge, newcomers
from storage.telling import Hush
from storage.watch import Bound, Seen, read_watch, watch_new

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
numbers = st.one_of(st.none(), st.floats(), st.integers(-3, 3).map(float))
words = st.sampled_from(["above", "below", "at least", "at most"])


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from("abcdefgh"), numbers), words, st.integers(-3, 3))
def test_what_is_beyond_is_each_of_which_the_bound_holds(values, word, limit):
    bound = Bound(word, float(limit))
    found = Sight("ok", values).beyond(bound)
    assert len(found) == len(set(found))
    assert set(found) == {
        one for one, value in values.items()
        if value is not None and math.isfinite(value) and bound.holds(value)
    }  # fmt: skip


def test_a_figure_that_is_no_number_is_none():
    sight = Sight("ok", {"a": math.nan, "b": math.inf, "c": None, "d": 3.0})
    steel = read_watch("above 40")
    assert [sight.seen(one, steel) for one in "abce"] == [Seen("no-data")] * 4
    assert sight.seen("d", steel) == Seen("ok", 3.0)
    assert Sight("stale", {"d": 3.0}).seen("d", steel) == Seen("stale")


def test_what_is_gone_for_good_is_clear_whatever_the_threshold():
    for when in ("above 40", "below 40", "at least 0", "at most -5 %"):
        watch = read_watch(when)
        seen = Sight("ok", {}, is_fleeting=True).seen("a", watch)
        assert seen.is_gone
        assert watch.verdict(seen.value) == "clear"
    assert Sight("ok", {}).seen("a", watch_new()).is_gone


def test_the_first_look_at_new_rows_finds_no_newcomers():
    sight = Sight("ok", {"b": 1.0, "a": 1.0})
    assert newcomers(Ground(), sight, watch_new()) == ()
    after, _ = judge(Ground(), sight, watch_new(), Hush(), NOON)
    assert after.members == {"a", "b"}
    assert newcomers(Ground(members=frozenset("a")), sight, watch_new()) == ["b"]
