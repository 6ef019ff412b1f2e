"""Customers as known at an instant: one company of all its records, and nothing from the future."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.known.contracts import Contract, contracts_seen_from
from storage.known.customers import Ticket, customers
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def world(url):
    made = World(url=url)
    yield made
    made.store.close()


def known(world, now=NOW):
    with world.reader() as session:
        return customers(session, now, now.astimezone(world.zone).date())


def test_a_branch_and_a_linked_account_are_one_customer(world):
    whole = world.customer("Acme Foods")
    branch = world.customer("Acme Foods, Kiel", parent_ref=whole)
    account = world.account("Acme", segment="retail", country="DE")
    merged = world.account("Acme (old)", merged_into=account)
    world.link(whole, account)
    world.sale(branch, "2026-01-05", amount=70)
    world.sale(whole, "2026-01-09", amount=30)
    world.ticket(merged, "2026-02-01")
    (one,) = known(world)
    assert (one.name, one.segment, one.country) == ("Acme Foods", "retail", "DE")
    assert one.is_linked
    assert [order.amount for order in one.orders] == [Decimal(70), Decimal(30)]
    assert one.tickets == (Ticket(date(2026, 2, 1)),)
    assert {ref for _, ref in one.keys} == {whole, branch, account, merged}


def test_parents_in_a_ring_are_one_customer(world):
    left, right = world.customer("Left", source_id="l", parent_ref="r"), "r"
    world.customer("Right", source_id="r", parent_ref="l")
    world.sale(left, "2026-01-05")
    world.sale(right, "2026-01-06")
    (one,) = known(world)
    assert len(one.orders) == 2


def test_an_account_without_order_or_contract_is_no_customer(world):
    world.account("Prospect")
    world.customer("Quoted")
    assert known(world) == []


def test_a_cancelled_order_is_none_from_its_cancellation_on(world):
    acme = world.customer("Acme")
    world.sale(acme, "2026-01-05", cancelled="2026-01-10")
    assert known(world) == []
    (one,) = known(world, datetime(2026, 1, 8, tzinfo=UTC))
    assert len(one.orders) == 1


def test_a_contract_has_the_dates_that_were_seen_by_then(world):
    account = world.account("Acme")
    contract = world.contract(account, "2025-01-01", renewal="2026-04-01", notice_days=30)
    later = datetime(2026, 3, 1, tzinfo=UTC)
    world.change("contract", contract, "renewal_on", "2027-04-01", later, source=world.crm)
    (before,) = known(world, datetime(2026, 2, 1, tzinfo=UTC))
    (after,) = known(world)
    assert before.contracts == (Contract(date(2025, 1, 1), None, date(2026, 4, 1), 30),)
    assert after.contracts[0].renewal_on == date(2027, 4, 1)


def test_what_the_source_overwrites_is_unknown_before_our_first_sight(world):
    account = world.account("Acme")
    seen = datetime(2026, 3, 1, tzinfo=UTC)
    world.contract(account, "2025-01-01", renewal="2026-04-01", seen=seen)
    (one,) = known(world, datetime(2026, 2, 1, tzinfo=UTC))
    assert one.contracts == (Contract(date(2025, 1, 1)),)
    with world.reader() as session:
        assert contracts_seen_from(session, NOW) == seen
        assert contracts_seen_from(session, seen) is None


def test_a_line_is_late_until_all_of_it_went_out(world):
    acme = world.customer("Acme")
    line = world.sale(acme, "2026-02-01", qty=10, promised="2026-03-01")
    world.ship(line, "2026-03-05", qty=6)
    world.ship(line, "2026-03-15", qty=4)
    assert known(world, datetime(2026, 3, 1, 12, tzinfo=UTC))[0].late == ()
    assert known(world, datetime(2026, 3, 10, tzinfo=UTC))[0].late == (date(2026, 3, 1),)
    assert known(world)[0].late == ()


def test_a_promise_that_was_put_off_still_counts_as_first_made(world):
    acme = world.customer("Acme")
    line = world.sale(acme, "2026-02-01", promised="2026-03-01")
    world.change("salesline", line, "promised_on", "2026-06-01", datetime(2026, 2, 20, tzinfo=UTC))
    assert known(world)[0].late == (date(2026, 3, 1),)


def test_without_a_promise_the_day_asked_for_counts(world):
    acme = world.customer("Acme")
    world.sale(acme, "2026-02-01", requested="2026-03-01")
    world.sale(acme, "2026-02-01")
    assert known(world)[0].late == (date(2026, 3, 1),)


def test_a_bill_is_overdue_from_the_day_after_until_it_is_paid(world):
    acme = world.customer("Acme")
    world.sale(acme, "2026-01-01")
    world.invoice(acme, "2026-01-02", due="2026-02-01", paid="2026-03-01")
    world.invoice(acme, "2026-01-02", due="2026-03-20")
    assert known(world, datetime(2026, 2, 15, tzinfo=UTC))[0].overdue == (date(2026, 2, 1),)
    assert known(world)[0].overdue == ()


def test_an_amount_that_is_not_known_is_null(world):
    acme = world.customer("Acme")
    world.sale(acme, "2026-01-01", amount=None)
    assert known(world)[0].orders[0].amount is None


def test_a_survey_is_read_as_it_was_scored(world):
    account = world.account("Acme")
    world.contract(account, "2025-01-01")
    world.survey(account, "2026-02-01", 4)
    world.survey(account, "2026-02-02", 5, kind="csat", scale=5)
    assert known(world)[0].nps == ((date(2026, 2, 1), Decimal(4)),)


@pytest.mark.parametrize("days", [-1, 10**9])
def test_a_notice_that_cannot_be_meant_is_unknown(world, days):
    world.contract(world.account("Acme"), "2025-01-01", renewal="2026-04-01", notice_days=days)
    assert known(world)[0].contracts[0].notice_days is None


def test_some_customers_alone_are_known_as_they_are_among_all(world):
    acme, brass = world.customer("Acme"), world.customer("Brass")
    account = world.account("Acme")
    world.link(acme, account)
    for ref in (acme, brass):
        world.sale(ref, "2026-01-05", promised="2026-02-01")
        world.invoice(ref, "2026-01-05", due="2026-02-01")
    world.ticket(account, "2026-02-01")
    world.survey(account, "2026-02-02", 4)
    world.contract(account, "2025-01-01")
    whole = {one.name: one for one in known(world)}
    with world.reader() as session:
        found = customers(session, NOW, NOW.date(), only=whole["Acme"].keys)
        assert found == [whole["Acme"]]
        assert whole["Acme"].late
        assert customers(session, NOW, NOW.date(), only=()) == []
