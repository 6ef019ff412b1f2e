"""A digest of a Monday and one of every day, when they are due, and what became of them."""

from datetime import UTC, datetime, timedelta

from bot.digests.plan import Digest
from storage.models import ScheduledRun

MONDAY = Digest("monday", "C1", "0 9 * * 1", "Europe/Berlin", ("steel", "gold"))
DAILY = Digest("daily", "C1", "0 9 * * *", "Europe/Berlin", ("steel",))
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday, 09:00 in Berlin
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def posts(office):
    """The messages themselves, without the replies in their threads."""
    return [row for row in office.rows() if row.key.count(":") == 3]


def outcomes(office):
    return [(row.period, row.outcome) for row in office.rows(ScheduledRun) if row.outcome != "seen"]
