"""Evaluations written down: what fires, what is told of it, and when it is over."""

from datetime import timedelta
from random import Random
from time import process_time

import pytest
from sqlmodel import select

from storage.episodes import Case, Sight, advance, advance_all, due, is_due, running
from storage.models import Episode, RuleState
from storage.watch import Seen, read_watch, watch_new
from tests.storage.conftest import fresh
from tests.storage.evaluated import EVERY, NOON, STEEL, change, look, phases, run, told


def test_an_episode_is_written_down_from_firing_to_its_end(store):
    run(store, [Seen("ok", 30.0), Seen("ok", 45.0), Seen("ok", 36.0), Seen("ok", 33.0)])
    with store.reader() as session:
        (ended,) = session.exec(select(Episode).order_by(Episode.number)).all()
    assert (ended.fired_value, ended.worst, ended.value, ended.phase) == (
        45.0,
        45.0,
        33.0,
        "normal",
    )
    assert (ended.fired_at, ended.ended_at) == (NOON + EVERY, NOON + 3 * EVERY)
    assert (ended.tellings, ended.told_at, ended.told_value) == (2, NOON + 3 * EVERY, 33.0)


def test_bad_data_is_told_once_each_time(store):
    fires, clears = Seen("ok", 45.0), Seen("ok", 30.0)
    blind = [Seen("stale"), Seen("error"), fires, Seen("error"), fires]
    told = run(store, [fires, *blind, clears, fires, *blind, clears])
    assert told == ["fired", *["blind", "sighted"] * 2, "resolved"] * 2


def test_a_rule_is_due_at_first_after_its_interval_and_when_the_clock_went_back(store):
    def due_at(at):
        with store.reader() as session:
            return is_due(session, "steel", EVERY, at)

    assert due_at(NOON)
    run(store, [Seen("ok", 45.0)])
    assert not due_at(NOON)
    assert not due_at(NOON + EVERY - timedelta(seconds=1))
    assert due_at(NOON + EVERY)
    assert due_at(NOON - timedelta(days=365))
    # the clock of another machine
    assert not due_at(NOON - timedelta(seconds=30))
    with store.reader() as session:
        assert due(session, {"steel": EVERY, "copper": EVERY}, NOON) == {"copper"}


def test_it_is_told_again_when_it_is_a_fifth_of_the_threshold_worse(store):
    assert told(store, {"a": 45.0}, NOON) == {("a", ("fired",))}
    assert told(store, {"a": 52.9}, NOON + EVERY) == set()
    assert told(store, {"a": 53.0}, NOON + 2 * EVERY) == {("a", ("worse",))}
    assert told(store, {"a": 60.0}, NOON + 3 * EVERY) == set()


def test_below_a_threshold_it_gets_worse_downwards(store):
    low = read_watch("below 10")
    found = [told(store, {"a": value}, NOON + step * EVERY, low)
             for step, value in enumerate((9.0, 7.1, 9.5, 7.0, 8.0, 10.6))]  # fmt: skip
    assert found == [
        {("a", ("fired",))}, set(), set(), {("a", ("worse",))}, set(), {("a", ("resolved",))}
    ]  # fmt: skip
    with store.reader() as session:
        assert session.exec(select(Episode)).one().worst == 7.0


def test_where_the_threshold_is_nothing_it_gets_worse_by_a_fifth_of_what_was_told(store):
    some = read_watch("at least 0", "below -1")
    found = [told(store, {"a": value}, NOON + step * EVERY, some)
             for step, value in enumerate((0.0, 0.0, 5.0, 5.9, 6.0))]  # fmt: skip
    assert found == [
        {("a", ("fired",))}, set(), {("a", ("worse",))}, set(), {("a", ("worse",))}
    ]  # fmt: skip


def test_it_is_told_again_every_so_often_unless_acknowledged(store):
    watch = read_watch("above 40", "below 34", repeat=timedelta(minutes=30))
    assert told(store, {"a": 45.0}, NOON, watch) == {("a", ("fired",))}
    times = [told(store, {"a": 45.0}, NOON + step * EVERY, watch) for step in range(1, 7)]
    assert times == [set(), set(), {("a", ("again",))}] * 2
    acknowledge(store)
    assert not any(told(store, {"a": 45.0}, NOON + step * EVERY, watch) for step in range(7, 12))
    assert told(store, {"a": 70.0}, NOON + 12 * EVERY, watch) == {("a", ("worse",))}
    assert told(store, {"a": 30.0}, NOON + 13 * EVERY, watch) == {("a", ("resolved",))}


def test_it_fires_at_least_as_long_as_the_rule_says(store):
    watch = read_watch("above 40", "below 34", keep=timedelta(minutes=25))
    told(store, {"a": 45.0}, NOON, watch)
    assert told(store, {"a": 30.0}, NOON + EVERY, watch) == set()
    assert phases(store) == ["recovering"]
    assert told(store, {"a": 30.0}, NOON + 2 * EVERY, watch) == set()
    assert told(store, {"a": 30.0}, NOON + 3 * EVERY, watch) == {("a", ("resolved",))}


def test_rows_that_drop_to_nothing_are_no_data_for_a_day(store):
    def n(count, at, values):
        return told(store, Sight("ok", values, n=count), at)

    assert n(100, NOON, {"a": 45.0}) == {("a", ("fired",))}
    low = NOON + EVERY
    assert n(49, low, {"a": 20.0}) == set()
    with store.reader() as session:
        state = session.get_one(RuleState, "steel")
        assert (state.data, state.told_data, state.n, state.dropped_at) == (
            "no-data", "no-data", 100, low
        )  # fmt: skip
    assert n(0, NOON + timedelta(hours=20), {"a": 20.0}) == set()
    assert n(49, low + timedelta(days=1), {"a": 20.0}) == {("a", ("resolved",))}
    assert n(0, low + timedelta(days=3), {"a": 60.0}) == set()
    assert n(0, low + timedelta(days=5), {"a": 60.0}) == set()
    assert n(25, low + timedelta(days=6), {"a": 60.0}) == {("a", ("fired",))}


def test_the_day_of_a_drop_begins_anew_where_the_clock_was_put_back(store):
    told(store, Sight("ok", {"a": 45.0}, n=100), NOON)
    for hours in (1, -30, -10):
        at = NOON + timedelta(hours=hours)
        assert told(store, Sight("ok", {"a": 20.0}, n=5), at) == set()
    at = NOON + timedelta(hours=-6)
    assert told(store, Sight("ok", {"a": 20.0}, n=5), at) == {("a", ("resolved",))}


def test_few_observations_may_drop_and_many_may_halve(store):
    for count, at in (
        (19, NOON),
        (2, NOON + EVERY),
        (40, NOON + 2 * EVERY),
        (20, NOON + 3 * EVERY),
    ):
        told(store, Sight("ok", {"a": 45.0}, n=count), at)
        with store.reader() as session:
            assert session.get_one(RuleState, "steel").data == "ok"


def test_an_entity_without_a_figure_is_neither_over_nor_does_it_begin(store):
    told(store, {"a": 45.0, "b": None}, NOON)
    assert told(store, {"b": 30.0}, NOON + EVERY) == set()
    with store.reader() as session:
        (episode,) = running(session, "steel")
    assert (episode.entity, episode.phase, episode.data, episode.value) == (
        "a", "firing", "no-data", 45.0
    )  # fmt: skip


def test_a_row_that_is_gone_for_good_is_over_with_the_figure_that_it_had(store):
    told(store, Sight("ok", {"a": 45.0}, is_fleeting=True), NOON)
    gone = Sight("ok", {}, is_fleeting=True)
    assert told(store, gone, NOON + EVERY) == {("a", ("resolved",))}
    with store.reader() as session:
        assert session.exec(select(Episode)).one().value == 45.0


def test_a_row_is_new_that_was_not_there_at_first(store):
    new, at = watch_new(), NOON
    assert told(store, {"a": 1.0, "b": 1.0}, at, new) == set()
    assert told(store, {"a": 1.0, "b": 1.0, "c": 1.0}, at + EVERY, new) == {("c", ("fired",))}
    assert look(store, Sight("error"), at + 2 * EVERY, new) == (set(), set(), set())
    assert told(store, {"a": 1.0, "d": 1.0}, at + 3 * EVERY, new) == {
        ("c", ("resolved",)), ("d", ("fired",))
    }  # fmt: skip
    with store.reader() as session:
        assert session.get_one(RuleState, "steel").members == ["a"]
    # one that comes back is new again
    assert told(store, {"b": 1.0, "d": 1.0}, at + 4 * EVERY, new) == {("b", ("fired",))}
    assert told(store, {}, at + 5 * EVERY, new) == {("b", ("resolved",)), ("d", ("resolved",))}


def test_a_new_row_is_not_forgotten_when_data_fail_while_it_is_pending(store):
    new = watch_new(pending=2)
    see = [{}, {"a": 1.0}, None, {"a": 1.0}, {"a": 1.0}]
    found = [
        told(store, Sight("error") if values is None else values, NOON + step * EVERY, new)
        for step, values in enumerate(see)
    ]
    assert found == [set(), set(), set(), set(), {("a", ("fired",))}]


def test_a_rule_on_new_rows_begins_with_none_where_there_are_none(store):
    new = watch_new()
    assert told(store, Sight("ok", {}, n=0), NOON, new) == set()
    assert told(store, Sight("ok", {"a": 1.0}, n=1), NOON + EVERY, new) == {("a", ("fired",))}


def test_an_alert_is_judged_by_the_threshold_that_the_rule_has_now(store):
    told(store, {"a": 45.0}, NOON)
    assert told(store, {"a": 45.0}, NOON + EVERY, read_watch("above 60", "below 44")) == set()
    assert phases(store) == ["firing"]
    assert told(store, {"a": 45.0}, NOON + 2 * EVERY, read_watch("above 60")) == {
        ("a", ("resolved",))
    }
    assert told(store, {"a": 45.0}, NOON + 3 * EVERY, read_watch("below 50")) == {("a", ("fired",))}


def test_a_clock_that_was_put_back_repeats_nothing_and_keeps_reminding(store):
    watch = read_watch("above 40", "below 34", repeat=timedelta(hours=1))
    assert told(store, {"a": 45.0}, NOON, watch) == {("a", ("fired",))}
    back = NOON - timedelta(days=2)
    assert told(store, {"a": 45.0}, back, watch) == set()
    assert told(store, {"a": 45.0}, back + timedelta(minutes=59), watch) == set()
    assert told(store, {"a": 45.0}, back + timedelta(hours=2), watch) == {("a", ("again",))}
    with store.reader() as session:
        (episode,) = running(session, "steel")
    assert episode.begun_at == episode.fired_at == back


def test_of_many_rules_only_those_are_given_of_which_there_is_something_to_tell(store):
    one, other = Sight("ok", {"a": 45.0, "b": 30.0}), Sight("ok", {"a": 30.0})
    cases = [Case(f"r{number}", STEEL, one if number % 2 else other, EVERY) for number in range(6)]
    with store.writer() as session:
        found = advance_all(session, cases, NOON)
        assert [done.state.rule for done in found] == ["r1", "r3", "r5"]
        assert [change.episode.id for done in found for change in done.changes] == [1, 2, 3]
    with store.writer() as session:
        assert advance_all(session, cases, NOON + EVERY) == []
        assert advance_all(session, cases, NOON + EVERY) == []
        assert advance_all(session, [], NOON + EVERY) == []


def test_an_episode_that_the_session_knows_already_is_as_it_was_written(store):
    told(store, {"a": 45.0}, NOON)
    with store.writer() as session:
        (known,) = running(session, "steel")
        sight = Sight("ok", {"a": 30.0})
        done = advance(session, "steel", STEEL, sight, EVERY, NOON + EVERY)
        assert done.changes[0].episode is known
        assert (known.phase, known.ended_at, done.changes[0].before) == (
            "normal", NOON + EVERY, "firing"
        )  # fmt: skip


def acknowledge(store):
    change(store, acked_at=NOON, acked_by="U1")


@pytest.mark.slow
def test_ten_thousand_rules_of_a_thousand_entities_take_little_time(tmp_path):
    """They ask twenty questions. Of every tenth an alert stands, whose value always moves."""
    store = fresh(tmp_path / "x.db")
    random = Random(1)
    tables = [{f"s{n}": random.gauss(30, 4) for n in range(1_000)} for _ in range(20)]
    for table in tables:
        table["s7"] = 60.0
    watches = [read_watch("above 55" if n % 10 == 0 else "above 65") for n in range(10_000)]
    seconds = []
    for sweep in range(4):
        sights = [
            Sight("ok", {one: value + random.gauss(0, 0.05) for one, value in table.items()},
                  n=5_000 + sweep)
            for table in tables
        ]  # fmt: skip
        cases = [Case(f"own:{n}", watch, sights[n % 20], EVERY) for n, watch in enumerate(watches)]
        begun = process_time()
        with store.writer() as session:
            ready = due(session, {case.rule: EVERY for case in cases}, NOON + sweep * EVERY)
            found = advance_all(session, cases, NOON + sweep * EVERY)
        seconds.append(process_time() - begun)
        assert len(ready) == 10_000
        assert len(found) == (1_000 if sweep == 0 else 0)
    assert min(seconds[1:]) < 0.8, seconds
    store.close()
