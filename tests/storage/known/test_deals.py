"""Deals as known at an instant."""

from datetime import UTC, date, datetime

from storage.known.customers import identities
from storage.known.deals import deals
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def known(world, now=NOW):
    with world.reader() as session:
        return list(deals(session, now, identities(session)))


def test_a_deal_is_open_until_it_closes(tmp_path):
    world = World(tmp_path)
    account = world.account("Acme")
    world.deal(account, "2026-03-01", won=True, closed="2026-03-02", owner="Ines")
    (one,) = known(world)
    assert (one.is_won, one.owner, one.closes_on) == (True, "Ines", date(2026, 3, 1))
    (one,) = known(world, datetime(2026, 3, 1, tzinfo=UTC))
    assert (one.is_won, one.closed_at) == (None, None)


def test_the_day_of_closing_is_the_one_last_seen_by_then(tmp_path):
    world = World(tmp_path)
    deal = world.deal(world.account("Acme"), "2026-05-01")
    later = datetime(2026, 3, 10, tzinfo=UTC)
    with world.store.writer() as session:
        from storage.models import FieldChange

        session.add(
            FieldChange(
                entity="opportunity", source=world.crm, source_id=deal, field="closes_on",
                old="2026-04-01", new="2026-05-01", seen_at=later,
            )
        )  # fmt: skip
    assert known(world)[0].closes_on == date(2026, 5, 1)
    assert known(world, datetime(2026, 3, 9, tzinfo=UTC))[0].closes_on == date(2026, 4, 1)


def test_a_deal_first_seen_later_is_not_known(tmp_path):
    world = World(tmp_path)
    world.deal(world.account("Acme"), "2026-05-01", seen=NOW)
    assert known(world) == []
