import numpy as np

from storage.forecasts._drawn import DRAWS, NEVER, orders_for
from storage.forecasts._picking import FEWEST, Waits, picking, picking_from

DAY = 740_000


def waits(ready, due, sent, **more):
    """Lines by when all of them was there; known by what lay in stock, and promised long ago."""
    ready, due, sent = (np.asarray(one, np.int64) for one in (ready, due, sent))
    none = np.zeros(len(ready), np.int64)
    columns = {"reserved": none, "seen": none, "stocked": ready, "promised": due, "told": none,
               "asked": none, "sent": sent, "left": none, **more}  # fmt: skip
    return Waits(**columns)


def told(fit, *, ready=0, due=NEVER, within=0, is_waiting=False):
    """Quantiles of the days until one line leaves."""
    found = fit.drawn(
        np.full((1, DRAWS), ready, np.int32), np.array([due]), np.array([within]),
        np.array([is_waiting]), orders_for("x", [("erp", "1")]),
    )  # fmt: skip
    return np.quantile(found, (0.1, 0.5, 0.9)).tolist()


def usual(rng, n=600):
    """Half are there 10 days ahead and leave a day or two before their promise, or up to five days
    after; half come after it and leave within two days."""
    ready = DAY - rng.integers(30, 200, n)
    ahead = np.arange(n) % 2 == 0
    due = np.where(ahead, ready + 10, ready - 3)
    late = rng.random(n) < 0.1
    early_leaves = due + np.where(late, rng.integers(1, 6, n), -rng.integers(1, 3, n))
    return waits(ready, due, np.where(ahead, early_leaves, ready + rng.integers(0, 3, n)))


def test_what_is_there_ahead_of_its_promise_leaves_about_that_day():
    fit = picking(usual(np.random.default_rng(0)), DAY)
    low, half, high = told(fit, ready=0, due=10)
    assert low in (8, 9)
    assert half in (8, 9)
    assert 8 <= high <= 12


def test_what_comes_after_its_promise_leaves_soon():
    fit = picking(usual(np.random.default_rng(0)), DAY)
    assert told(fit, ready=4, due=1) == [4, 5, 6]


def test_what_is_still_there_after_its_promise_has_been_held_up():
    fit = picking(usual(np.random.default_rng(0)), DAY)
    held, fresh = told(fit, due=-2, is_waiting=True), told(fit, due=-2)
    assert held[1] >= 1
    assert fresh[1] <= held[1]


def test_what_lies_there_nobody_knows_since_when_leaves_later_than_what_came_today():
    rng = np.random.default_rng(1)
    ready = DAY - rng.integers(60, 200, 600)
    fit = picking(waits(ready, np.zeros(600), ready + rng.choice([0, 12], 600)), DAY)
    assert told(fit, within=0)[0] == 0
    assert told(fit, within=10)[1] >= 2


def test_open_lines_count_as_not_gone_at_their_age():
    ready = DAY - np.tile([50, 8], 200)
    sent = np.where(np.arange(400) % 2 == 0, ready + 5, 0)
    fit = picking(waits(ready, np.zeros(400), sent), DAY)
    closed = picking(waits(ready[::2], np.zeros(200), sent[::2]), DAY)
    # in stock for eight days and not gone: what takes five days is half as likely
    assert fit.late[5] < closed.late[5]


def test_a_promise_is_known_once_it_was_seen_and_a_reservation_too():
    n = 100
    ready = np.full(n, DAY - 40)
    known = waits(ready, ready + 20, ready + 19, told=np.full(n, DAY - 10))
    assert known.due(DAY - 10).tolist() == [0] * n
    assert known.due(DAY - 9).tolist() == (ready + 20).tolist()
    later = waits(ready, ready, ready, reserved=ready + 7, seen=np.full(n, DAY - 30))
    assert later.ready(DAY - 30)[0] == ready[0]
    assert later.ready(DAY - 29)[0] == ready[0] + 7


def test_few_that_left_tell_nothing():
    ready = np.full(FEWEST - 1, DAY - 20)
    assert picking(waits(ready, ready, ready + 1), DAY) is None
    assert picking(waits([], [], []), DAY) is None


def test_all_called_off_or_all_open_tell_nothing():
    ready, none = np.full(100, DAY - 20), np.zeros(100, np.int64)
    assert picking(waits(ready, none, none), DAY) is None
    assert picking(waits(ready, none, none, left=ready + 3), DAY) is None


def test_it_is_kept_as_json():
    fit = picking(usual(np.random.default_rng(0)), DAY)
    again = picking_from(fit.as_json())
    assert np.allclose(again.early, fit.early, atol=1e-5)
    assert told(again, due=10) == told(fit, due=10)
