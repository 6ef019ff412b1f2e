from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from storage.known.temperatures import shipments, temperatures
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def tell(world, hours, value, *, shipment="N1", measure="temperature", **more):
    at = NOW - timedelta(hours=hours)
    world.fact("sensorreading", "mqtt:plant", device="s1", measure=measure, value=value,
               shipment_ref=shipment, seen_at=at, seen_on=at.date(), **more)  # fmt: skip


def test_temperatures_are_known_once_they_were_read_by_shipment_in_order(world):
    for hours, value in ((2, 5), (5, 4), (-1, 9), (30, 3)):
        tell(world, hours, value)
    tell(world, 3, 7, shipment="N2", place="truck 7")
    with world.reader() as session:
        found = temperatures(session, NOW, NOW - DAY, NOW + DAY)
        assert shipments(session, NOW) == ["N1", "N2"]
        assert shipments(session, NOW - timedelta(hours=10)) == ["N1"]
    assert [one.value for one in found["N1"]] == [4, 5]
    assert (found["N2"][0].place, found["N2"][0].device) == ("truck 7", "s1")


def test_fahrenheit_becomes_celsius(world):
    for unit in ("F", "°F", "fahrenheit", "C", None):
        tell(world, 1, Decimal("46.4"), unit=unit, shipment=str(unit))
    with world.reader() as session:
        found = temperatures(session, NOW, NOW - DAY, NOW)
    assert {name: every[0].value for name, every in found.items()} == {
        "F": 8, "°F": 8, "fahrenheit": 8, "C": Decimal("46.4"), "None": Decimal("46.4"),
    }  # fmt: skip


def test_what_is_no_temperature_of_a_shipment_is_left_out(world):
    tell(world, 1, 50, measure="humidity")
    tell(world, 1, None)
    tell(world, 1, 5, shipment=None)
    tell(world, 1, 5, deleted_at=NOW - DAY)
    with world.reader() as session:
        assert temperatures(session, NOW, NOW - DAY, NOW) == {}
        assert shipments(session, NOW) == []
