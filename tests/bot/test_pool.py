import threading

import pytest

from bot.boundary import broken
from bot.pool import Pool


@pytest.fixture
def pool():
    made = Pool(threads=2, most=3)
    yield made
    made.stop()


def test_what_breaks_is_counted_and_the_next_is_done(pool):
    before, done = broken["share"], []
    assert pool.submit("share", lambda: done.append(1 / 0))
    assert pool.submit("share", lambda: done.append(1))
    assert pool.wait(5)
    assert done == [1]
    assert broken["share"] == before + 1


def test_more_than_it_can_take_is_refused_and_counted(pool, caplog):
    before, go_on = broken["busy"], threading.Event()
    taken = [pool.submit("ask", lambda: go_on.wait(5) and None) for _ in range(4)]
    assert taken == [True, True, True, False]
    assert not pool.wait(0)
    go_on.set()
    assert pool.wait(5)
    assert pool.submit("ask", lambda: None)
    assert broken["busy"] == before + 1
    assert "too busy for ask" in caplog.text
