"""Windows as sentences have them: "over the past three months", "since January", "yoy"."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
UNIT = r"(day|week|month|quarter|year)"
COUNT = rf"(\d{{1,4}}|{'|'.join(NUMBERS)})"
MONTH = rf"({'|'.join(MONTHS)})"
THAN = r"\b(?:vs\.?|versus|compared (?:to|with)|than)\s+"
YEAR = re.compile(
    rf"{THAN}(?:the\s+)?(?:last|previous|prior)\s+year\b"
    r"|\byear (?:over|on) year\b|\byoy\b|\ba year ago\b"
)
BEFORE = re.compile(
    rf"{THAN}(?:before|prior|the (?:last|previous|prior) (?:period|window))\b"
    r"|\bthan (?:it was|usual)\b"
)

Said = Callable[[re.Match[str], date], str]


def time_in(text: str, today: date) -> tuple[str | None, str]:
    """The window that a sentence names, as the grammar writes it, and the text without it."""
    kept, said = text.casefold(), []
    for pattern, words in _PATTERNS:
        if match := pattern.search(kept):
            said.append(words(match, today))
            kept = f"{kept[: match.start()]} {kept[match.end() :]}"
            break
    rest = BEFORE.sub(" ", kept)
    if YEAR.search(rest):
        said.append("vs last year")
        rest = YEAR.sub(" ", rest)
    return " ".join(said) or None, _same_case(text, rest)


def _same_case(text: str, kept: str) -> str:
    """The text in its own case where nothing was taken out of it."""
    return text if kept == text.casefold() else kept


def _count(word: str) -> int:
    return NUMBERS.get(word) or int(word)


def _last(match: re.Match[str], today: date) -> str:
    count, unit = _count(match[1]), match[2]
    return f"last {count} {unit}{'' if count == 1 else 's'}"


def _past(match: re.Match[str], today: date) -> str:
    return f"last 1 {match[1]}"


def _since_month(match: re.Match[str], today: date) -> str:
    month = MONTHS[match[1]]
    year = int(match[2]) if match[2] else today.year - (month > today.month)
    return f"since {year}-{month:02}-01"


def _in_month(match: re.Match[str], today: date) -> str:
    month = MONTHS[match[1]]
    year = int(match[2]) if match[2] else today.year - (month > today.month)
    return f"in {match[1]} {year}"


def _since_day(match: re.Match[str], today: date) -> str:
    back = 1
    if match[1] != "yesterday":
        back = (today.weekday() - WEEKDAYS.index(match[1])) % 7 or 7
    return f"since {today - timedelta(days=back)}"


_IN = r"(?:(?:so far|in|over|during|for|within)\s+)?"
_YEARS = r"(?:\s+((?:19|20)\d\d))?"
_PATTERNS: tuple[tuple[re.Pattern[str], Said], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (rf"\b{_IN}(?:the\s+)?(?:last|past|previous)\s+{COUNT}\s+{UNIT}s?\b", _last),
        (rf"\bsince\s+(?:the (?:start|beginning) of\s+)?{MONTH}{_YEARS}\b", _since_month),
        (rf"\bsince\s+(yesterday|{'|'.join(WEEKDAYS)})\b", _since_day),
        (r"\bsince\s+(\d{4}-\d{2}-\d{2})\b", lambda match, _: f"since {match[1]}"),
        (rf"\b(?:in|during)\s+{MONTH}{_YEARS}\b", _in_month),
        (r"\b(?:in|during|for)\s+((?:19|20)\d\d)\b", lambda match, _: f"in {match[1]}"),
        (rf"\b{_IN}this\s+{UNIT}\b", lambda match, _: f"this {match[1]}"),
        (r"\b(?:year to date|ytd)\b", lambda *_: "this year"),
        (rf"\b(?:in|over|during|for|within)\s+the\s+(?:past|last)\s+{UNIT}\b", _past),
        (rf"(?<!vs )(?<!than )(?<!to )(?<!with )(?<!sus )\b{_IN}last\s+{UNIT}\b",
         lambda match, _: f"last {match[1]}"),
        (r"\b(today|yesterday)\b", lambda match, _: match[1]),
    )
)  # fmt: skip
