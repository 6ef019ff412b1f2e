"""`retention` as people ask it."""

from decimal import Decimal

import pytest

from tests.commands.dialogue import grant, say, synced, verify
from tests.commands.people import ago, company, orders
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


@pytest.fixture
def signed(tmp_path):
    """Ten under contract: one left, one pays half, one pays double."""
    world = World(tmp_path)
    for number in range(10):
        account = world.account(f"Customer {number}", segment="a" if number < 6 else "b")
        ended = ago(100) if number == 0 else None
        one = world.contract(account, ago(900), churned=ended, mrr=Decimal(100), currency="EUR",
                             ends=ended, renewal=ago(100) if number == 0 else None)  # fmt: skip
        changed = {1: Decimal(50), 2: Decimal(200)}.get(number)
        if changed:
            from datetime import UTC, datetime

            at = datetime(2026, 1, 5, tzinfo=UTC)
            world.change("contract", one, "mrr", changed, at, source=world.crm)
    synced(world)
    return world


def test_by_contract_each_figure_is_as_counted_by_hand(signed):
    figures = {one.name: one.value for one in say(signed, "retention").readings}
    assert figures["GRR"] == pytest.approx(850 / 1000)
    assert figures["NRR"] == pytest.approx(950 / 1000)
    assert (figures["logo churn"], figures["lost"]) == (0.1, 1)
    assert (figures["left"], figures["contraction"], figures["expansion"]) == (100, 50, 100)
    assert (figures["due to renew"], figures["renewal rate"]) == (1, 0)


def test_the_answer_names_both_rates_and_who_changed(signed):
    verify(signed, [
        ("retention", "answer", "85 % of revenue was kept", "95 % with what customers added",
         "by contract", "1 of 10 customers brought nothing any more in the last 365 days",
         "Customer 0 | 100 | 0 | -100 | ▼ nothing any more", "Customer 2 | 100 | 200 | 100"),
        ("nrr by segment", "answer", "a | ", "b | None"),
        ("retention customer 1", "answer", "Too few for a rate"),
    ])  # fmt: skip


def test_without_contracts_it_goes_by_orders_and_says_so(tmp_path):
    world = World(tmp_path)
    for number in range(8):
        orders(world, world.customer(f"Customer {number}"), last=5 if number else 400)
    synced(world)
    verify(world, [("retention", "answer", "by orders of those without a contract",
                    "1 of 8 customers brought nothing any more", "ordered again")])  # fmt: skip


@pytest.mark.slow
def test_customers_without_a_contract_stand_beside(world):
    verify(world, [
        ("retention", "answer", "of those without a contract", "1 of 11 customers",
         "By contract: 1 customer, too few for a rate"),
    ])  # fmt: skip


def test_currencies_without_a_rate_are_not_one_sum(signed):
    world = signed
    for number in range(3):
        account = world.account(f"Dollar {number}")
        world.contract(account, ago(900), mrr=Decimal(10), currency="USD")
    verify(world, [("retention", "answer", "In USD (no rate known): 3 customers")])
    assert {one.name: one.value for one in say(world, "retention").readings}["at start"] == 1000


def test_with_rates_they_are(signed):
    account = signed.account("Dollar")
    signed.contract(account, ago(900), mrr=Decimal(10), currency="USD")
    signed.fact("fxrate", currency="USD", rate_on=ago(20), rate=Decimal("0.5"))
    said = say(signed, "retention", currency="EUR")
    assert {one.name: one.value for one in said.readings}["at start"] == 1005


def test_nobody_at_the_start_is_no_rate(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("New"), ago(3))
    synced(world)
    verify(world, [("retention", "notice", "Nobody brought revenue before the last 365 days"),
                   ("retention nobody", "error", "I know no “nobody”")])  # fmt: skip
    (tmp_path / "empty").mkdir()
    verify(World(tmp_path / "empty"), [("retention", "notice", "No customers yet")])


def test_revenue_is_for_those_who_may_see_it(signed):
    said = say(signed, "retention", sees=grant("customers"))
    assert {one.topic for one in said.readings} == {"customers"}
    assert [column.name for column in said.table.columns] == ["Customer", "What"]
