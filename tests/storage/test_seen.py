import threading
from datetime import UTC, datetime, timedelta

from storage.seen import claim

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def taken(store, key, now=NOW):
    with store.writer() as session:
        return claim(session, key, now)


def test_a_request_is_taken_once(store):
    assert [taken(store, "a"), taken(store, "a"), taken(store, "b")] == [True, False, True]


def test_a_request_whose_effect_failed_can_be_taken_again(store):
    try:
        with store.writer() as session:
            assert claim(session, "a", NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    assert taken(store, "a")


def test_old_requests_are_forgotten(store):
    taken(store, "a")
    assert taken(store, "a", NOW + timedelta(days=2))


def test_of_many_at_once_one_takes_it(store):
    found = []
    threads = [threading.Thread(target=lambda: found.append(taken(store, "a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 7 + [True]
