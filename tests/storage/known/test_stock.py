from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.known.invoices import invoices
from storage.known.names import names
from storage.known.stock import stocks
from storage.known.stock_changes import changes
from storage.known.uses import moved_days, uses
from tests.storage.world import BERLIN, World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.places("North", "South")
    return world


def known(world, now=NOW):
    with world.reader() as session:
        return stocks(session, now, BERLIN)


def on_hand(world, now=NOW):
    return {one.site and one.site.name: one.on_hand for one in known(world, now)}


def test_the_newest_level_with_the_moves_since_is_what_is_on_hand(world):
    bolt = world.item("Bolt")
    world.level(bolt, 90, site="North/stock", as_of=NOW - 9 * DAY)
    world.level(bolt, 50, site="North/stock", as_of=NOW - 2 * DAY)
    world.move(bolt, "supplier", "North/stock", NOW - 3 * DAY, qty=1000)
    world.move(bolt, "supplier", "North/stock", NOW - DAY, qty=10)
    world.move(bolt, "North/stock", "customer", NOW - HOUR, qty=4)
    assert on_hand(world) == {"North": 56}


def test_a_level_of_later_leads_back_over_the_moves_in_between(world):
    bolt = world.item("Bolt")
    world.level(bolt, 50, site="North/stock", as_of=NOW + DAY)
    world.move(bolt, "supplier", "North/stock", NOW - DAY, qty=30)
    world.move(bolt, "North/stock", "customer", NOW + HOUR, qty=4)
    world.move(bolt, "North/stock", "customer", NOW + 2 * DAY, qty=9)
    assert on_hand(world) == {"North": 54}


def test_without_moves_nothing_is_known_before_the_first_level(world):
    bolt = world.item("Bolt")
    world.level(bolt, 50, site="North/stock", as_of=NOW + DAY)
    assert known(world) == []
    world.level(bolt, 40, site="North/stock", as_of=NOW - 5 * DAY)
    (one,) = known(world)
    assert (one.on_hand, one.known_from) == (40, date(2026, 3, 15))


def test_lots_at_a_place_add_up_and_hold_until_they_were_read_last(world):
    bolt = world.item("Bolt")
    world.level(bolt, 5, site="North/stock", as_of=NOW - 40 * DAY, part="a")
    world.level(bolt, 7, site="North/stock", as_of=NOW - 2 * DAY, part="b")
    # the second lot was made by this move, stamped a moment after the transaction began
    move = NOW - 2 * DAY + timedelta(seconds=3)
    world.move(bolt, "supplier", "North/stock", move, qty=7)
    assert on_hand(world) == {"North": 12}
    world.move(bolt, "North/stock", "customer", NOW - HOUR, qty=2)
    assert on_hand(world) == {"North": 10}
    world.synced(world.erp, "stock_levels", "stocklevel", NOW - timedelta(minutes=5))
    assert on_hand(world) == {"North": 12}


def test_a_source_with_moves_has_nothing_where_it_tells_of_no_level(world):
    bolt, nut = world.item("Bolt"), world.item("Nut")
    world.level(bolt, 5, site="North/stock", as_of=NOW - DAY)
    world.move(nut, "supplier", "North/stock", NOW - 9 * DAY, qty=3)
    world.move(nut, "North/stock", "customer", NOW - 8 * DAY, qty=3)
    assert {one.item.name: one.on_hand for one in known(world)} == {"Bolt": 5, "Nut": 0}


def test_moves_alone_do_not_tell_what_is_on_hand(world):
    world.move(world.item("Bolt"), "supplier", "North/stock", NOW - DAY)
    assert known(world) == []


def test_what_is_reserved_or_at_the_dock_is_not_available(world):
    bolt = world.item("Bolt")
    world.site("Dock", source_id="dock", kind="input", site_ref="North")
    world.level(bolt, 10, site="North/stock", as_of=NOW - DAY, reserved=Decimal(4))
    world.level(bolt, 6, site="dock", as_of=NOW - DAY)
    (one,) = known(world)
    assert (one.on_hand, one.reserved, one.at_dock, one.available) == (16, 4, 6, 6)


def test_stock_on_its_way_is_at_no_site(world):
    world.level(world.item("Bolt"), 10, site="transit", as_of=NOW - DAY)
    assert known(world) == []


def test_a_level_without_a_place_is_at_no_named_site(world):
    world.level(world.item("Bolt"), 10, site=None, as_of=NOW - DAY)
    assert on_hand(world) == {None: 10}


def test_the_value_is_the_sources_else_at_unit_cost_else_unknown(world):
    priced = world.item("Priced", unit_cost=Decimal(3), currency="EUR")
    world.level(priced, 10, site="North/stock", as_of=NOW - DAY)
    valued = world.item("Valued", unit_cost=Decimal(3), currency="EUR")
    world.level(valued, 10, site="North/stock", as_of=NOW - DAY, value=Decimal(25), currency="EUR")
    world.level(world.item("Bare"), 10, site="North/stock", as_of=NOW - DAY)
    found = {one.item.name: (one.value, one.cost, one.currency) for one in known(world)}
    assert found == {
        "Priced": (30, 3, "EUR"), "Valued": (25, Decimal("2.5"), "EUR"), "Bare": (None, None, None),
    }  # fmt: skip


def test_services_and_what_is_no_longer_used_are_marked(world):
    for name, more in (
        ("Bolt", {"is_active": True}), ("Plain", {}), ("Work", {"is_service": True}),
        ("Old", {"is_active": False}), ("Gone", {"deleted_at": NOW}),
    ):  # fmt: skip
        world.level(world.item(name, **more), 1, site="North/stock", as_of=NOW - DAY)
    assert {one.item.name: one.left_out for one in known(world)} == {
        "Bolt": None, "Plain": None, "Work": "service", "Old": "retired", "Gone": "retired",
    }  # fmt: skip


PLACES = ("North/stock", "South/stock", "supplier", "customer", "production", "inventory",
          "transit")  # fmt: skip
MOVES = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(PLACES), st.sampled_from(PLACES),
              st.integers(1, 9)),
    max_size=12,
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=MOVES, counted=st.integers(0, 401), asked=st.integers(1, 401))
def test_forwards_and_backwards_agree_and_nothing_is_lost(world, moves, counted, asked):
    """Whenever it was counted, the stock at any hour is what moved in less what moved out.

    The hours run over both changes of clocks, a leap of year's end and months' ends.
    """
    begin = datetime(2025, 10, 20, tzinfo=UTC)
    at = lambda hour: begin + 10 * hour * HOUR  # noqa: E731 - one line says it

    def balance(place, until):
        return sum(
            qty * ((end == place) - (start == place))
            for hour, start, end, qty in moves if hour < until
        )  # fmt: skip

    world.clear()
    world.places("North", "South")
    bolt = world.item("Bolt")
    for hour, start, end, qty in moves:
        world.move(bolt, start, end, at(hour) + timedelta(minutes=1), qty=qty)
    for site in ("North", "South"):
        world.level(
            bolt, 100 + balance(f"{site}/stock", counted), site=f"{site}/stock", as_of=at(counted)
        )
    found = on_hand(world, at(asked))
    if not found:  # not counted yet, and nothing has ever moved
        assert asked <= counted
        assert not any(hour < asked for hour, *_ in moves)
        return
    expected = {name: 100 + balance(f"{name}/stock", asked) for name in ("North", "South")}
    assert found == expected
    with world.reader() as session:
        since = list(changes(session, at(asked), date(2025, 1, 1), BERLIN))
    for site, qty in expected.items():
        assert qty - sum(one.qty for one in since if one.site == (world.erp, site)) == 100


@pytest.mark.slow
def test_on_postgresql_the_same_is_known(postgres, tmp_path):
    """Every query about stock, on both engines."""
    found = []
    for world in (World(tmp_path), World(url=postgres)):
        world.places("North", "South")
        bolt, table = world.item("Bolt", category="Fasteners"), world.item("Table")
        world.level(bolt, 50, site="North/stock", as_of=NOW + DAY, part="a")
        world.move(bolt, "supplier", "North/stock", NOW - 3 * DAY, qty=9, value=18)
        world.move(bolt, "North/stock", "South/stock", NOW - 2 * DAY, qty=4)
        world.move(bolt, "South/stock", "production", NOW - DAY, qty=1)
        world.make(table, released="2026-03-01")
        world.level(table, 7, site="North/stock", as_of=NOW - 9 * DAY)
        other = "csv:other"
        for back, qty in ((40, 5), (20, 8)):
            world.fact("stocklevel", other, item_ref="x", as_of=NOW - back * DAY,
                       on_hand=Decimal(qty), value=Decimal(qty))  # fmt: skip
        world.fact("shipment", other, item_ref="x", qty=Decimal(3),
                   **world.when("shipped", "2026-03-02"))  # fmt: skip
        world.fact("consumption", other, item_ref="x", make_ref="m", qty=Decimal(2),
                   **world.when("consumed", "2026-03-03"))  # fmt: skip
        world.invoice(None, "2026-01-01", paid="2026-02-01", direction="in")
        with world.reader() as session:
            since = date(2026, 1, 1)
            moved = list(changes(session, NOW, since, BERLIN))
            found.append(
                (
                    {one.key: one for one in stocks(session, NOW, BERLIN)}, set(moved),
                    set(uses(session, NOW, since, BERLIN, moved)), moved_days(session, NOW),
                    list(invoices(session, NOW)), names(session, ["category"]),
                )
            )  # fmt: skip
        world.store.close()
    sqlite, postgresql = found
    assert sqlite == postgresql
    assert [len(part) for part in sqlite] == [4, 5, 3, 2, 1, 1]
