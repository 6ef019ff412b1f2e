from dataclasses import replace
from datetime import timedelta

import pytest

from storage.lease import (
    LEASE,
    LeaseLost,
    Result,
    cursor,
    finish_run,
    forget_others,
    hasten,
    hold,
    lease_stream,
    start_run,
    stop_run,
)  # fmt: skip
from storage.models import SyncState
from storage.sources import StreamSpec
from tests.storage.scripted import NOW, rows

STREAM = StreamSpec("orders", ("purchaseorder", "purchaseline"))
EVERY = timedelta(minutes=10)


def take(store, owner="me", now=NOW):
    return lease_stream(store, "test:a", STREAM, owner, NOW, lambda: now)


def keep(store, lease, state=None, now=NOW):
    with store.bulk() as connection:
        hold(connection, store, replace(lease, clock=lambda: now), state, now)


def test_a_stream_is_leased_to_one(store):
    assert take(store)
    assert take(store, "other") is None


def test_its_owner_may_take_it_again_and_the_old_lease_is_void(store):
    first = take(store)
    second = take(store)
    keep(store, second)
    with pytest.raises(LeaseLost):
        keep(store, first)


def test_a_lease_that_ran_out_goes_to_who_asks(store):
    first = take(store)
    assert take(store, "other", NOW + LEASE)
    with pytest.raises(LeaseLost):
        keep(store, first)


def test_a_lease_is_renewed_by_every_page(store):
    lease = take(store)
    keep(store, lease, now=NOW + LEASE - timedelta(seconds=1))
    assert take(store, "other", NOW + LEASE) is None


def test_the_cursor_moves_with_the_lease_only(store):
    lease = take(store)
    assert cursor(store, lease) is None
    keep(store, lease, {"v": 1, "after": 7})
    assert cursor(store, lease) == {"v": 1, "after": 7}
    keep(store, lease)
    assert cursor(store, lease) == {"v": 1, "after": 7}


def test_a_run_that_ends_frees_the_stream_and_says_when_it_is_due(store):
    lease = take(store)
    run = start_run(store, lease, NOW)
    assert finish_run(store, lease, run, Result("orders", 3, 2), NOW, EVERY) == 0
    assert take(store, "other")
    assert rows(store, "tables", "syncstate", "1=1") == ["purchaseorder,purchaseline"]


def test_failures_in_a_row_are_counted_until_it_goes_well(store):
    lease = take(store)
    seen = []
    for error in ("x", "x", None, "x"):
        run = start_run(store, lease, NOW)
        seen.append(finish_run(store, lease, run, Result("orders", error=error), NOW, EVERY))
    assert seen == [1, 2, 0, 1]


def test_a_run_whose_process_died_is_marked_when_the_next_begins(store):
    lease = take(store)
    start_run(store, lease, NOW)
    start_run(store, lease, NOW)
    assert rows(store, "outcome", "syncrun", "1=1") == ["abandoned", "running"]


def test_a_run_that_somebody_stopped_frees_the_stream_at_once_and_is_no_failure(store):
    lease = take(store, "you")
    stop_run(store, lease, start_run(store, lease, NOW), Result("orders", 9, 7), NOW)
    assert rows(store, "outcome, received, written", "syncrun", "1=1") == [("abandoned", 9, 7)]
    assert rows(store, "failures, last_error", "syncstate", "1=1") == [(0, None)]
    assert take(store, "me") is not None


def test_a_run_that_was_taken_over_frees_nothing_when_it_is_stopped(store):
    lease = take(store, "you")
    run = start_run(store, lease, NOW)
    later = NOW + timedelta(minutes=6)
    take(store, "me", later)
    stop_run(store, lease, run, Result("orders"), later)
    assert take(store, "you", later) is None


def test_what_a_source_has_no_more_is_forgotten_and_nothing_else(store):
    take(store)
    lease_stream(store, "test:b", StreamSpec("old", ()), "me", NOW, lambda: NOW)
    lease_stream(store, "test:a", StreamSpec("old", ()), "me", NOW, lambda: NOW)
    forget_others(store, "test:a", ["orders"])
    assert rows(store, "source, stream", "syncstate", "1=1") == [
        ("test:a", "orders"), ("test:b", "old"),
    ]  # fmt: skip


def due_at(store):
    with store.reader() as session:
        return session.get_one(SyncState, ("test:a", STREAM.name)).due_at


def pulled(store, lease):
    finish_run(store, lease, start_run(store, lease, NOW), Result(STREAM.name), NOW, EVERY)


def test_a_nudge_makes_a_stream_due_now_or_a_minute_after_its_last_try(store):
    pulled(store, take(store))
    assert due_at(store) == NOW + EVERY
    hasten(store, "test:other", NOW)
    assert due_at(store) == NOW + EVERY
    hasten(store, "test:a", NOW + timedelta(seconds=5))
    assert due_at(store) == NOW + timedelta(minutes=1)
    hasten(store, "test:a", NOW + timedelta(minutes=3))  # it is due: that is not put off
    assert due_at(store) == NOW + timedelta(minutes=1)


def test_a_nudge_while_a_stream_is_pulled_outlives_the_pull(store):
    pulled(store, take(store))
    lease = take(store)
    hasten(store, "test:a", NOW + timedelta(seconds=90))
    pulled(store, lease)
    assert due_at(store) == NOW + timedelta(seconds=90)
    pulled(store, take(store))
    assert due_at(store) == NOW + EVERY


def test_a_nudge_in_the_first_pull_outlives_it_too(store):
    lease = take(store)
    hasten(store, "test:a", NOW + timedelta(seconds=90))
    pulled(store, lease)
    assert due_at(store) == NOW + timedelta(seconds=90)
