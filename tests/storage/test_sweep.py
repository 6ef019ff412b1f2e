import threading
from datetime import timedelta

from storage.models import SyncState
from storage.sources import StreamSpec
from tests.storage.scripted import NOW, Clock, Scripted, broken, order, page, pull, rows

WEEK = timedelta(days=7)
MANY = [f"{number:03}" for number in range(100)]


def filled(store, ids):
    source = Scripted(page(*map(order, ids)), sweep_every=WEEK, alive=list(ids))
    assert pull(store, source).error is None
    return source


def test_what_is_gone_at_the_source_is_marked_deleted(store):
    source = filled(store, MANY)
    source.alive = MANY[:-3]
    assert pull(store, source, now=NOW + WEEK).deleted == 3
    assert rows(store) == MANY[:-3]


def test_a_sweep_waits_until_it_is_due(store):
    source = filled(store, MANY)
    source.alive = MANY[:-3]
    assert pull(store, source, now=NOW + WEEK - timedelta(seconds=1)).deleted == 0


def test_a_source_that_lost_track_of_deletions_is_swept_at_once(store):
    source = filled(store, MANY)
    source.pages.append(page(asks_sweep=True))
    source.alive = MANY[:-3]
    assert pull(store, source, now=NOW + timedelta(hours=1)).deleted == 3
    assert rows(store) == MANY[:-3]


def test_so_much_that_it_cannot_be_meant_is_not_deleted(store):
    source = filled(store, MANY)
    source.alive = MANY[:50]
    result = pull(store, source, now=NOW + WEEK)
    assert "50 of 100 rows are gone" in result.error
    assert rows(store) == MANY


def test_an_empty_list_deletes_nothing(store):
    source = filled(store, MANY[:5])
    source.alive = []
    assert pull(store, source, now=NOW + WEEK).error
    assert rows(store) == MANY[:5]


def test_a_person_can_say_that_it_is_meant(store):
    source = filled(store, MANY)
    source.alive = MANY[:50]
    pull(store, source, now=NOW + WEEK)
    assert pull(store, source, now=NOW + WEEK, full=True).deleted == 50
    assert rows(store) == MANY[:50]


def test_a_snapshot_is_swept_at_every_pull(store):
    source = Scripted(page(order("a"), order("b")), mode="snapshot", alive=["a", "b"])
    pull(store, source)
    source.pages.append(page(order("a")))
    source.alive = ["a"]
    assert pull(store, source).deleted == 1


def test_a_stream_may_keep_what_its_file_no_longer_has(store):
    source = Scripted(page(order("a"), order("b")), mode="snapshot", alive=["a"], keeps_absent=True)
    pull(store, source)
    assert rows(store) == ["a", "b"]


def test_the_list_of_a_slow_source_keeps_no_other_writer_waiting(store):
    source = filled(store, MANY)

    def write():
        with store.writer() as session:
            session.merge(SyncState(source="other", stream="x"))

    def meanwhile():
        other = threading.Thread(target=write, daemon=True)
        other.start()
        other.join(10)
        waited.append(other.is_alive())

    waited, source.meanwhile = [], meanwhile
    pull(store, source, now=NOW + WEEK)
    assert waited == [False] * len(MANY)


def test_who_lost_the_stream_while_it_asked_deletes_nothing(store):
    source = filled(store, MANY)
    source.alive = MANY[:-3]
    late = NOW + WEEK + timedelta(hours=1)
    source.meanwhile = lambda: pull(store, Scripted(), owner="other", now=late)
    result = pull(store, source, now=NOW + WEEK)
    assert result.error == "another process pulls this stream"
    assert rows(store) == MANY


def test_a_list_that_takes_longer_than_a_lease_keeps_the_stream(store):
    source, clock, others = filled(store, MANY), Clock(NOW + WEEK), []
    source.alive = MANY[:-3]

    def meanwhile():
        clock.now += timedelta(minutes=1)
        others.append(pull(store, Scripted(), owner="other", clock=clock))

    source.meanwhile = meanwhile
    assert pull(store, source, now=NOW + WEEK, clock=clock).deleted == 3
    assert all(other.skipped for other in others)


def test_a_snapshot_whose_run_broke_before_its_sweep_is_swept_by_the_next(store):
    source = Scripted(page(order("a"), order("b")), mode="snapshot", alive=["a", "b"])
    pull(store, source)
    source.pages.append(page(order("a")))
    source.alive = broken()
    assert pull(store, source).error == "down"
    source.alive = ["a"]  # and the file has not changed since
    assert pull(store, source).deleted == 1
    assert rows(store) == ["a"]


def test_a_snapshot_that_did_not_change_is_not_swept_again(store):
    source = Scripted(page(order("a")), mode="snapshot", alive=["a"])
    pull(store, source)
    source.alive = broken("asked again")
    assert pull(store, source).error is None


def test_a_refused_sweep_says_so_until_it_is_resolved(store):
    source = Scripted(page(*map(order, MANY)), mode="snapshot", alive=MANY)
    pull(store, source)
    source.pages.append(page(order("000")))
    source.alive = MANY[:50]
    for _ in range(3):
        assert "50 of 100 rows are gone" in pull(store, source).error
    source.alive = MANY
    assert pull(store, source).error is None


def test_the_way_out_of_a_refused_sweep_is_a_line_that_the_command_line_takes(store):
    source = filled(store, MANY)
    source.alive = []
    assert pull(store, source, now=NOW + WEEK).error.endswith("python -m bot sync a --full")


def test_a_table_that_two_streams_write_is_swept_by_neither(store):
    source = filled(store, MANY)
    source.alive = MANY[:-3]
    source.streams = [*source.streams, StreamSpec("drafts", ("purchaseorder", "purchaseline"))]
    assert pull(store, source, now=NOW + WEEK, only=["orders"]).deleted == 0
    assert rows(store) == MANY
