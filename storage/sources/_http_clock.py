"""What the headers of a reply say of time: the server's clock, and how long to leave it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx


def retry_after(headers: httpx.Headers, now: datetime | None) -> float | None:
    """Seconds to wait as the server asks: a number, or a date by its own clock."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    when = http_date(value)
    return (when - (now or datetime.now(UTC))).total_seconds() if when else None


def http_date(value: str) -> datetime | None:
    """The instant of a Date header; null where it is none."""
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
