from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._seconds import seconds

BERLIN = ZoneInfo("Europe/Berlin")


def test_seconds_are_an_instant_and_none_is_none():
    assert seconds(1_772_355_600, BERLIN) == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert seconds(None, BERLIN) is None


@pytest.mark.parametrize("wrong", ["soon", True, -1, 10**12, 1.5])
def test_what_can_be_no_time_is_refused(wrong):
    with pytest.raises(BadRow, match="no time in seconds"):
        seconds(wrong, BERLIN)
