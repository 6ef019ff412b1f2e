"""A rule is looked at when it is time to; what changed is written down and told, in one step."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from bot.alerts.look import Look, look
from bot.alerts.rule import Rule
from bot.alerts.tell import said
from bot.channel import Desk
from bot.outbox import put
from storage.episodes import Evaluated, advance, is_due
from storage.models import Episode
from storage.watch import News, read_watch


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


def record(desk: Desk, rule: Rule, found: Look, now: datetime, zone: ZoneInfo) -> tuple[News, ...]:
    """Writes the evaluation and what is to be told of it, in one transaction; what that is."""
    watch = read_watch(rule.when, rule.clear, rule.pending, rule.recovering)
    try:
        with desk.store.writer() as session:
            done = advance(session, rule.id, watch, found.sight, rule.every, now)
            if done is None:
                return ()
            told = _told(done)
            for news, episode in told:
                what = said(rule, watch, found, episode, news, now, zone)
                put(session, desk.message(_key(rule, done, episode, news), rule.channel, what), now)
            return tuple(news for news, _ in told)
    except IntegrityError:
        return ()  # another process evaluated it at the same moment


def _told(done: Evaluated) -> list[tuple[News, Episode | None]]:
    standing = (*done.standing, *(one.episode for one in done.changes))
    told: list[tuple[News, Episode | None]] = []
    if done.data:
        told.append((done.data, standing[0] if standing else None))
    return told + [(news, one.episode) for one in done.changes for news in one.news]


def _key(rule: Rule, done: Evaluated, episode: Episode | None, news: News) -> str:
    """What makes one piece of news of one episode different from all others."""
    if news in ("blind", "sighted") or episode is None:
        return f"alert:{rule.id}:{news}:{done.state.blinded}"
    return f"alert:{rule.id}:{episode.entity}:{episode.number}:{news}"
