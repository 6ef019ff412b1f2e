"""When a digest has something to say: always, if it says something new, or if a figure is so."""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channel import Desk, Said
from bot.digests.condition import Condition
from commands import Answer, Grant, Notice, Reading

WHOLE_FROM = 1_000
HIDDEN = "not all who read this may see it"


def unmet(
    desk: Desk, condition: Condition, channel: str, now: datetime, zone: ZoneInfo, grant: Grant
) -> tuple[bool, str]:
    """Whether a condition surely does not hold; and why that can't be told, else empty.

    Everything is asked for: were a hidden figure left out, the next would be taken for it.
    """
    said = desk.ask(condition.line, channel, now, zone, Grant.everything())
    value, why = _figure(said, grant)
    if value is None:
        # what is hidden is not named either
        named = "its condition" if why == HIDDEN else f"`{condition}`"
        return False, f"Whether {named} holds can't be told: {why}."
    return not condition.bound.holds(value), ""


def _figure(said: Said, grant: Grant) -> tuple[float | None, str]:
    """The first figure of an answer; without one why there is none."""
    if isinstance(said, Notice):
        return None, "that question can't be answered" if said.error else "there is no figure"
    if not said.readings:
        return None, "that question gives no figure"
    reading = said.readings[0]
    if not grant.allows(reading.topic):
        return None, HIDDEN
    if any(age.stale for basis in said.basis for age in basis.sources):
        return None, "its data is too old"
    if reading.value is None or not math.isfinite(reading.value):
        return None, "there is no figure"
    return float(reading.value), ""


def fingerprint(said: Sequence[Said]) -> str:
    """A hash of the figures of answers as they are shown, of what their tables are about, and of
    whether they are stale; not of any time, so that a new day alone changes nothing.
    """
    made = hashlib.blake2b(digest_size=12)
    for one in said:
        made.update(repr(_figures(one)).encode())
    return made.hexdigest()


def _figures(said: Said) -> tuple[object, ...]:
    if not isinstance(said, Answer):
        return (said.title,)
    ages = {age.name for basis in said.basis for age in basis.sources if age.stale}
    named = sorted(str(row[0]) for row in said.table.rows) if said.table else []
    figures = [(one.name, one.unit, _rounded(one)) for one in said.readings]
    return said.title, sorted(ages), figures, named


def _rounded(reading: Reading) -> float | None:
    """A figure no finer than people are shown it."""
    if reading.value is None:
        return None
    value = float(reading.value)
    if reading.unit == "share":
        return round(value, 2)
    return round(value, 1 if abs(value) < WHOLE_FROM else None)
