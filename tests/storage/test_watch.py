"""The rules' states against a model that is read from the table in the module's docstring."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import watch as watch_module
from storage.watch import BadBound, Bound, Seen, State, read_watch, step, watch_new
from tests.storage.watch_model import PHASES, phases

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVERY = timedelta(minutes=10)
STEEL = read_watch("above 40", "below 34")


class Model:
    """Walks the table; knows nothing of the code."""

    def __init__(self, fires_above, clears_below, pending, recovering):
        self.fires_above, self.clears_below = fires_above, clears_below
        self.needs = {"pending": (pending, "firing"), "recovering": (recovering, "normal")}
        self.table, self.phase, self.data, self.streak = phases(), "normal", "ok", 0

    def see(self, data, value):
        told = []
        before = self.phase
        cell = self.table[before, self.verdict(data, value)]
        self.streak = self.streak + 1 if cell in self.needs else 0
        if cell in self.needs and self.streak >= self.needs[cell][0]:
            cell, self.streak = self.needs[cell][1], 0
        if before in ("normal", "pending") and cell == "firing":
            told.append("fired")
        if before in ("firing", "recovering") and cell == "normal":
            told.append("resolved")
        self.phase, self.data = cell, data
        return tuple(told)

    def verdict(self, data, value):
        if data != "ok":
            return "none"
        if value > self.fires_above:
            return "breach"
        return "clear" if value < self.clears_below else "between"


seen = st.one_of(
    st.sampled_from([Seen("stale"), Seen("no-data"), Seen("error")]),
    st.sampled_from([33.9, 34, 34.1, 39.9, 40, 40.1, 60, 0]).map(lambda v: Seen("ok", float(v))),
)


def test_the_table_is_whole():
    assert len(phases()) == 16


@settings(max_examples=300, deadline=None)
@given(st.lists(seen, max_size=40), st.integers(1, 3), st.integers(1, 3))
def test_any_history_goes_as_the_table_says(history, pending, recovering):
    model = Model(40, 34, pending, recovering)
    rule = read_watch("above 40", "below 34", pending, recovering)
    state = State()
    for one in history:
        state, news = step(state, one, rule)
        assert news == model.see(one.data, one.value)
        assert (state.phase, state.data) == (model.phase, model.data)


@given(st.lists(st.sampled_from([Seen("stale"), Seen("no-data"), Seen("error")]), min_size=1))
def test_data_that_can_not_be_trusted_neither_fires_nor_resolves(history):
    for phase in PHASES:
        state, told = State(phase, "ok", 1), []
        for one in history:
            state, news = step(state, one, STEEL)
            told += news
        assert told == []
        assert state.phase == ("firing" if phase in ("firing", "recovering") else "normal")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("clear", ["below 34", ""])
def test_noise_round_the_threshold_fires_once(seed, clear):
    random, rule = Random(seed), read_watch("above 40", clear)
    state, told = State(), []
    for _ in range(1_000):
        state, news = step(state, Seen("ok", 40 * random.uniform(0.99, 1.01)), rule)
        told += news
    assert told == ["fired"]


def test_a_value_between_the_two_keeps_what_is():
    assert step(State("firing"), Seen("ok", 37), STEEL)[0].phase == "firing"
    assert step(State("normal"), Seen("ok", 37), STEEL)[0].phase == "normal"


@pytest.mark.parametrize(
    ("text", "holds", "not_held"),
    [("above 40", 40.1, 40), ("at least 40", 40, 39.9), ("below 2.5", 2.4, 2.5),
     ("at most 5 %", 0.05, 0.051), ("Above  -3", -2.9, -3)],
)  # fmt: skip
def test_a_bound_means_what_it_says(text, holds, not_held):
    bound = watch_module.read_bound(text)
    assert bound.holds(holds)
    assert not bound.holds(not_held)


@pytest.mark.parametrize(
    "text", ["", "40", "above", "above nan", "above 1e9", "over 40", "above ٤"]
)
def test_what_is_no_bound_is_refused(text):
    with pytest.raises(BadBound, match="no threshold"):
        watch_module.read_bound(text)


def test_numbers_of_evaluations_and_times_that_can_not_be_are_refused():
    for fault in ({"pending": 0}, {"recovering": -1}):
        with pytest.raises(BadBound, match="at least 1"):
            read_watch("above 40", **fault)
        with pytest.raises(BadBound, match="at least 1"):
            watch_new(**fault)
    for fault in ({"keep": -EVERY}, {"repeat": 0 * EVERY}, {"repeat": -EVERY}):
        with pytest.raises(BadBound, match="write one like"):
            read_watch("above 40", **fault)


def test_what_has_not_fired_long_enough_recovers_but_does_not_end():
    state = State("firing")
    for streak in (1, 2, 3):
        state, news = step(state, Seen("ok", 30.0), STEEL, kept=False)
        assert (state, news) == (State("recovering", streak=streak), ())
    assert step(state, Seen("ok", 30.0), STEEL) == (State(), ("resolved",))
    assert step(state, Seen("ok", 35.0), STEEL)[0] == State("firing")


@pytest.mark.parametrize(
    ("when", "clear", "why"),
    [("above 40", "above 34", "same way"), ("above 40", "below 41", "can both hold"),
     ("at least 40", "at most 40", "both hold at"), ("below 3", "above 2", "can both hold")],
)  # fmt: skip
def test_bounds_that_contradict_each_other_are_refused(when, clear, why):
    with pytest.raises(BadBound, match=why):
        read_watch(when, clear)


@pytest.mark.parametrize(
    ("when", "clear"),
    [("above 40", Bound("below", 38)), ("below -40", Bound("above", -38)),
     ("at least 0", Bound("below", 0))],
)  # fmt: skip
def test_without_a_clear_value_there_is_a_margin(when, clear):
    assert read_watch(when).clear == clear


def test_a_value_needs_good_data_and_good_data_a_value():
    for data, value in (("ok", None), ("ok", float("nan")), ("stale", 3.0)):
        with pytest.raises(ValueError, match="data that is"):
            Seen(data, value)
