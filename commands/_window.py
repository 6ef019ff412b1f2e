"""Windows of time in words: "last 90 days", "this quarter", "since 2026-01-01", "in 2025"."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNITS = {"day": "day", "d": "day", "week": "week", "w": "week", "month": "month",
         "quarter": "quarter", "year": "year", "y": "year"}  # fmt: skip
SHORT = re.compile(r"^(\d{1,5})(d|w|y)$")
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
LONGEST = 3660


class WindowError(ValueError):
    """A window that can't be meant, in words for the asker."""


@dataclass(frozen=True)
class Window:
    """[start, end) as instants, and how one says it. `this` windows run from a start to now."""

    start: datetime
    end: datetime
    label: str
    unit: str = "day"
    count: int = 1
    is_this: bool = False

    def prior(self, zone: ZoneInfo) -> "Window":
        """The same length before; for "this quarter" the same elapsed part of the one before."""
        first = self.start.astimezone(zone).date()
        start = midnight(_back(first, self.unit, self.count), zone)
        if self.is_this:
            label = f"by this time of the {self.unit} before"
            return Window(start, start + (self.end - self.start), label)
        length = self.unit if self.count == 1 else f"{self.count} {self.unit}s"
        return Window(start, self.start, f"in the {length} before")

    def year_before(self, zone: ZoneInfo) -> "Window":
        """The same days of the year before."""
        first = _back(self.start.astimezone(zone).date(), "year", 1)
        start = midnight(first, zone)
        return Window(start, start + (self.end - self.start), "a year before")


def read_window(
    words: Sequence[str], now: datetime, zone: ZoneInfo
) -> tuple[Window | None, list[str]]:
    """The window named in the words, and the words that are left. `WindowError` when absurd."""
    for at in range(len(words)):
        for size in (3, 2, 1):
            part = [word.lower() for word in words[at : at + size]]
            if len(part) == size and (window := _read(part, now, zone)):
                return window, [*words[:at], *words[at + size :]]
    return None, list(words)


def last_days(days: int, now: datetime, zone: ZoneInfo) -> Window:
    """[local midnight - days, now)."""
    today = now.astimezone(zone).date()
    start = midnight(_back(today, "day", days), zone)
    return Window(start, now, f"last {days} days", "day", days)


def month_starts(count: int, today: date) -> list[date]:
    """The first days of the last `count` months before today, oldest first."""
    first = today.replace(day=1)
    found = [_back(first, "month", back) for back in range(count, -1, -1)]
    return [day for day in found if day < today][-count:]


def _read(part: list[str], now: datetime, zone: ZoneInfo) -> Window | None:
    match part:
        case ["last", number, unit] if unit.rstrip("s") in UNITS:
            return _last(_count(number), UNITS[unit.rstrip("s")], now, zone)
        case ["last" | "previous", unit] if unit in UNITS:
            return _previous(UNITS[unit], now, zone)
        case ["this", unit] if unit in UNITS:
            return _this(UNITS[unit], now, zone)
        case [number, unit] if unit.endswith("s") and unit[:-1] in UNITS:
            return _last(_count(number), UNITS[unit[:-1]], now, zone)
        case ["today"]:
            return _this("day", now, zone)
        case ["yesterday"]:
            return _previous("day", now, zone)
        case [short] if found := SHORT.match(short):
            return _last(int(found[1]), UNITS[found[2]], now, zone)
    return _read_absolute(part, now, zone)


def _read_absolute(part: list[str], now: datetime, zone: ZoneInfo) -> Window | None:
    match part:
        case ["since", text]:
            return _since(_day(text), now, zone)
        case ["in", year] if re.fullmatch(r"[12]\d{3}", year):
            return _span(
                date(int(year), 1, 1), date(int(year) + 1, 1, 1), f"in {year}", "year", now, zone
            )
        case ["in", month, year] if month in MONTHS and re.fullmatch(r"[12]\d{3}", year):
            first = date(int(year), MONTHS[month], 1)
            label = f"in {calendar.month_name[first.month]} {year}"
            return _span(first, _back(first, "month", -1), label, "month", now, zone)
    return None


def _last(count: int, unit: str, now: datetime, zone: ZoneInfo) -> Window:
    if not 1 <= count <= LONGEST or (unit == "year" and count > 100):
        raise WindowError(f"“last {count} {unit}s” is not a window that holds anything")
    today = now.astimezone(zone).date()
    start = midnight(_back(today, unit, count), zone)
    return Window(start, now, f"last {count} {unit}{'s' if count > 1 else ''}", unit, count)


def _previous(unit: str, now: datetime, zone: ZoneInfo) -> Window:
    begins = _floor(now.astimezone(zone).date(), unit)
    first = _back(begins, unit, 1)
    label = "yesterday" if unit == "day" else f"last {unit}"
    return Window(midnight(first, zone), midnight(begins, zone), label, unit)


def _this(unit: str, now: datetime, zone: ZoneInfo) -> Window:
    first = _floor(now.astimezone(zone).date(), unit)
    label = "today" if unit == "day" else f"this {unit}"
    return Window(midnight(first, zone), now, label, unit, is_this=True)


def _since(first: date, now: datetime, zone: ZoneInfo) -> Window:
    today = now.astimezone(zone).date()
    if first > today:
        raise WindowError(f"{first.isoformat()} is still to come")
    days = max(1, (today - first).days)
    if days > LONGEST * 10:
        raise WindowError(f"nothing was known before {first.isoformat()}")
    return Window(midnight(first, zone), now, f"since {first.isoformat()}", "day", days)


def _span(first: date, until: date, label: str, unit: str, now: datetime, zone: ZoneInfo) -> Window:
    start = midnight(first, zone)
    if start >= now:
        raise WindowError(f"{label.removeprefix('in ')} is still to come")
    return Window(start, min(midnight(until, zone), now), label, unit)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise WindowError(f"“{text}” is not a number of days: write it like 90")
    return int(text)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise WindowError(f"“{text}” is not a day: write it like 2026-01-31") from None
    if not 1900 < found.year < 2200:
        raise WindowError(f"“{text}” is not a day that can be meant")
    return found


def _floor(day: date, unit: str) -> date:
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case "year":
            return date(day.year, 1, 1)
    return day


def _back(day: date, unit: str, count: int) -> date:
    """The same day so many calendar units earlier, or the last of its month."""
    if unit in ("day", "week"):
        return day - timedelta(days=count * (7 if unit == "week" else 1))
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
