from datetime import UTC, date, datetime, timedelta

import pytest

from storage.forecasts._churn_judge import judged
from storage.forecasts._statement import Issued
from storage.forecasts.churn import MODEL
from tests.storage.world import BERLIN, World

TOLD, BY = date(2025, 6, 1), date(2025, 8, 30)
NOW = datetime(2025, 9, 2, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def verdict(world, ref, source=None, *, now=NOW):
    """What is judged of one who was told to leave; "open" where nothing is yet."""
    one = Issued(
        "churn", f"customer:{source or world.crm}/{ref}", "leaves", 0.3, BY, id=7, version=2,
        issued_at=datetime(2025, 6, 1, 9, tzinfo=UTC), issued_on=TOLD,
    )  # fmt: skip
    with world.reader() as session:
        return judged(session, [one], now, BERLIN).get(7, "open")


def test_the_model_judges_so():
    assert MODEL.judge is judged


@pytest.mark.parametrize(("ended", "held"), [
    ("2025-08-30", True), ("2025-07-01", True), ("2025-08-31", False), (None, False),
])  # fmt: skip
def test_with_a_contract_it_left_if_none_was_in_force_on_the_day(world, ended, held):
    account = world.account("Acme")
    world.contract(account, "2024-01-01", churned=ended)
    assert verdict(world, account) is held


def test_who_signed_anew_by_then_did_not_leave(world):
    account = world.account("Acme")
    world.contract(account, "2024-01-01", churned="2025-07-01")
    world.contract(account, "2025-08-01")
    assert verdict(world, account) is False


@pytest.mark.parametrize(("ordered", "held"), [
    ("2025-06-01", True), ("2025-06-02", False), ("2025-08-30", False), ("2025-08-31", True),
])  # fmt: skip
def test_without_a_contract_it_left_if_it_ordered_nothing(world, ordered, held):
    party = world.customer("Brass")
    world.sale(party, "2025-01-01")
    world.sale(party, ordered)
    assert verdict(world, party, world.erp) is held


def test_an_order_that_was_called_off_is_none(world):
    party = world.customer("Brass")
    world.sale(party, "2025-01-01")
    world.sale(party, "2025-07-01", cancelled="2025-07-03")
    assert verdict(world, party, world.erp) is True


def test_a_buyer_who_signed_later_is_judged_by_its_orders(world):
    party, account = world.customer("Brass"), world.account("Brass")
    world.link(party, account)
    world.sale(party, "2025-01-01")
    world.contract(account, "2025-07-01")
    assert verdict(world, party, world.erp) is True


def test_nothing_is_decided_before_the_day_is_over(world):
    account = world.account("Acme")
    world.contract(account, "2024-01-01", churned="2025-07-01")
    for day in (NOW - timedelta(days=40), datetime(2025, 8, 30, 12, tzinfo=UTC)):
        assert verdict(world, account, now=day) == "open"


def test_of_who_is_not_there_any_more_it_is_never_known(world):
    assert verdict(world, "nobody") is None
