"""Alerts: a rule judges the first figure of its command line; its channel is told of changes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from bot.channel import Desk, Said
from bot.charts import UNITS
from bot.outbox import put
from bot.settings import Rule
from commands import Answer, Command, FollowUp, Grant, Notice, Reading, Sentence, Topic
from commands._audience import may_ask, visible
from commands._basis import ago
from storage.models import Episode
from storage.watch import Bound, Change, Data, News, Seen, Watch, advance, is_due, read_watch

HIDDEN = "this channel may not see it"
ASK_STATUS = FollowUp("Data status", "status")


@dataclass(frozen=True)
class Look:
    """What a rule saw: the reading and its answer, or why there is none to judge by."""

    seen: Seen
    answer: Answer | None = None
    reading: Reading | None = None
    why: str = ""
    ups: tuple[FollowUp, ...] = ()

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What the title of the answer, which is that of its summary too, and the figure bear."""
        if self.answer is None or self.reading is None:
            return ()
        return _topics(self.answer, self.reading)


def evaluate(desk: Desk, rule: Rule, now: datetime, zone: ZoneInfo) -> tuple[News, ...]:
    """Looks, if it is time to, and writes down what changed; what is told of it.

    A channel whose grant can't be found out now is an error that leaves the rule as it is.
    """
    if not due(desk, rule, now):
        return ()
    grant = desk.grant_of(rule.channel)
    return record(desk, rule, look(desk, rule, grant, now, zone), now, zone)


def due(desk: Desk, rule: Rule, now: datetime) -> bool:
    """Whether it is time to look."""
    with desk.store.reader() as session:
        return is_due(session, rule.id, rule.every, now)


def look(desk: Desk, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo) -> Look:
    """What the rule's first reading is now, if its data can be trusted and `grant` allows it, with
    the title that it is told under.

    Everything is asked for: were a hidden figure left out, the next would be taken for it.
    """
    said = desk.ask(rule.ask, rule.channel, now, zone, Grant.everything())
    ups = (FollowUp("Show", rule.ask), ASK_STATUS)
    allowed = tuple(up for up in ups if may_ask(up, grant, desk.registry))
    return replace(_in_unit(_look(said, grant, desk.registry), rule.unit), ups=allowed)


def _look(said: Said, grant: Grant, registry: Mapping[str, Command]) -> Look:
    if isinstance(said, Notice):
        what = "its question can't be answered" if said.error else "there is no figure"
        return _blind("error" if said.error else "no-data", what)
    if not said.readings:
        return _blind("error", "its question gives no figure")
    reading = said.readings[0]
    if not all(map(grant.allows, _topics(said, reading))):
        return _blind("error", HIDDEN)
    seen = visible(said, grant, registry)
    assert isinstance(seen, Answer)  # its reading is allowed
    return _judged(seen, reading)


def _topics(answer: Answer, reading: Reading) -> tuple[Topic, ...]:
    return tuple(sorted({*answer.summary.topics, reading.topic}))


def _in_unit(found: Look, unit: str) -> Look:
    """What was seen, if it can be held against a threshold in `unit`; without one it can."""
    now = unit_word(found.reading) if found.reading else unit
    if not unit or now == unit:
        return found
    return _blind("error", f"its figure is in {now} now", found.answer, found.reading)


def unit_word(reading: Reading) -> str:
    """The unit in which a threshold on a reading is written."""
    return "%" if reading.unit == "share" else UNITS.get(reading.unit, reading.unit)


def _judged(answer: Answer, reading: Reading) -> Look:
    ages = [age for basis in answer.basis for age in basis.sources]
    if not ages or any(age.stale for age in ages):
        return _blind("stale", "its data is too old", answer, reading)
    if reading.value is None or answer.basis[0].n == 0:
        return _blind("no-data", "there is no figure", answer, reading)
    value = float(reading.value)
    if not math.isfinite(value):
        return _blind("error", f"the figure is {value}", answer, reading)
    return Look(Seen("ok", value), answer, reading)


def _blind(
    data: Data, why: str, answer: Answer | None = None, reading: Reading | None = None
) -> Look:
    return Look(Seen(data), answer, reading, why)


def record(desk: Desk, rule: Rule, found: Look, now: datetime, zone: ZoneInfo) -> tuple[News, ...]:
    """Writes the evaluation and what is to be told of it, in one transaction; what that is."""
    watch = read_watch(rule.when, rule.clear, rule.pending, rule.recovering)
    try:
        with desk.store.writer() as session:
            change = advance(session, rule.id, watch, found.seen, rule.every, now)
            if change is None:
                return ()
            for news in change.news:
                said = _said(rule, watch, found, change, news, now, zone)
                put(session, desk.message(change.key(news), rule.channel, said), now)
            return change.news
    except IntegrityError:
        return ()  # another process evaluated it at the same moment


def _said(
    rule: Rule, watch: Watch, found: Look, change: Change, news: News, now: datetime, zone: ZoneInfo
) -> Said:
    text = _words(watch, found, change.episode, news, now, zone)
    # the title of one's own rule is that of an answer, so it names what the answer is of
    name = rule.id if found.why == HIDDEN else rule.title or rule.id
    title = f"{TITLES[news]}: {name}"
    if found.answer is None or found.reading is None:
        return Notice(title, text, found.ups)
    reading = found.reading
    return Answer(
        title=title,
        summary=Sentence(text, found.topics),
        basis=found.answer.basis,
        readings=(reading,),
        follow_ups=found.ups,
        line=rule.ask,
    )


TITLES: dict[News, str] = {
    "fired": "🔴 Alert",
    "resolved": "🟢 Over",
    "blind": "⚪ Can't tell",
    "sighted": "⚪ Can tell again",
}


def _words(
    watch: Watch, found: Look, episode: Episode, news: News, now: datetime, zone: ZoneInfo
) -> str:
    if news == "blind":
        return f"**This can't be judged: {found.why}.** {_stands(episode, zone)}"
    figure = _figure(found)
    if news == "sighted":
        return f"**This can be judged again: {figure}.** {_stands(episode, zone)}"
    if news == "fired":
        return f"**{figure}**, {_limit(watch.when, found)}, since {_at(episode.begun_at, zone)}."
    fired_at, value = episode.fired_at or now, episode.fired_value
    was = "" if value is None else f"; it was {_amount(value, found)} when it began"
    return f"**{figure}**, {_limit(watch.clear, found)}: over after {ago(now - fired_at)}{was}."


def _stands(episode: Episode, zone: ZoneInfo) -> str:
    if episode.phase in ("firing", "recovering"):
        return f"The alert of {_at(episode.fired_at, zone)} stands."
    return "There is no alert."


def _figure(found: Look) -> str:
    assert found.answer is not None
    assert found.reading is not None
    assert found.seen.value is not None
    return f"{found.answer.title}, {found.reading.name}: {_amount(found.seen.value, found)}"


def _limit(bound: Bound, found: Look) -> str:
    return f"{bound.word} {_amount(bound.limit, found)}"


def _amount(value: float, found: Look) -> str:
    unit = found.reading.unit if found.reading else ""
    if unit == "share":
        return f"{value * 100:g} %"
    number = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{number} days" if unit == "d" else f"{number} {unit}".strip()


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %b %H:%M %Z}" if at else "now"
