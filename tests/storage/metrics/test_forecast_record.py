from datetime import timedelta

import pytest

from storage.metrics.forecast_record import Tally, tally
from tests.commands.dialogue import NOW
from tests.storage.world import World

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def told(world, subject, *, by, ago=40, **how):
    world.told("toy", subject, 0.8, TODAY + by * DAY, NOW - ago * DAY, **how)


def test_of_what_was_told_some_counts_some_is_open_and_some_will_never_be_known(world):
    told(world, "held", by=-3, held=True, scored=NOW - DAY)
    told(world, "missed", by=-3, held=False, scored=NOW - DAY)
    told(world, "early", by=5, held=True, scored=NOW - DAY)
    told(world, "called off", by=5, scored=NOW - DAY)
    told(world, "open", by=5, ago=60)
    told(world, "later", by=5, ago=-1)
    told(world, "scored later", by=-3, held=True, scored=NOW + DAY)
    with world.reader() as session:
        assert tally(session, "toy", NOW) == Tally(6, NOW - 60 * DAY, 2, 3, 1)


def test_of_nothing_nothing_is_known(world):
    with world.reader() as session:
        assert tally(session, "toy", NOW) == Tally(0, None, 0, 0, 0)
