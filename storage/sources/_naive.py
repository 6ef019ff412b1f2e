"""Times that a server writes without a zone: what a window must ask for, and what they mean.

Where clocks go back a local time is shown twice, and a later change may show an earlier time.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FORMAT = "%Y-%m-%d %H:%M:%S"
LONGEST_FOLD = timedelta(hours=3)


def reading(at: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in the zone shows at an instant."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def lowest(at: datetime, zone: ZoneInfo) -> datetime:
    """No clock in the zone shows less than this at the instant or later."""
    return reading(at, zone) - _goes_back(at, at + LONGEST_FOLD, zone)


def highest(at: datetime, zone: ZoneInfo) -> datetime:
    """No clock in the zone shows as much as this, or more, before the instant."""
    return reading(at, zone) + _goes_back(at - LONGEST_FOLD, at, zone)


def meant(shown: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant (UTC) of a local time; null where it is shown twice, so that nobody can say."""
    first, second = (shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta()):
        return None
    return first.astimezone(UTC)


def _goes_back(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    """By how much clocks go back from the start to the end."""
    before, after = (at.astimezone(zone).utcoffset() or timedelta() for at in (start, end))
    return max(before - after, timedelta())
