"""Customers of all kinds in a world, for the tests of commands that are about customers."""

from datetime import timedelta
from decimal import Decimal

from tests.commands.dialogue import NOW, synced

TODAY = NOW.date()


def ago(days):
    return TODAY - timedelta(days=days)


def ahead(days):
    return TODAY + timedelta(days=days)


def orders(world, customer, *, last=5, every=20, first=900, amount=100, **more):
    """Orders every so many days, shipped at once, the last so many days ago."""
    for days in range(last, first, every):
        world.sale(customer, ago(days), shipped=ago(days), amount=amount, **more)


def company(world):
    """Twelve customers: Nordwind (a contract, quiet, a detractor), Kestrel (waits for us), Gone,
    and nine alike."""
    nordwind = world.customer("Nordwind Retail", number="C-1", country="DE", owner="Ines Vogt")
    orders(world, nordwind, last=74)
    account = world.account("Nordwind Retail", segment="retail", country="DE", owner="Ines Vogt")
    world.contract(
        account, ago(1100), ends=ahead(70), notice_days=30, mrr=Decimal(1000), currency="EUR",
        auto_renew=True,
    )  # fmt: skip
    world.survey(account, ago(20), 3, comment="always late")
    world.ticket(account, ago(15), subject="Where is it?", priority="high")
    world.ticket(account, ago(80), closed=ago(78), subject="Scratched")
    world.touch(account, ago(10), kind="call")
    world.contact(account, "buyer@nordwind.example", may_contact=True)
    world.contact(account, "no@nordwind.example", may_contact=False)
    kestrel = world.customer("Kestrel Foods", number="C-2")
    orders(world, kestrel, last=40, amount=300)
    world.sale(kestrel, ago(30), promised=ago(9))
    world.account("Kestrel Foods", segment="food")
    orders(world, world.customer("Gone Ltd"), last=400)
    for number in range(9):
        other = world.customer(f"Other {number}")
        orders(world, other, last=number + 1, every=15 + number, amount=50 + 10 * number)
        same = world.account(f"Other {number}", segment="food")
        world.survey(same, ago(30 + number), 10 - number % 3)
        world.survey(same, ago(40 + number), 4 + number % 2, kind="csat", scale=5)
        world.survey(same, ago(50 + number), 3 + number % 4, kind="ces", scale=7)
        world.ticket(same, ago(20 + number), closed=ago(17 + number), subject="Invoice question")
    synced(world)
    return world
