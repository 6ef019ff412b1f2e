"""Tickets as known at an instant."""

from datetime import UTC, date, datetime

from storage.known.cases import cases
from storage.known.customers import identities
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def known(world, now=NOW):
    with world.reader() as session:
        who = identities(session)
        return list(cases(session, now, who)), who


def test_an_answer_and_a_closing_after_now_are_not_known(tmp_path):
    world = World(tmp_path)
    account = world.account("Acme")
    world.ticket(
        account, datetime(2026, 3, 1, 8, tzinfo=UTC), closed=datetime(2026, 3, 9, tzinfo=UTC),
        first_response_at=datetime(2026, 3, 2, tzinfo=UTC), subject="Late", priority="high",
    )  # fmt: skip
    ((one,), who) = known(world)
    assert one.company == who[world.crm, account]
    assert (one.subject, one.priority, one.closed_on) == ("Late", "high", date(2026, 3, 9))
    assert one.answered_at == datetime(2026, 3, 2, tzinfo=UTC)
    ((one,), _) = known(world, datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert (one.answered_at, one.closed_at, one.closed_on) == (None, None, None)
    assert known(world, datetime(2026, 3, 1, 8, tzinfo=UTC))[0] == []


def test_a_ticket_of_nobody_is_a_ticket(tmp_path):
    world = World(tmp_path)
    world.ticket(None, "2026-03-01")
    ((one,), _) = known(world)
    assert one.company is None
