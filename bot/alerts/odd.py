"""Which suppliers are unusually slow: the values of a rule of that kind, by supplier."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.figures import Figures
from bot.alerts.rule import Rule
from commands import Reading
from commands._duration_words import days
from commands._keys import key_of
from storage.metrics.unusual import METRIC, Unusual, unusual
from storage.store import Store


def odd(store: Store, rule: Rule, found: Figures, now: datetime, zone: ZoneInfo) -> Figures:
    """1 for a supplier that is unusually slow by the test made for a rule that looks as often as
    this one, 0 for one that is not, null where there is not enough history to tell.
    """
    with store.reader() as session:
        every = unusual(session, now, zone, rule.every)
    values: dict[str, float | None] = {}
    labels, words = {}, {}
    for one in every:
        entity = key_of(one.supplier)
        values[entity] = None if one.p is None else float(one.fires)
        labels[entity], words[entity] = one.supplier.name, _words(one)
    reading = Reading("unusually slow", None, METRIC.unit, "supply", METRIC.id)
    return replace(found, reading=reading, values=values, labels=labels, words=words,
                   is_fleeting=False)  # fmt: skip


def _words(one: Unusual) -> str:
    """What it takes now and took before, and how sure that is."""
    if one.p is None:
        return one.why
    if one.is_calm and one.before is not None and not one.fires:
        return f"as usual, {days(one.before)} ({_chance(one.p)})"
    if one.is_silent and one.since:
        return f"silent since {one.since:%-d %b}: {one.open} open, none came ({_chance(one.p)})"
    now = "fewer than half have come" if one.median is None else f"{days(one.median)} now"
    before = "" if one.before is None else f", {days(one.before)} before"
    since = f"slipping since {one.since:%-d %b}: " if one.since else ""
    return f"{since}{now}{before} (n = {one.n}, {one.open} open; {_chance(one.p)})"


def _chance(p: float) -> str:
    """A p value as one says it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
