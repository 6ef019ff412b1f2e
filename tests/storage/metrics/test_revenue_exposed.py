from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from storage.known.chain import chain
from storage.known.customers import customers
from storage.known.purchases import purchase_lines
from storage.known.rates import Rates
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import trace
from storage.metrics.churn import lives, standings
from storage.metrics.expected_arrival import LeadTimes
from storage.metrics.revenue_exposed import exposure
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


def day(ago):
    return TODAY - timedelta(days=ago)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    steel, world.coil = world.supplier("Steel"), world.item("Coil")
    for ago in range(31, 200, 2):
        world.purchase(steel, world.item("Other"), day(ago), received=day(ago - 30))
    world.steel = steel
    return world


def exposed(world, home="EUR", rates=(), **how):
    with world.reader() as session:
        known = chain(session, NOW)
        arrivals = Arrivals(known, trace(known), LeadTimes(purchase_lines(session, NOW), TODAY), {})
        standing = standings(lives(customers(session, NOW, TODAY), TODAY), TODAY)
    return exposure(
        standing, list(known.sales.values()), arrivals, Rates(home, rates), TODAY, **how
    )


def customer(world, name, *, signal=True, paid=1_000):
    """A customer with an account, some revenue of the last year, and perhaps an old ticket."""
    party = world.customer(name)
    account = world.account(name)
    world.link(party, account)
    world.sale(party, day(100), amount=paid, shipped=day(90))
    world.sale(party, day(500), amount=77_000, shipped=day(490))
    if signal:
        world.ticket(account, day(40))
    return party


def test_a_customer_with_a_late_line_and_a_signal_is_exposed_with_its_years_revenue(world):
    acme = customer(world, "Acme")
    world.sale(acme, day(30), amount=400, item=world.coil, promised=day(5))
    found = exposed(world)
    (one,) = found.exposed
    assert one.standing.customer.name == "Acme"
    assert found.revenue.single == (Decimal(1_400), "EUR")
    assert found.lines_value.single == (Decimal(400), "EUR")
    assert one.lines[0].days_late == 5


def test_each_customer_counts_once_however_many_lines_wait(world):
    acme = customer(world, "Acme")
    for ago in (4, 9):
        world.sale(acme, day(30), amount=100, item=world.coil, promised=day(ago))
    found = exposed(world)
    assert len(found.exposed) == 1
    assert len(found.exposed[0].lines) == 2
    assert found.revenue.single == (Decimal(1_200), "EUR")


@pytest.mark.slow
def test_without_a_signal_a_customer_only_waits(world):
    acme = customer(world, "Acme", signal=False)
    world.sale(acme, day(30), item=world.coil, promised=day(5))
    found = exposed(world)
    assert found.exposed == ()
    assert [one.standing.customer.name for one in found.only_waiting] == ["Acme"]
    assert found.revenue.by_currency == {}


def test_a_line_that_will_more_likely_than_not_miss_its_date_counts_before_it_is_late(world):
    soon, later = customer(world, "Soon"), customer(world, "Later")
    world.purchase(world.steel, world.coil, day(2), qty=2)
    # the purchase comes in 28 days: too late for one, in time for the other
    world.sale(soon, day(1), item=world.coil, promised=day(-10))
    world.sale(later, day(1), item=world.coil, promised=day(-60))
    found = exposed(world)
    assert [one.standing.customer.name for one in found.exposed] == ["Soon"]
    (line,) = found.exposed[0].lines
    assert (line.is_late, line.chance) == (False, 1.0)
    assert found.untraced == 0


def test_what_cannot_be_traced_is_counted_and_not_taken_for_good(world):
    acme = customer(world, "Acme")
    world.sale(acme, day(1), item=world.item("Rare"), promised=day(-10))
    world.sale(acme, day(1), item=world.item("Odd"))
    found = exposed(world)
    assert found.exposed == ()
    assert (found.open_lines, found.untraced, found.undated) == (1, 1, 1)


def test_small_lines_can_be_left_out_and_money_is_never_mixed(world):
    acme, bolt = customer(world, "Acme"), customer(world, "Bolt")
    world.sale(acme, day(30), amount=10, item=world.coil, promised=day(5))
    world.sale(bolt, day(30), amount=500, item=world.coil, promised=day(5), currency="USD")
    assert [one.standing.customer.name for one in exposed(world, least=Decimal(50)).exposed] == [
        "Bolt"
    ]
    found = exposed(world)
    assert found.revenue.single is None
    assert found.revenue.by_currency == {"EUR": 2_010, "USD": 500}


def test_the_most_revenue_comes_first(world):
    for name, paid in (("Small", 100), ("Big", 9_000), ("Middle", 3_000)):
        party = customer(world, name, paid=paid)
        world.sale(party, day(30), amount=1, item=world.coil, promised=day(5))
    assert [one.standing.customer.name for one in exposed(world).exposed] == [
        "Big", "Middle", "Small",
    ]  # fmt: skip


def in_dollars(world, name, paid, owed):
    """A customer that pays in dollars and waits for a line of them."""
    party = customer(world, name, paid=0)
    world.sale(party, day(100), amount=paid, shipped=day(90), currency="USD")
    world.sale(party, day(30), amount=owed, item=world.coil, promised=day(5), currency="USD")


def names(found):
    return [one.standing.customer.name for one in found.exposed]


def test_revenue_is_ranked_within_one_currency(world):
    both = customer(world, "Both", paid=50_000)
    world.sale(both, day(30), amount=9, item=world.coil, promised=day(5), currency="USD")
    for name, paid in (("Small", 100), ("Big", 2_000)):
        party = customer(world, name, paid=paid)
        world.sale(party, day(30), amount=1, item=world.coil, promised=day(5))
    in_dollars(world, "Dollar", 9_000, 1)
    assert names(exposed(world)) == ["Big", "Small", "Dollar", "Both"]
    assert names(exposed(world, into="USD")) == ["Dollar", "Big", "Small", "Both"]
    rates = [("USD", day(900), Decimal("0.1"))]
    assert names(exposed(world, rates=rates)) == ["Both", "Big", "Dollar", "Small"]


def test_the_least_value_is_compared_in_one_currency(world):
    in_dollars(world, "Dollar", 1_000, 60)
    acme = customer(world, "Acme")
    world.sale(acme, day(30), amount=40, item=world.coil, promised=day(5))
    assert names(exposed(world, least=Decimal(70))) == ["Dollar"]
    rates = [("USD", day(900), Decimal("0.5"))]
    assert names(exposed(world, rates=rates, least=Decimal(35))) == ["Acme"]
    assert names(exposed(world, rates=rates, least=Decimal(60), into="USD")) == ["Acme", "Dollar"]
    assert names(exposed(world, home="", least=Decimal(50))) == ["Dollar"]
