from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.known.goods import Tells, came, tells, took, went
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = date(2025, 1, 1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_receipts_have_the_item_of_their_line_and_the_day_of_use_once_it_is_known(world):
    coil, hall = world.item("Coil"), world.site("Hall")
    line = world.purchase(None, coil, "2026-01-01", qty=9, site=hall)
    for day, qty, usable in (("2026-02-01", 9, "2026-02-03"), ("2026-02-05", -2, None),
                             ("2026-02-27", 2, "2026-03-02"), ("2026-03-09", 1, None),
                             ("2024-12-31", 1, None)):  # fmt: skip
        world.fact("receipt", line_ref=line, qty=qty, doc="IN/1", **world.when("received", day),
                   **world.when("available", usable))  # fmt: skip
    with world.reader() as session:
        found = list(came(session, NOW, FIRST))
        assert tells(session, NOW) == Tells(available=frozenset({world.erp}))
        assert tells(session, datetime(2026, 2, 2, tzinfo=UTC)) == Tells()
    assert [(one.qty, one.available_on) for one in found] == [
        (9, date(2026, 2, 3)), (-2, None), (2, None),
    ]  # fmt: skip
    assert {(one.item[1], one.site, one.doc[1]) for one in found} == {(coil, "Hall", "IN/1")}


def test_what_was_used_and_sent_is_known_the_day_after(world):
    desk, coil = world.item("Desk"), world.item("Coil")
    make = world.make(desk, released="2026-02-01")
    world.consume(make, coil, "2026-02-02", qty=Decimal("2.5"))
    world.consume(make, coil, "2026-03-01", qty=3)
    line = world.sale(None, "2026-02-01", item=desk, qty=4)
    world.ship(line, "2026-02-10", qty=3, delivered="2026-02-12")
    world.ship(line, "2026-02-20", qty=-1)
    world.ship(line, "2026-03-05", qty=1)
    service = world.item("Assembly", is_service=True)
    world.sale(None, "2026-02-01", item=service, shipped="2026-02-10")
    with world.reader() as session:
        (used,) = took(session, NOW, FIRST)
        sent = list(went(session, NOW, FIRST))
        assert tells(session, NOW).delivered == {world.erp}
    assert (used.make[1], used.item[1], used.qty) == (make, coil, Decimal("2.5"))
    assert [(one.item[1], one.qty, one.delivered_on) for one in sent] == [
        (desk, 3, date(2026, 2, 12)), (desk, -1, None),
    ]  # fmt: skip
