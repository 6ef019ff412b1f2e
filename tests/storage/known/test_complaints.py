from datetime import UTC, date, datetime

import pytest

from storage.known.complaints import complaints, heard
from storage.known.customers import identities
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def found(world, now=NOW):
    with world.reader() as session:
        return complaints(session, now)


def test_tickets_and_bad_answers_are_complaints_of_the_company(world):
    party, account = world.customer("Acme"), world.account("Acme")
    world.ticket(account, "2026-01-05", subject="Scratched")
    world.survey(account, "2026-01-09", 6)
    one, other = found(world)
    assert (one.on, one.kind, one.text) == (date(2026, 1, 5), "ticket", "Scratched")
    assert (other.on, other.kind) == (date(2026, 1, 9), "survey")
    assert one.customer == other.customer == ("odoo:erp", party)


def test_good_answers_and_those_about_effort_are_none(world):
    account = world.account("Acme")
    world.survey(account, "2026-01-09", 7)
    world.survey(account, "2026-01-09", 3, kind="csat", scale=5)
    world.survey(account, "2026-01-09", 1, kind="ces", scale=7)
    assert found(world) == []
    world.survey(account, "2026-01-09", 2, kind="csat", scale=5)
    assert len(found(world)) == 1


def test_what_comes_after_now_is_not_known_and_nobody_is_null(world):
    world.ticket(None, "2026-01-05")
    world.ticket(None, "2026-03-01")
    (one,) = found(world)
    assert one.customer is None


def test_only_a_company_with_an_account_can_be_heard(world):
    party = world.customer("Acme")
    world.customer("Silent")
    world.account("Acme")
    with world.reader() as session:
        assert heard(session, identities(session)) == {("odoo:erp", party)}
