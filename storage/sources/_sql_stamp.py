"""The stamps of a database's rows: how a window is said in them, and how they are read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import SourceError
from storage.sources._naive import highest, lowest, meant
from storage.sources._window import Window

# before any stamp; some databases know none of 1970-01-01
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
SQLITE = "%Y-%m-%d %H:%M:%S"
SECONDS = "epoch"
DAYS = "day"


@dataclass(frozen=True)
class Stamps:
    """How a column of stamps is kept. `written` is "" for times, "day", "epoch" (seconds), or a
    strptime format of texts. `kind` is the database's; times without a zone are ones in `zone`.
    """

    column: str
    written: str
    kind: str
    zone: ZoneInfo

    def bounds(self, window: Window) -> tuple[Any, Any]:
        """The values that :since and :until have. What is stamped in the very moment that ends
        the window is taken too, and so is the hour that a clock going back passes twice."""
        start, end = window.start or BEGINNING, window.end + timedelta(seconds=1)
        if self.format and not _has_time(self.format):
            return self._day(start), self._day(end + timedelta(days=1))
        if self.written == SECONDS:
            return int(start.timestamp()), int(end.timestamp())
        if self.kind == "postgresql" and not self.written:
            return start, end
        return self._said(lowest(start, self.zone)), self._said(highest(end, self.zone))

    @property
    def format(self) -> str:
        """The format of texts; "" where the database keeps times as times."""
        if self.written == DAYS:
            return "%Y-%m-%d"
        if self.written and self.written != SECONDS:
            return self.written
        return SQLITE if self.kind == "sqlite" and not self.written else ""

    def read(self, value: Any) -> datetime | None:
        """The instant of a stamp; null for a day, and for a time that a clock passed twice.

        A stamp of another kind than was said fails the stream: its windows would miss rows.
        """
        if value is None:
            return None
        if self.written == SECONDS and isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, datetime) and self.written == "":
            return self._instant(value)
        if self.written == DAYS and isinstance(value, date) and not isinstance(value, datetime):
            return None
        if isinstance(value, str) and self.format:
            return self._parsed(value)
        raise self._strange(value)

    def _parsed(self, value: str) -> datetime | None:
        try:
            # SQLite's own functions write parts of a second or none
            text = value[:19] if self.format == SQLITE else value
            found = datetime.strptime(text, self.format)  # noqa: DTZ007 - the zone is ours
        except ValueError:
            raise self._strange(value) from None
        return self._instant(found) if _has_time(self.format) else None

    def _instant(self, value: datetime) -> datetime | None:
        return value.astimezone(UTC) if value.tzinfo else meant(value, self.zone)

    def _said(self, local: datetime) -> Any:
        return local.strftime(self.format) if self.format else local

    def _day(self, at: datetime) -> Any:
        day = at.astimezone(self.zone).date()
        is_text = self.written != DAYS or self.kind == "sqlite"
        return day.strftime(self.format) if is_text else day

    def _strange(self, value: Any) -> SourceError:
        return SourceError(
            f"the stamp {self.column} holds {value!r}: say how it is written by stamp_as"
            ' (a format like "%Y-%m-%d %H:%M:%S", "day", or "epoch" for seconds)',
            permanent=True,
        )


def _has_time(written: str) -> bool:
    return any(code in written for code in ("%H", "%I", "%s", "%X", "%c", "%T"))
