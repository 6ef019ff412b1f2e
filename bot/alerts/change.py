"""How far figures moved: against the same question as it stood a window or a year before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.figures import TOTAL, Figures, Why, basis_of, figures
from bot.alerts.rule import Rule
from bot.channel import Said
from bot.text import shown
from commands import Answer, Notice, Reading
from commands._window import WindowError, midnight, read_window
from storage.metrics._clustered import gap

# what "the window before" is for a figure that has no window of its own
USUAL = timedelta(days=90)
LONGEST = timedelta(days=800)
# what few answers say: a difference within its margin is none
OF_ANSWERS = ("nps", "csat", "ces")


def changed(
    rule: Rule,
    answer: Answer,
    now_seen: Figures,
    now: datetime,
    zone: ZoneInfo,
    asks: Callable[[str, datetime], Said],
) -> Figures | Why:
    """The change of each figure as a share of what it was, null where it was none, or 0.

    What it was is what was known then, not what became known of that time since.
    """
    at = earlier(rule, answer, now_seen.reading, now, zone)
    since = basis_of(answer, now_seen.reading).history_from
    if since and at < since:
        return Why("no-data", f"a change can't be told before {day(since, zone)}")
    said = asks(rule.ask, at)
    if isinstance(said, Notice):
        if said.error:
            return Why("error", f"its question can't be answered as of {day(at, zone)}")
        return Why("no-data", f"there was no figure on {day(at, zone)}")
    then = figures(said, rule)
    if isinstance(then, Why):
        return Why("no-data", f"there was no figure on {day(at, zone)}")
    if then.reading.unit != now_seen.reading.unit:
        return Why("error", f"its figure was in {then.reading.unit or 'no unit'} then")
    if then.values.keys() == {TOTAL} and not then.values[TOTAL]:
        return Why("no-data", f"there was no figure to compare with on {day(at, zone)}")
    return _moved(now_seen, then, f"on {day(at, zone)}")


def earlier(
    rule: Rule, answer: Answer, reading: Reading, now: datetime, zone: ZoneInfo
) -> datetime:
    """The instant at which the question is to be asked for what was before."""
    if rule.versus == "year":
        local = now.astimezone(zone)
        back = 28 if (local.month, local.day) == (2, 29) else local.day
        return local.replace(year=local.year - 1, day=back).astimezone(now.tzinfo)
    try:
        window, _ = read_window(rule.ask.split(), now, zone)
    except WindowError:
        window = None
    if window:
        return window.prior(zone).end
    start = basis_of(answer, reading).start
    if start == midnight(start.astimezone(zone).date(), zone) and now - LONGEST < start < now:
        return start
    return midnight((now - USUAL).astimezone(zone).date(), zone)


def day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %b %Y}"


def _moved(found: Figures, then: Figures, when: str) -> Figures:
    values: dict[str, float | None] = {}
    words: dict[str, str] = {}
    unit = found.reading.unit
    for entity, value in found.values.items():
        before = then.values.get(entity)
        values[entity] = None
        if value is not None and before:
            is_chance = entity == TOTAL and _is_chance(found.reading, then.reading)
            share = 0.0 if is_chance else (value - before) / abs(before)
            by = "no change beyond chance" if is_chance else f"{share:+.0%}"
            values[entity] = share
            words[entity] = f"{shown(value, unit)}, {shown(before, unit)} {when} ({by})"
    reading = replace(found.reading, name=f"{found.reading.name}, change", value=None, unit="share")
    return replace(found, reading=reading, values=values, words=words)


def _is_chance(now: Reading, then: Reading) -> bool:
    """Whether a figure of answers moved within the margin of the difference."""
    if now.metric not in OF_ANSWERS:
        return False
    bounds = (now.value, now.low, now.high, then.value, then.low, then.high)
    if any(one is None for one in bounds):
        return True
    value, low, high, before, least, most = (float(one or 0) for one in bounds)
    _, down, up = gap((value, low, high), (before, least, most))
    return down <= 0 <= up
