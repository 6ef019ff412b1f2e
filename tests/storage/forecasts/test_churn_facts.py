from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.forecasts._churn_facts import is_customer, known_on, purchases, subjects, views
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def on(world, day):
    with world.reader() as session:
        return views(session, BERLIN)(day)


def test_a_contract_without_days_is_told_by_its_attributes_and_its_end_by_its_status(world):
    acme = world.account("Acme")
    world.fact("contract", world.crm, account_ref=acme, status=" Churned", mrr=Decimal("9.5"),
               attributes={"tenure": 3.0, "plan": "basic", "list": [1]})  # fmt: skip
    world.fact("contract", world.crm, account_ref=acme, status="active", auto_renew=True)
    with world.reader() as session:
        gone, runs = subjects(session, NOW)
    assert gone == (
        {"revenue a month": 9.5, "attribute tenure": 3.0, "attribute plan": "basic"}, True,
    )  # fmt: skip
    assert runs == ({"renews itself": True}, False)


def test_a_contract_that_was_ended_later_runs_still(world):
    world.contract(world.account("Acme"), "2025-01-01", churned="2026-02-01")
    with world.reader() as session:
        assert subjects(session, NOW)[0].left
        assert not subjects(session, datetime(2026, 1, 1, tzinfo=UTC))[0].left


def test_on_a_day_only_what_had_happened_by_then_is_known(world):
    acme = world.account("Acme", segment="food")
    world.contract(acme, "2024-01-01", renewal="2026-06-30", mrr=Decimal(100), auto_renew=True)
    world.ticket(acme, "2025-12-20", closed="2026-01-10")
    world.ticket(acme, "2026-02-01")
    world.survey(acme, "2025-11-01", 4)
    world.survey(acme, "2026-02-01", 9)
    [one] = on(world, date(2026, 1, 1)).values()
    known = known_on(one, date(2026, 1, 1))
    assert (known["days as a customer"], known["new customer"]) == (731, False)
    assert (known["recent tickets"], known["open tickets"], known["last NPS"]) == (1, 1, 4.0)
    assert (known["days to renewal"], known["renews itself"]) == (180, True)
    assert (known["revenue a month"], known["growth of revenue"]) == (100.0, 0.0)
    assert known["segment"] == "food"
    assert known["days since an order"] is None


@pytest.mark.parametrize("more", [{"mrr": None}, {"mrr": Decimal(9), "currency": "USD"}])
def test_what_contracts_bring_is_not_known_of_one_without_money_or_in_several_currencies(
    world, more
):
    acme = world.account("Acme")
    world.contract(acme, "2024-01-01", mrr=Decimal(100), currency="EUR")
    world.contract(acme, "2024-01-01", **{"currency": "EUR", **more})
    [one] = on(world, date(2026, 1, 1)).values()
    known = known_on(one, date(2026, 1, 1))
    assert (known["contracts"], known["revenue a month"], known["growth of revenue"]) == (
        2, None, None,
    )  # fmt: skip


def test_a_renewal_is_a_day_put_off_as_it_was_seen(world):
    acme = world.account("Acme")
    made = world.contract(acme, "2023-01-01", ends="2024-12-31")
    world.overwrite(
        "contract", made, "ends_on", date(2026, 12, 31), datetime(2024, 12, 1, tzinfo=UTC)
    )
    [one] = on(world, date(2026, 1, 1)).values()
    assert known_on(one, date(2026, 1, 1))["renewals"] == 1
    assert is_customer(one, date(2026, 12, 31))
    assert not is_customer(one, date(2027, 1, 1))
    assert not is_customer(None, date(2026, 1, 1))


def test_orders_of_linked_companies_are_one_buyers_and_those_with_contracts_are_left_out(world):
    one, two, three = world.customer("One"), world.customer("Two"), world.customer("Three")
    branch = world.customer("Branch", parent_ref=one)
    acme = world.account("Acme")
    world.link(three, acme)
    world.contract(acme, "2024-01-01")
    world.sale(one, "2025-01-01", amount=5)
    world.sale(branch, "2025-02-01", amount=None)
    world.sale(two, "2025-03-01", amount=7, cancelled="2025-03-05")
    world.sale(three, "2025-04-01")
    with world.reader() as session:
        made = purchases(session, NOW)
    assert len(made.names) == 2
    assert made.buyer.tolist() == [0, 0, 1]
    assert made.money.tolist() == [5, 0, 7]
    assert made.gone.tolist() == [0, 0, date(2025, 3, 5).toordinal()]


def test_amounts_in_several_currencies_are_not_added(world):
    one = world.customer("One")
    world.sale(one, "2025-01-01", amount=5)
    world.sale(one, "2025-01-02", amount=5, currency="USD")
    with world.reader() as session:
        assert purchases(session, NOW).money.tolist() == [0, 0]


def test_an_empty_store_has_none_of_it(world):
    with world.reader() as session:
        assert subjects(session, NOW) == []
        assert len(purchases(session, NOW).day) == 0
    assert on(world, date(2026, 1, 1)) == {}
