from datetime import date, timedelta
from decimal import Decimal

import pytest

from storage.forecasts._renewal_facts import outcomes, upcoming
from storage.known.contracts import Contract, Was
from storage.known.customers import Customer

DAY = date(2025, 6, 1)
END = DAY + timedelta(days=91)


def customer(*contracts, name="1"):
    return Customer("Acme", frozenset({("crm", name)}), contracts=contracts)


def contract(due, *, starts=date(2023, 1, 1), **more):
    return Contract(starts, ends_on=due, mrr=Decimal(10), **more)


def found(*contracts):
    return list(upcoming([customer(*contracts)], DAY, END))


@pytest.mark.parametrize(("one", "is_so"), [
    (contract(DAY), True), (contract(END), False), (contract(DAY - timedelta(days=1)), False),
    (contract(END, notice_days=30), True), (contract(DAY, notice_days=30), False),
    (contract(END - timedelta(days=9), churned_on=DAY), False),
    (contract(END - timedelta(days=9), starts=END), False),
])  # fmt: skip
def test_what_must_be_decided_on_in_time_is_upcoming(one, is_so):
    assert bool(found(one)) is is_so


def test_what_is_known_of_the_contract_stands_for_that_of_all_of_the_customer():
    due = DAY + timedelta(days=40)
    one, two = found(
        contract(due, notice_days=10, auto_renew=True), contract(due, starts=date(2025, 1, 1))
    )
    assert one.decide_by == due - timedelta(days=10)
    assert (one.known["days to renewal"], one.known["renews itself"]) == (40, True)
    assert (one.known["contracts"], one.known["revenue of the contract"]) == (2, 10.0)
    assert two.known["days of the contract"] == 151
    assert two.known["days of notice"] is None
    assert one.name != two.name


def test_outcomes_are_those_that_must_be_decided_by_the_day():
    lost = customer(contract(DAY, churned_on=DAY), name="lost")
    kept = customer(
        contract(DAY + timedelta(days=365), was=(Was(DAY - timedelta(days=9), DAY, None),)),
        name="kept",
    )
    some = {one.key: one for one in (lost, kept)}
    late = DAY + timedelta(days=31)
    came = outcomes(lambda _: some, late)
    assert {name[0][1]: is_renewed for name, is_renewed in came.items()} == {
        "lost": False, "kept": True,
    }  # fmt: skip
    assert outcomes(lambda _: some, DAY + timedelta(days=30)) == {}


def test_a_contract_is_found_again_in_how_it_turned_out():
    due = DAY + timedelta(days=20)
    (before,) = upcoming([customer(contract(due, number="C1"))], DAY, END)
    after = customer(contract(due, number="C1", churned_on=due))
    day = due + timedelta(days=31)
    assert outcomes(lambda _: {after.key: after}, day - timedelta(days=1)) == {}
    assert outcomes(lambda _: {after.key: after}, day) == {before.name: False}
