from storage import sync
from storage.sources import Rejected, StreamSpec
from tests.storage.scripted import NOW, Scripted, broken, order, page, pull, rows


def bad(source_id):
    return Rejected(source_id, f"{source_id}: no", {"x": 1})


def held(store):
    return rows(store, "source_id, count", "quarantine", "1=1")


def snapshot(*rejected, begins=True):
    return page(order("a"), rejected=[bad(one) for one in rejected], begins=begins)


def read(store, *pages, alive=("a",), **more):
    return pull(store, Scripted(*pages, mode="snapshot", alive=alive, **more), full=True)


def test_a_row_is_held_back_once_and_counted(store):
    for _ in range(3):
        pull(store, Scripted(page(order("a"), rejected=[bad("b")])), full=True)
    assert held(store) == [("b", 3)]
    assert rows(store, "error", "quarantine", "1=1") == ["b: no"]


def test_a_row_that_came_good_is_released(store):
    pull(store, Scripted(page(rejected=[bad("b"), bad("c")])))
    pull(store, Scripted(page(order("b"))), full=True)
    assert held(store) == [("c", 1)]


def test_a_row_that_is_gone_at_the_source_is_released(store):
    pull(store, Scripted(page(rejected=[bad("b"), bad("c")])))
    pull(store, Scripted(page(deletes=["b"])), full=True)
    assert held(store) == [("c", 1)]


def test_what_a_whole_read_did_not_come_by_again_is_released_at_its_end(store):
    read(store, snapshot("line 2", "line 3"))
    read(store, snapshot("line 3"))
    assert held(store) == [("line 3", 2)]


def test_a_read_that_stopped_halfway_releases_nothing_before_it_went_on_to_its_end(store):
    read(store, snapshot("line 2", "line 3", "line 4"))
    source = Scripted(snapshot("line 3"), broken(), mode="snapshot", alive=["a"])
    pull(store, source, full=True)
    assert [one for one, _ in held(store)] == ["line 2", "line 3", "line 4"]
    source.pages[1] = snapshot("line 4", begins=False)
    pull(store, source)
    assert held(store) == [("line 3", 2), ("line 4", 2)]


def test_a_read_that_begins_anew_forgets_what_the_one_before_came_by(store):
    read(store, snapshot("line 2"))
    pull(store, Scripted(snapshot("line 2"), broken(), mode="snapshot"), full=True)
    read(store, snapshot())
    assert held(store) == []


def test_a_file_that_leaves_rows_out_releases_what_it_mended_too(store):
    read(store, snapshot("line 2"), keeps_absent=True)
    read(store, snapshot(), keeps_absent=True)
    assert held(store) == []


def test_a_stream_of_changes_releases_only_what_came_good(store):
    pull(store, Scripted(page(order("a"), rejected=[bad("b")], begins=True)))
    pull(store, Scripted(page(order("c"), begins=True)), full=True)
    assert held(store) == [("b", 1)]


def test_the_rows_of_another_stream_are_left_alone(store):
    source = Scripted(snapshot("line 2"), mode="snapshot", alive=["a"])
    source.streams = [*source.streams, StreamSpec("more", ("purchaseorder",), "snapshot")]
    sync.run("test:a", source, store, NOW, owner="me", clock=lambda: NOW)
    source.pages[0] = snapshot()
    pull(store, source, only=["orders"], full=True)
    assert rows(store, "stream", "quarantine", "1=1") == ["more"]


def test_a_row_keeps_the_day_since_which_it_is_bad(store):
    read(store, snapshot("line 2"))
    later = NOW.replace(month=5)
    pull(store, Scripted(snapshot("line 2"), mode="snapshot", alive=["a"]), full=True, now=later)
    (times,) = rows(store, "first_seen_at, last_seen_at", "quarantine", "1=1")
    assert times[0] < times[1]
