"""Churn: who was there, who left, and how sure the share is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from storage.known.contracts import Contract
from storage.known.customers import Customer, Order, customers
from storage.metrics.churn import (
    ENOUGH_EVENTS,
    lives,
    quiet_events,
    rate,
    rate_by,
    standings,
    wilson,
)
from tests.storage.world import World

TODAY = date(2026, 3, 20)
START, END = date(2025, 3, 20), date(2026, 3, 21)


def ago(days):
    return TODAY - timedelta(days=days)


def customer(name, *orders, **facts):
    """A customer that ordered so many days ago, each time for 100 EUR."""
    made = tuple(Order(ago(days), Decimal(100), "EUR") for days in sorted(orders, reverse=True))
    return Customer(name, frozenset({("erp", name)}), orders=made, **facts)


def regular(name, last=5, every=20, first=900):
    return customer(name, *range(last, first, every))


def leavings(one):
    return list(lives([one], TODAY)[0].leavings)


def stand(everyone):
    return standings(lives(everyone, TODAY), TODAY)


def signed(name, *contracts):
    return customer(name, contracts=contracts)


@given(st.integers(1, 500), st.data())
def test_the_interval_is_wilsons_as_scipy_computes_it(n, data):
    lost = data.draw(st.integers(0, n))
    low, high = wilson(lost, n)
    judge = binomtest(lost, n).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((judge.low, judge.high), abs=1e-12)


def test_a_share_of_nothing_has_no_interval_and_no_rate():
    assert wilson(0, 0) is None
    found = rate(lives([customer("New", 30)], TODAY), START, END)
    assert (found.at_start, found.rate, found.low) == (0, None, None)


def test_the_rate_is_of_those_who_were_there_at_the_start():
    everyone = [
        regular("Stays"),
        regular("Leaves", last=300),
        regular("Left before", last=600),
        customer("New and gone", 300),
        customer("New", 10),
    ]
    found = rate(lives(everyone, TODAY), START, END)
    assert (found.at_start, found.lost, found.returned) == (2, 1, 0)
    assert found.rate == 0.5


def test_one_who_left_and_came_back_is_lost_and_returned():
    back = customer("Back", *range(700, 300, -20), 5)
    found = rate(lives([back], TODAY), START, END)
    assert (found.at_start, found.lost, found.returned) == (1, 1, 1)


def test_one_who_had_come_back_by_the_start_is_a_customer_again():
    back = customer("Back", 900, 880, 500, 480, 460, 440, 420, 400, 380, 300, 200, 100, 5)
    assert [left.back_on for left in leavings(back)] == [ago(500)]
    assert rate(lives([back], TODAY), START, END).at_start == 1


def test_a_window_ends_before_its_end():
    leaves = regular("Leaves", last=300)
    (left,) = leavings(leaves)
    assert rate(lives([leaves], TODAY), START, left.on).lost == 0
    assert rate(lives([leaves], TODAY), START, left.on + timedelta(days=1)).lost == 1


def test_a_customer_with_a_contract_leaves_when_its_last_one_ends():
    ended = signed("Ended", Contract(ago(800), churned_on=ago(100)))
    runs = signed("Runs", Contract(ago(800)))
    two = signed("Two", Contract(ago(800), churned_on=ago(100)), Contract(ago(500)))
    late = signed("Late", Contract(ago(800), churned_on=ago(100)), Contract(ago(70)))
    gone = signed("Gone", Contract(ago(800), churned_on=ago(100)), Contract(ago(69)))
    found = rate(lives([ended, runs, two, late, gone], TODAY), START, END)
    assert (found.at_start, found.lost, found.returned) == (5, 2, 1)
    assert [left.on for left in leavings(ended)] == [ago(100)]
    assert leavings(two) == leavings(late) == []


def test_a_contract_past_its_end_has_ended_unless_it_renews_itself():
    ended = signed("Ended", Contract(ago(800), ends_on=ago(10)))
    renewed = signed("Renewed", Contract(ago(800), ends_on=ago(10), auto_renew=True))
    today = signed("Today", Contract(ago(800), ends_on=TODAY))
    assert [left.on for left in leavings(ended)] == [ago(10)]
    assert leavings(renewed) == leavings(today) == []


def test_a_customer_under_contract_does_not_leave_by_falling_quiet():
    quiet = customer("Quiet", 700, 650, contracts=(Contract(ago(800)),))
    assert leavings(quiet) == []
    assert quiet_events(lives([quiet, customer("Once", 700)], TODAY)) == 1


def test_rates_by_segment_add_up():
    parts = [("retail", 300), ("retail", 5), ("food", 300), (None, 5)]
    everyone = [
        customer(f"c{at}", *range(last, 900, 20), segment=segment)
        for at, (segment, last) in enumerate(parts)
    ]
    found = rate_by(lives(everyone, TODAY), START, END, "segment")
    assert {value: (one.lost, one.at_start) for value, one in found.items()} == {
        "retail": (1, 2), "food": (1, 1), None: (0, 1),
    }  # fmt: skip


def test_under_fifty_leavings_nobody_gets_a_percentage():
    leavers = [customer(f"gone {at}", 700) for at in range(ENOUGH_EVENTS - 1)]
    living = [regular(f"living {at}") for at in range(20)]
    assert {one.risk for one in stand([*leavers, *living])} == {None}
    found = stand([*leavers, customer("one more", 700), *living])
    assert all(one.risk is not None for one in found if one.left_on is None)
    assert all(one.risk is None for one in found if one.left_on)


def test_the_quieter_is_the_riskier():
    crowd = [customer(f"once {at}", 700 - at) for at in range(60)]
    crowd += [regular(f"living {at}", last=1 + at % 30, every=15 + at) for at in range(40)]
    crowd += [regular(f"left {at}", last=300 + at) for at in range(20)]
    found = stand([*crowd, regular("fresh", 1), regular("quiet", 40)])
    risk = {one.customer.name: one.risk for one in found}
    assert risk["quiet"] > risk["fresh"] > 0
    listed = [one.risk for one in found if one.left_on is None]
    assert listed == sorted(listed, reverse=True)


def test_one_quiet_beyond_all_experience_is_not_hidden_at_the_end():
    crowd = [customer(f"once {at}", 700 - at) for at in range(60)]
    crowd += [regular(f"living {at}", last=1 + at) for at in range(12)]
    found = stand([*crowd, regular("quiet", 170)])
    assert (found[0].customer.name, found[0].risk) == ("quiet", None)


def test_signals_order_those_without_a_percentage():
    two = customer("Two", *range(40, 900, 20), overdue=(ago(30),))
    one = regular("One", last=60)
    longer = regular("One, longer", last=90)
    owed = customer("Owed", *range(100, 900, 20), late=(ago(10),))
    left = customer("Left", 700)
    found = stand([left, owed, one, longer, two])
    assert [s.customer.name for s in found] == ["Two", "One, longer", "One", "Owed", "Left"]
    assert [s.counted for s in found] == [2, 1, 1, 0, 0]


def test_revenue_is_of_a_year_and_never_summed_over_currencies():
    acme = Customer(
        "Acme", frozenset({("erp", "1")}),
        orders=(
            Order(ago(365), Decimal(1), "EUR"), Order(ago(364), Decimal(20), "EUR"),
            Order(ago(3), Decimal(300), "USD"), Order(ago(2), Decimal(4), "EUR"),
        ),
    )  # fmt: skip
    (one,) = stand([acme])
    assert one.revenue == {"EUR": Decimal(24), "USD": Decimal(300)}


def test_an_unknown_amount_makes_the_revenue_unknown():
    acme = Customer("Acme", frozenset({("erp", "1")}), orders=(Order(ago(3), None, "EUR"),))
    signed_only = signed("Signed", Contract(ago(10)))
    assert [one.revenue for one in stand([acme, signed_only])] == [None, None]


NOW = datetime(2025, 7, 1, 15, tzinfo=UTC)
FUTURE = st.integers(0, 800 * 86_400).map(lambda seconds: NOW + timedelta(seconds=seconds))


def everything(world):
    with world.reader() as session:
        found = customers(session, NOW, NOW.astimezone(world.zone).date())
    today = NOW.astimezone(world.zone).date()
    every = lives(found, today)
    return standings(every, today), rate(every, date(2024, 7, 1), today)


def past(world):
    """A customer of each kind, all before NOW; gives what later facts can refer to."""
    acme, kestrel = world.customer("Acme"), world.customer("Kestrel")
    account = world.account("Acme")
    day = date(2023, 1, 2)
    while day < date(2025, 6, 1):
        world.sale(kestrel, day, shipped=day)
        day += timedelta(days=20)
    line = world.sale(acme, "2025-06-01", promised="2025-06-20")
    contract = world.contract(account, "2023-01-01", renewal="2025-08-01", notice_days=14)
    bill = {"amount": 10, "due": "2025-05-01"}
    world.invoice(kestrel, "2025-04-01", **bill)
    world.ticket(account, "2025-06-10")
    return acme, kestrel, account, line, contract


def future(world, kind, known, at):
    acme, kestrel, account, line, contract = known
    match kind:
        case "order":
            world.sale(kestrel, at, promised=at)
        case "shipment":
            world.ship(line, at)
        case "ticket":
            world.ticket(account, at)
        case "survey":
            world.survey(account, at, 0)
        case "invoice":
            world.invoice(acme, at, due="2025-01-01")
        case "contract":
            world.contract(account, at.date(), seen=at)
        case "renewal":
            world.change("contract", contract, "renewal_on", "2025-07-05", at, source=world.crm)
        case "promise":
            world.change("salesline", line, "promised_on", "2026-01-01", at)


KINDS = ("order", "shipment", "ticket", "survey", "invoice", "contract", "renewal", "promise")


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(KINDS), FUTURE), min_size=1, max_size=8))
def test_facts_after_now_change_nothing(tmp_path_factory, later):
    world = World(tmp_path_factory.mktemp("world"))
    known = past(world)
    before = everything(world)
    for kind, at in later:
        future(world, kind, known, at)
    assert everything(world) == before
    world.store.close()


@pytest.mark.slow
def test_the_same_facts_before_now_do_change_it(tmp_path):
    """The property above would hold for an answer that never changes."""
    at = datetime(2025, 6, 25, tzinfo=UTC)
    for kind in ("order", "shipment", "ticket", "survey", "invoice", "renewal"):
        (tmp_path / kind).mkdir()
        world = World(tmp_path / kind)
        known = past(world)
        before = everything(world)
        future(world, kind, known, at)
        assert everything(world) != before, kind
