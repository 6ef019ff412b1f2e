"""What is said when a rule fires, ends, or can't be judged."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.look import HIDDEN, Look
from bot.alerts.rule import Rule
from bot.channel import Said
from commands import Answer, Notice, Sentence
from commands._basis import ago
from storage.models import Episode
from storage.watch import Bound, News, Watch


def said(
    rule: Rule,
    watch: Watch,
    found: Look,
    episode: Episode | None,
    news: News,
    now: datetime,
    zone: ZoneInfo,
) -> Said:
    """What is told of one piece of news: a title, a sentence and the figure."""
    text = _words(watch, found, episode, news, now, zone)
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
    watch: Watch, found: Look, episode: Episode | None, news: News, now: datetime, zone: ZoneInfo
) -> str:
    if news == "blind":
        return f"**This can't be judged: {found.why}.** {_stands(episode, zone)}"
    figure = _figure(found)
    if news == "sighted":
        return f"**This can be judged again: {figure}.** {_stands(episode, zone)}"
    assert episode is not None  # what fired or ended is one
    if news == "fired":
        return f"**{figure}**, {_limit(watch.when, found)}, since {_at(episode.begun_at, zone)}."
    fired_at, value = episode.fired_at or now, episode.fired_value
    was = "" if value is None else f"; it was {_amount(value, found)} when it began"
    return f"**{figure}**, {_limit(watch.clear, found)}: over after {ago(now - fired_at)}{was}."


def _stands(episode: Episode | None, zone: ZoneInfo) -> str:
    if episode and episode.phase in ("firing", "recovering"):
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
