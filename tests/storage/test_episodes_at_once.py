"""Evaluations of many processes at the same time tell each piece of news once."""

from multiprocessing import get_context
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from storage.episodes import Case, Sight, advance, advance_all
from storage.models import Episode
from storage.store import Store
from storage.watch import Seen
from tests.storage.evaluated import EVERY, NOON, STEEL, look, run


def test_a_second_process_at_the_same_time_changes_nothing(store):
    run(store, [Seen("ok", 45.0)])
    with store.writer() as session:
        assert advance(session, "steel", STEEL, Sight("ok", {"": 30.0}), EVERY, NOON) is None
    with store.reader() as session:
        assert session.exec(select(Episode)).one().phase == "firing"


@pytest.mark.parametrize("is_new", [True, False])
def test_two_processes_at_once_tell_once(store, is_new):
    if not is_new:
        look(store, {"a": 30.0}, NOON)
    start, found = Barrier(4), []

    def evaluate():
        mine = Store(store.url.render_as_string(hide_password=False))
        start.wait()
        with mine.writer() as session:
            cases = [Case(rule, STEEL, Sight("ok", {"a": 45.0, "b": 50.0}), EVERY)
                     for rule in ("steel", "copper")]  # fmt: skip
            found.extend(
                (done.state.rule, change.episode.entity, change.news)
                for done in advance_all(session, cases, NOON + EVERY)
                for change in done.changes
            )
        mine.close()

    threads = [Thread(target=evaluate) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    fired = [(rule, entity, ("fired",)) for rule in ("copper", "steel") for entity in "ab"]
    assert sorted(found) == fired
    with store.reader() as session:
        assert [one.number for one in session.exec(select(Episode))] == [1] * 4


def race(url, start, found):
    """Evaluates forty times, each at the same moment as the other processes."""
    mine, news = Store(url), []
    for step in range(40):
        sight = Sight("ok", {"a": 45.0 if step % 4 < 2 else 30.0})
        cases = [Case(rule, STEEL, sight, EVERY) for rule in ("steel", "copper")]
        start.wait(timeout=60)
        with mine.writer() as session:
            done = advance_all(session, cases, NOON + step * EVERY)
            news += [(step, one.state.rule, each.news) for one in done for each in one.changes]
    mine.close()
    found.put(news)


@pytest.mark.slow
def test_processes_that_race_tell_each_piece_of_news_once(store):
    context = get_context("fork")
    start, found = context.Barrier(3), context.Queue()
    url = store.url.render_as_string(hide_password=False)
    store.engine.dispose()
    racers = [context.Process(target=race, args=(url, start, found)) for _ in range(3)]
    for one in racers:
        one.start()
    news = [each for _ in racers for each in found.get(timeout=60)]
    for one in racers:
        one.join()
    assert sorted(news) == [
        (step, rule, ("resolved" if step % 4 else "fired",))
        for step in range(0, 40, 2)
        for rule in ("copper", "steel")
    ]
    with store.reader() as session:
        assert sum(one.tellings for one in session.exec(select(Episode))) == len(news)
