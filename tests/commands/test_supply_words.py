from datetime import date

import pytest

from commands._supply import supply
from commands._supply_words import LATER, by, comes, day, item_name, late, way
from storage.metrics._trace import Node
from storage.metrics.expected_arrival import NEVER, Forecast
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.story import tell
from tests.storage.world import World

TODAY = date(2026, 3, 20)


def test_a_day_bears_its_year_where_that_is_another_one():
    assert day(date(2026, 11, 28), TODAY) == "28 Nov"
    assert day(date(2027, 1, 3), TODAY) == "3 Jan 2027"
    assert day(None, TODAY) is None


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        (tuple(range(1, 11)), "half by 25 Mar, 8 in 10 by 28 Mar"),
        ((3,) * 10, "by 23 Mar"),
        ((NEVER,) * 10, LATER),
        ((3,) * 6 + (NEVER,) * 4, f"half by 23 Mar, 8 in 10 by {LATER}"),
    ],
)
def test_when_it_comes_is_said_in_words(draws, said):
    assert comes(Forecast(draws, TODAY)) == said


def test_what_cannot_be_told_is_said_so():
    assert comes(None) == "when it comes can't be told"
    assert by(None, 0.5) is None


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (None, "no date"), (date(2026, 3, 11), "9 d late"), (TODAY, "due today"),
        (date(2026, 3, 24), "due in 4 d"),
    ],
)  # fmt: skip
def test_how_a_line_stands_to_its_day(due, said):
    assert late(due, TODAY) == said


def test_a_way_is_told_hop_by_hop(tmp_path):
    from commands import Ask, Grant

    world = tell(World(tmp_path))
    with world.reader() as session:
        found = supply(session, Ask("", NOW, BERLIN, Grant.everything()))
    line = next(one for one in found.chain.sales.values() if one.number == "S00471")
    slowest = found.slowest(Node("salesline", line.key))
    said = way(found, slowest)
    assert said.startswith("← M")
    assert said.endswith("← P00900 Coil 2 mm (inferred)")
    back = way(found, tuple(reversed(slowest)), upwards=False)
    assert back.endswith("→ S00471 (inferred)")
    assert item_name(found.chain, slowest[-1].item) == "Coil 2 mm"
    assert item_name(found.chain, ("x", "unknown")) == "unknown"
