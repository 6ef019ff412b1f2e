"""What came after deliveries, by how late they were; against a count of one order after another."""

import random
from datetime import timedelta

import pytest

from storage.known import columns
from storage.known.cases import cases
from storage.known.complaints import heard
from storage.known.customers import identities
from storage.known.voices import voices
from storage.metrics._felt import ENDS, felt
from storage.metrics.after_delivery import BANDS, after
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World

TODAY = NOW.date()


def ago(days):
    return TODAY - timedelta(days=days)


def looked(world, since=2_000, until=0):
    with world.reader() as session:
        who = identities(session)
        found = felt(
            columns.sales(session, NOW, zone=BERLIN), who, voices(session, NOW, who),
            cases(session, NOW, who), heard(session, who), TODAY.toordinal(),
        )  # fmt: skip
    span = ago(since).toordinal(), ago(until).toordinal()
    return after(found, span, TODAY.toordinal())


def pairs(outcome):
    return [(one.hits, one.n) for one in outcome.by_band]


def known(world, name):
    party, account = world.customer(name), world.account(name)
    world.link(party, account)
    return party, account


def test_each_order_stands_in_the_band_of_its_latest_line(tmp_path):
    world = World(tmp_path)
    for number, late in enumerate((-9, -5, -4, 0, 1, 3, 4, 7, 8, None)):
        party, account = known(world, f"C{number}")
        sent = None if late is None else ago(300 - late)
        line = world.sale(party, ago(330), promised=ago(300), shipped=sent)
        world.sales_line(line.replace("line", "order"), promised=ago(320))  # of no order
        world.survey(account, ago(285), 2 if number % 2 else 9)
    found = looked(world)
    assert pairs(found.bad) == [(1, 2), (1, 2), (1, 2), (1, 2), (0, 1), (1, 1)]
    assert (found.bad.in_time.n, found.bad.late.n, found.orders, found.customers) == (4, 5, 10, 10)


def test_an_order_is_as_late_as_its_latest_line_and_one_called_off_in_time_is_none(tmp_path):
    world = World(tmp_path)
    party, _ = known(world, "C")
    order = world.fact("salesorder", number="S", customer_ref=party,
                       **world.when("ordered", ago(330)))  # fmt: skip
    for day, sent, off in ((300, 300, None), (300, 295, None), (300, None, 310)):
        gone = {} if off is None else world.when("cancelled", ago(off))
        line = world.sales_line(order, promised=ago(day), **gone)
        if sent:
            world.ship(line, ago(sent))
    assert pairs(looked(world).tickets) == [(0, 0), (0, 0), (0, 0), (0, 1), (0, 0), (0, 0)]
    off = world.customer("Off")
    world.sale(off, ago(330), promised=ago(300), cancelled=ago(300))
    world.sale(off, ago(330), promised=ago(200), cancelled=ago(150))
    assert looked(world).orders == 2
    assert pairs(looked(world).lost)[-1] == (0, 0)  # its days after are not over


def test_what_has_its_days_still_to_come_is_not_told(tmp_path):
    world = World(tmp_path)
    party, account = known(world, "C")
    world.sale(party, ago(40), promised=ago(30), shipped=ago(30))
    world.sale(party, ago(400), promised=ago(-5))
    world.survey(account, ago(20), 1)
    found = looked(world)
    assert (found.orders, found.bad.n, found.tickets.n, found.lost.n) == (0, 0, 0, 0)


def test_nobody_who_could_not_call_counts_as_content(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Unknown to the CRM"), ago(100), promised=ago(90), shipped=ago(90))
    found = looked(world)
    assert (found.orders, found.tickets.n) == (1, 0)


def told(world_lines, answers, tickets):
    """The same, order by order: (since, band) of each, then what came of it."""
    bad = [[0, 0] for _ in BANDS]
    rung, lost = [[0, 0] for _ in BANDS], [[0, 0] for _ in BANDS]
    for name, day, score in answers:
        mine = [one for one in world_lines if one[0] == name and day >= one[2]]
        last = max(mine, key=lambda one: (one[2], one[3]), default=None)
        if last and (day - last[2]).days <= 30 < (TODAY - last[2]).days:
            bad[last[3]][0] += score <= 6
            bad[last[3]][1] += 1
    for name, _, since, band in world_lines:
        if (TODAY - since).days > 30:
            rung[band][0] += any(
                who == name and 0 <= (day - since).days <= 30 for who, day in tickets
            )
            rung[band][1] += 1
        if (TODAY - since).days > 273:
            lost[band][0] += not any(
                who == name and 1 <= (day - since).days <= 273 for who, day, _, _ in world_lines
            )
            lost[band][1] += 1
    return [[tuple(pair) for pair in one] for one in (bad, rung, lost)]


@pytest.mark.parametrize("seed", range(2))
def test_many_orders_are_counted_as_one_would_by_hand(tmp_path, seed):
    draw, world = random.Random(seed), World(tmp_path)
    made, answers, tickets = [], [], []
    for number in range(12):
        party, account = known(world, f"C{number}")
        for _ in range(draw.randrange(1, 12)):
            ordered = ago(draw.randrange(60, 900))
            day = ordered + timedelta(draw.randrange(5, 20))
            late = draw.choice((None, -6, -2, 0, 2, 5, 9))
            sent = None if late is None else max(ordered, day + timedelta(late))
            sent = None if sent and sent >= TODAY else sent
            world.sale(party, ordered, promised=day, shipped=sent)
            band = len(BANDS) - 1 if sent is None else sum((sent - day).days > e for e in ENDS)
            made.append((number, ordered, day if sent is None else min(day, sent), band))
        for _ in range(draw.randrange(9)):
            answers.append((number, ago(draw.randrange(1, 900)), draw.randrange(11)))
            world.survey(account, *answers[-1][1:])
            tickets.append((number, ago(draw.randrange(1, 900))))
            world.ticket(account, tickets[-1][1])
    found = looked(world)
    judge = told(made, answers, tickets)
    assert [pairs(one) for one in (found.bad, found.tickets, found.lost)] == judge


def test_an_empty_store_has_nothing(tmp_path):
    found = looked(World(tmp_path))
    assert (found.orders, found.bad.n, found.lost.late.rate) == (0, 0, None)
