from datetime import date, timedelta

import numpy as np
import pytest

from commands._supplier_to_come import ToCome, to_come
from storage.curves import Curve
from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import knots_from
from storage.known import columns
from tests.commands.dialogue import NOW
from tests.commands.story import day as ago
from tests.storage.world import World

TODAY = NOW.date()
TEN = Curve((10,), (0.0,), 20)
WIDE = Curve((5, 10, 30), (0.6, 0.4, 0.1), 20)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def told(world, curves=(), fitted=None):
    """What is told of the open lines of each supplier, by its name."""
    with world.reader() as session:
        lines = columns.purchases(session, NOW)
        open_ = lines.only(lines.is_open)
        split = open_.by("supplier")
        found = to_come(open_, split.places, len(split.values), fitted, curves, TODAY)
        return dict(zip((one.name for one in split.values), found, strict=True))


def day(days):
    return TODAY + timedelta(days=days)


def test_lines_are_expected_by_their_curve_and_age(world):
    steel = world.supplier("Steel")
    world.purchase(steel, None, ago(4))
    assert told(world, [TEN]) == {"Steel": ToCome(day(6), day(6))}


def test_half_of_all_that_is_open_is_half_of_the_lines_together(world):
    steel, glass = world.supplier("Steel"), world.supplier("Glass")
    for days in (1, 1, 8, 8, 8):
        world.purchase(steel, None, ago(days))
    world.purchase(glass, None, ago(2))
    assert told(world, [TEN, WIDE]) == {
        "Steel": ToCome(day(2), day(9)), "Glass": ToCome(day(8), day(28)),
    }  # fmt: skip


def test_what_is_older_than_any_that_came_has_no_day(world):
    world.purchase(world.supplier("Steel"), None, ago(40))
    (found,) = told(world, [WIDE]).values()
    assert found == ToCome(None, None)
    assert found.said(TODAY) == "later than any so far"


def test_fitted_curves_are_followed_by_each_line(world):
    steel, coil, bolt = world.supplier("Steel"), world.item("Coil"), world.item("Bolt")
    for item in (coil, bolt):
        world.purchase(steel, item, ago(1))
    names = tuple(f"{world.erp}/{one}" for one in (steel, coil))
    fitted = Fitted(
        ("supplier", "item"), ((), names[:1], names), np.array([9.0, 9.0, 9.0]),
        knots_from([((90,), (0.0,)), ((20,), (0.0,)), ((3,), (0.0,))]), None,
    )  # fmt: skip
    assert told(world, fitted=fitted) == {"Steel": ToCome(day(2), day(19))}


def test_without_curves_or_lines_nothing_is_told(world):
    assert told(world, [TEN]) == {}
    world.purchase(world.supplier("Steel"), None, ago(1))
    assert told(world) == {"Steel": None}


def test_two_days_are_said_as_one_where_they_are_alike():
    assert ToCome(date(2026, 3, 24), date(2026, 3, 24)).said(TODAY) == "24 Mar"
    assert ToCome(date(2026, 3, 24), None).said(TODAY) == "24 Mar, later than any so far"
