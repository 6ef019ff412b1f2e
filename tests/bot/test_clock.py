from datetime import UTC, datetime, timedelta

from bot.clock import true_time


def test_the_time_of_the_world_is_that_of_utc():
    assert true_time().utcoffset() == timedelta(0)
    assert datetime.now(UTC) - true_time() < timedelta(minutes=1)
