from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts._order_eta_facts import facts
from tests.storage.forecasts.company import CARRIED, DOCKED, NOW, TODAY, Company
from tests.storage.world import World

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return Company(tmp_path_factory.mktemp("company"), days=90)


def read(world):
    with world.reader() as session:
        return facts(session, NOW, ZONE)


def days(orders):
    done = orders.end > 0
    return orders.end[done] - orders.start[done]


def test_each_stage_is_read_with_what_is_still_under_way(company):
    found = read(company.world)
    assert set(days(found.docked)) == set(DOCKED)
    assert set(days(found.carried)) == set(CARRIED)
    assert 3 <= np.median(days(found.made)) <= 7
    assert (found.carried.end == 0).any()
    assert found.docked.names["site"] == ["", "HQ"]
    assert found.carried.names["lane"] == ["", "DE → HQ"]


def test_goods_for_customers_were_there_when_what_was_reserved_for_them_was_made(company):
    waits = read(company.world).waits
    sent = waits.sent > 0
    assert sent.sum() > 20
    assert (waits.sent[sent] >= waits.reserved[sent]).all()
    known = sent & (waits.stocked > 0)  # first come, first served: about as good without pegs
    assert abs((waits.stocked - waits.reserved)[known].mean()) < 2
    reserved = waits.reserved > 0
    assert (waits.seen[reserved] < waits.reserved[reserved]).all()


def test_a_store_of_nothing_has_no_facts(tmp_path):
    found = read(World(tmp_path))
    assert not len(found.docked)
    assert not len(found.made)
    assert not len(found.carried)
    assert not len(found.waits)
    assert not len(found.whole)
    assert not found.together(TODAY.toordinal())


def test_lines_of_an_order_wait_for_the_last_where_orders_leave_whole(tmp_path):
    world = World(tmp_path)
    acme, desk = world.customer("Acme"), world.item("Desk")
    for ago in range(40, 80):
        order = world.fact("salesorder", number="S", customer_ref=acme,
                           **world.when("ordered", TODAY - timedelta(days=ago)))  # fmt: skip
        for later in (9, 4):
            made = TODAY - timedelta(days=ago - later)
            make = world.make(desk, started=made, finished=made)
            line = world.sales_line(order, item=desk)
            world.peg("salesline", line, "makeorder", make, 1)
            world.ship(line, TODAY - timedelta(days=ago - 10))
    found, day = read(world), TODAY.toordinal()
    assert found.together(day)
    whole = found.picked(day)
    assert (whole.sent - whole.ready(day) == 1).all()
    assert set(found.waits.sent - found.waits.ready(day)) == {1, 6}
    # the first left 69 days ago and the twentieth 50 days ago: before that too few had to tell
    assert found.together(day - 49)
    assert not found.together(day - 50)
    assert found.picked(day - 50) is found.waits


def test_what_ended_before_it_began_is_left_out(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    world.make(desk, started=date(2026, 2, 10), finished=date(2026, 2, 1))
    world.make(desk, started=date(2026, 2, 10), finished=date(2026, 2, 12))
    assert len(read(world).made) == 1
