"""Contracts: what they say, what they said before, and whether they ran on a day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.known.contracts import Contract, Was, contracts
from storage.known.customers import identities
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SIGNED, RENEWED = date(2025, 1, 1), date(2026, 4, 1)


@pytest.fixture
def world(url):
    made = World(url=url)
    yield made
    made.store.close()


def known(world, now=NOW):
    with world.reader() as session:
        (found,) = contracts(session, now, now.date(), identities(session)).values()
    return found


def at(month, day=1):
    return datetime(2026, month, day, tzinfo=UTC)


def test_what_was_overwritten_is_told_with_the_day_until_which_it_stood(world):
    signed = world.contract(
        world.account("Acme"), SIGNED, renewal=RENEWED, mrr=Decimal(100), currency="EUR"
    )
    world.change("contract", signed, "mrr", Decimal(150), at(2), source=world.crm)
    world.change("contract", signed, "renewal_on", "2027-04-01", at(3), source=world.crm)
    (one,) = known(world)
    assert (one.mrr, one.due_on) == (Decimal(150), date(2027, 4, 1))
    assert one.was == (
        Was(date(2026, 2, 1), RENEWED, Decimal(100)),
        Was(date(2026, 3, 1), RENEWED, Decimal(150)),
    )
    assert one.mrr_on(date(2026, 1, 31)) == Decimal(100)
    assert one.mrr_on(date(2026, 2, 1)) == Decimal(150)
    (before,) = known(world, at(2, 10))
    assert (before.mrr, before.due_on) == (Decimal(150), RENEWED)


def test_revenue_seen_only_later_is_not_nothing_before(world):
    signed = world.contract(world.account("Acme"), SIGNED, renewal=RENEWED)
    world.change("contract", signed, "mrr", Decimal(50), at(2), source=world.crm)
    (one,) = known(world)
    assert one.mrr_on(date(2025, 6, 1)) == one.mrr == Decimal(50)


@pytest.mark.parametrize(
    ("contract", "runs"),
    [
        (Contract(SIGNED), True),
        (Contract(date(2026, 3, 21)), False),
        (Contract(SIGNED, ends_on=NOW.date()), True),
        (Contract(SIGNED, ends_on=date(2026, 3, 19)), False),
        (Contract(SIGNED, ends_on=date(2026, 3, 19), auto_renew=True), True),
        (Contract(SIGNED, ends_on=date(2027, 1, 1), churned_on=NOW.date()), False),
        (Contract(SIGNED, churned_on=date(2026, 3, 21)), True),
        (Contract(None), True),
    ],
)
def test_a_contract_runs_from_its_start_to_its_end(contract, runs):
    assert contract.runs_on(NOW.date()) is runs
