import logging
from datetime import UTC, datetime, timedelta

import pytest

from storage import sync
from storage.models._types import instant_to_int
from storage.sources import Rejected, StreamSpec
from tests.storage.scripted import NOW, Clock, Scripted, broken, order, page, pull, rows


def test_pages_are_stored_with_their_cursor(store):
    result = pull(store, Scripted(page(order("a"), order("b")), page(order("c"))))
    assert (result.received, result.written, result.error) == (3, 3, None)
    assert rows(store) == ["a", "b", "c"]
    assert rows(store, "cursor, failures", "syncstate", "1=1") in (
        [('{"v":1,"taken":2}', 0)], [({"v": 1, "taken": 2}, 0)],
    )  # fmt: skip


def test_a_run_goes_on_where_the_last_one_broke_off(store):
    source = Scripted(page(order("a")), broken(), page(order("b")))
    assert pull(store, source).error == "down"
    source.pages[1] = page(order("x"))
    assert pull(store, source).error is None
    assert source.asked == [None, {"v": 1, "taken": 1}]
    assert rows(store) == ["a", "b", "x"]


def test_a_full_run_begins_anew(store):
    source = Scripted(page(order("a")))
    pull(store, source)
    pull(store, source, full=True)
    assert source.asked == [None, None]


def test_a_page_that_cannot_be_stored_leaves_no_trace(store, monkeypatch):
    def fails(*args, **more):
        raise RuntimeError("disk full")

    source = Scripted(page(order("a")), page(order("b")))
    pull(store, Scripted(page(order("a"))))
    monkeypatch.setattr("storage.sync.quarantine", fails)
    result = pull(store, source)
    assert "a fault of ours: RuntimeError" in result.error
    assert rows(store) == ["a"]


def test_one_stream_that_breaks_does_not_stop_the_next(store):
    source = Scripted(page(order("a")))
    other = Scripted(broken())
    assert pull(store, other).error
    assert pull(store, source, owner="me").error is None


def test_a_row_that_makes_no_sense_goes_to_quarantine_and_comes_back(store):
    bad = Rejected("b", "line 7: no date", {"x": 1})
    assert pull(store, Scripted(page(order("a"), rejected=[bad]))).quarantined == 1
    assert rows(store, "source_id, error", "quarantine", "1=1") == [("b", "line 7: no date")]
    pull(store, Scripted(page(order("b"))), full=True)
    assert rows(store, "source_id", "quarantine", "1=1") == []
    assert rows(store) == ["a", "b"]


def test_a_row_of_the_wrong_type_goes_to_quarantine_with_its_column(store):
    wrong = order("b", buyer=7)
    result = pull(store, Scripted(page(order("a"), wrong)))
    assert (result.written, result.quarantined) == (1, 1)
    [error] = rows(store, "error", "quarantine", "1=1")
    assert "buyer" in error


def test_a_page_of_nonsense_is_refused_as_a_whole(store):
    bad = [Rejected(f"{number}", "no", {}) for number in range(30)]
    result = pull(store, Scripted(page(order("a"), rejected=bad)))
    assert "make no sense" in result.error
    assert rows(store) == []


def test_what_the_source_deletes_is_marked_and_can_come_back(store):
    source = Scripted(page(order("a"), order("b")), page(deletes=["a"]), page(order("a")))
    source.pages, later = source.pages[:2], source.pages[2:]
    assert pull(store, source).deleted == 1
    assert rows(store) == ["b"]
    source.pages += later
    pull(store, source)
    assert rows(store) == ["a", "b"]


def test_large_pages_are_stored_in_parts(store):
    many = [order(f"{number:05}") for number in range(2_500)]
    assert pull(store, Scripted(page(*many))).written == 2_500
    assert len(rows(store)) == 2_500


def test_a_stream_that_another_pulls_is_left_alone(store):
    inner = []
    source = Scripted(page(order("a")))

    def progress(stream, received, total):
        inner.append(pull(store, Scripted(page(order("z"))), owner="other"))

    assert pull(store, source, progress=progress).written == 1
    assert inner[0].skipped
    assert rows(store) == ["a"]


def test_a_lease_that_was_taken_over_stores_nothing_more(store):
    source = Scripted(page(order("a")), page(order("b")))

    def progress(stream, received, total):
        pull(store, Scripted(page(order("z"))), owner="other", now=NOW + timedelta(hours=1))

    result = pull(store, source, progress=progress)
    assert result.error == "another process pulls this stream"
    assert "b" not in rows(store)


def test_a_pull_that_takes_longer_than_a_lease_keeps_its_stream(store):
    """The lease is counted in true time, whatever time the run writes down."""
    source, clock, others = Scripted(*(page(order(f"{n}")) for n in range(9))), Clock(NOW), []

    def progress(stream, received, total):
        clock.now += timedelta(minutes=1)
        others.append(pull(store, Scripted(page(order("z"))), owner="other", clock=clock))

    replayed = datetime(2020, 1, 1, tzinfo=UTC)
    result = pull(store, source, now=replayed, clock=clock, progress=progress)
    assert (result.error, result.written) == (None, 9)
    assert all(other.skipped for other in others)
    assert rows(store, "first_seen_at") == [instant_to_int(replayed)] * 9


def test_a_stream_that_was_renamed_leaves_no_trace_in_the_bookkeeping(store):
    old = Scripted(page(order("a"), rejected=[Rejected("b", "no", {})]))
    old.streams = [StreamSpec("old", ("purchaseorder",))]
    pull(store, old)
    pull(store, Scripted())
    assert rows(store, "stream", "syncstate", "1=1") == ["orders"]
    assert rows(store, "stream", "quarantine", "1=1") == []
    assert rows(store) == ["a"]


def test_a_run_of_one_stream_forgets_no_other(store):
    source = Scripted()
    source.streams = [*source.streams, StreamSpec("more", ("item",))]
    sync.run("test:a", source, store, NOW, owner="me", clock=lambda: NOW)
    pull(store, source, only=["orders"])
    assert rows(store, "stream", "syncstate", "1=1") == ["more", "orders"]


def test_a_failure_is_said_once_when_it_begins(store, caplog):
    source = Scripted(broken("the key is old"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            pull(store, source)
    assert caplog.text.count("the key is old") == 1
    assert rows(store, "failures", "syncstate", "1=1") == [3]


def test_progress_is_told_as_pages_come(store):
    told = []
    pull(store, Scripted(page(order("a"), total=2), page(order("b"), total=2)),
         progress=lambda *seen: told.append(seen))  # fmt: skip
    assert told == [("orders", 1, 2), ("orders", 2, 2)]


@pytest.mark.parametrize("count", [1, 2])
def test_every_run_is_written_down(store, count):
    for _ in range(count):
        pull(store, Scripted(page(order("a"))))
    assert rows(store, "outcome", "syncrun", "1=1") == ["ok"] * count
