"""Times as whole seconds since 1970, which is how some servers write them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow


def seconds(value: Any, zone: ZoneInfo) -> datetime | None:
    """The instant (UTC). The zone means nothing to it: every reader of a field is given one."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**11:
        raise BadRow(f"{value!r} is no time in seconds")
    return datetime.fromtimestamp(value, UTC)
