"""What is told of the outbox: only what concerns someone, and only what is due or new."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from storage.delivery import DELETED, Delivery, delivery
from storage.models import Outbox

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def add(store, *states, **more):
    with store.writer() as session:
        known = len(session.exec(select(Outbox)).all())
        for number, state in enumerate(states, known):
            session.add(
                Outbox(**{"key": f"k{number}", "token": "t", "channel": "C1", "text": "x",
                          "blocks": [], "topics": [], "created_at": NOON - HOUR, "state": state,
                          "claimed_at": NOON - HOUR, **more})
            )  # fmt: skip


def told(store, now=NOON):
    with store.reader() as session:
        return delivery(session, now)


def test_a_store_without_trouble_is_well(store):
    assert told(store).is_well
    add(store, "sent", "replaced")
    assert told(store) == Delivery(0, 0, 0, None)


def test_each_state_is_counted_as_what_it_means(store):
    add(store, "pending", "unsure", "sending", "failed", "failed", "doubt", "sent")
    found = told(store)
    assert (found.waiting, found.failed, found.unknown) == (3, 2, 1)
    assert not found.is_well


def test_the_reason_is_that_of_the_newest_try(store):
    add(store, "failed", error="is_archived", claimed_at=NOON - HOUR)
    add(store, "doubt", error="missing_scope", claimed_at=NOON - HOUR / 2)
    add(store, "sent", error="invalid_blocks", claimed_at=NOON)
    assert told(store).why == "missing_scope"


def test_what_is_not_due_does_not_wait(store):
    add(store, "pending", not_before=NOON + HOUR, claimed_at=None)
    assert told(store).is_well
    assert told(store, NOON + HOUR).waiting == 1


def test_what_failed_is_told_for_a_day_from_its_last_try(store):
    add(store, "failed", created_at=NOON - 26 * HOUR, error="given up after a day")
    assert told(store).failed == 1
    assert told(store, NOON + 23 * HOUR).is_well


def test_an_edit_of_what_is_not_there_is_no_trouble(store):
    add(store, "failed", kind="edit", parent="a", error=DELETED)
    assert told(store).is_well
    add(store, "failed", kind="edit", parent="a", error="channel_not_found")
    assert told(store).failed == 1
