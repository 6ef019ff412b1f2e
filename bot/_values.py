"""Values of settings read from text; a bad one names itself, and what would do."""

import math
import re
import stat
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from rapidfuzz import process

DURATION = re.compile(r"^(\d{1,6})\s*(s|m|h|d)$")
GOAL = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

T = TypeVar("T")


class SettingsError(Exception):
    """A setting can't be used; the message names it, its value and what would do."""


def durations(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Texts like "10m" as durations, under the names that hold one."""
    made = dict(raw)
    for name in ("every", "stale_after", "catch_up", "keep", "repeat"):
        if name in made:
            made[name] = duration(name, made[name])
    return made


def duration(name: str, value: object) -> timedelta:
    match = DURATION.match(value) if isinstance(value, str) else None
    if not match or int(match[1]) == 0:
        raise SettingsError(f"{name} = {value!r}: write a duration like 30s, 10m, 2h or 1d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def convert(place: str, raw: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{place}: {error}") from error


def known(what: str, given: Mapping[str, Any], known: Any) -> None:
    for name in given:
        if name not in known:
            near = process.extractOne(name, known)
            raise SettingsError(f"no {what} is called {name!r}; do you mean {near[0]!r}?")


def zone(place: str, name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"{place}: no time zone {name!r}; write one like Europe/Berlin"
        ) from error
    return name


def currency(code: str) -> str:
    if code and not re.fullmatch("[A-Z]{3}", code):
        raise SettingsError(f"currency {code!r}: write a code like EUR")
    return code


def share(place: str, value: float | None) -> Decimal | None:
    if value is not None and not 0 <= value <= 1:
        raise SettingsError(f"{place} = {value:g}: write a share of 1, like 0.2 for 20 %")
    return None if value is None else Decimal(str(value))


def goal(place: str, value: float | str) -> float:
    """A number, or a share like "95 %"."""
    match = GOAL.fullmatch(value) if isinstance(value, str) else None
    if match:
        return float(match[1]) / 100
    if isinstance(value, str) or not math.isfinite(value):
        raise SettingsError(f'{place} = {value!r}: write a number, or a share like "95 %"')
    return float(value)


def now(text: str) -> datetime | None:
    if not text:
        return None
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"LEADLINE_NOW={text!r} is not an ISO instant") from None
    if now.tzinfo is None:
        raise SettingsError(f"LEADLINE_NOW={text!r} needs a zone, for example a Z at its end")
    return now.astimezone(UTC)


def port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) < 65536:
        raise SettingsError(f"PORT={text!r} is not a port")
    return int(text)


def secret(env: Mapping[str, str], name: str) -> str:
    """The variable, or the content of the file that NAME_FILE points to."""
    if not (file := env.get(f"{name}_FILE")):
        return env.get(name, "").strip()
    path = Path(file)
    if not path.is_file():
        raise SettingsError(f"{name}_FILE: there is no file {file}")
    if path.stat().st_mode & stat.S_IROTH:
        raise SettingsError(f"{name}_FILE: everyone can read {file}: chmod 600 {file}")
    return path.read_text("utf-8").strip()


def unique(what: str, ids: list[str]) -> None:
    for one in ids:
        if ids.count(one) > 1:
            raise SettingsError(f"two {what}s have the id {one!r}")
