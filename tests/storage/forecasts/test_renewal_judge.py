from datetime import UTC, date, datetime, timedelta

import pytest

from storage.forecasts._renewal_judge import judged
from storage.forecasts._statement import Issued
from storage.forecasts.renewal import MODEL
from tests.storage.world import BERLIN, World

DUE = date(2025, 7, 1)
BY = DUE + timedelta(days=30)
NOW = datetime(2025, 8, 5, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def verdict(world, account, *, now=NOW, by=BY):
    one = Issued(
        "renewal", f"customer:{world.crm}/{account}", "renews", 0.8, by, id=7, version=1,
        issued_at=datetime(2025, 6, 1, 9, tzinfo=UTC), issued_on=date(2025, 6, 1),
    )  # fmt: skip
    with world.reader() as session:
        return judged(session, [one], now, BERLIN).get(7, "open")


def signed(world, account, *, churned=None, renewed=False, **more):
    made = world.contract(account, "2024-07-01", ends=DUE, churned=churned, **more)
    if renewed:
        seen = datetime(2025, 6, 20, tzinfo=UTC)
        world.overwrite("contract", made, "ends_on", date(2026, 7, 1), seen)


def test_the_model_judges_so():
    assert MODEL.judge is judged


@pytest.mark.parametrize(("how", "held"), [
    ({"renewed": True}, True), ({"churned": DUE}, False), ({}, False), ({"auto_renew": True}, True),
])  # fmt: skip
def test_it_held_if_the_contract_was_renewed(world, how, held):
    account = world.account("Acme")
    signed(world, account, **how)
    assert verdict(world, account) is held


def test_of_several_contracts_every_one_must_be_renewed(world):
    account = world.account("Acme")
    signed(world, account, renewed=True)
    signed(world, account, churned=DUE)
    assert verdict(world, account) is False


def test_nothing_is_decided_before_the_grace_is_over(world):
    account = world.account("Acme")
    signed(world, account, churned=DUE)
    assert verdict(world, account, now=NOW - timedelta(days=6)) == "open"


def test_what_was_not_due_then_after_all_is_never_known(world):
    account = world.account("Acme")
    signed(world, account)
    assert verdict(world, account, by=BY - timedelta(days=20)) is None
    assert verdict(world, "nobody") is None
