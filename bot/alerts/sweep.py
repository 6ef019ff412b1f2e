"""A rule is looked at when it is time to; what changed is written down and told, in one step."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from bot.alerts.look import Look, look
from bot.alerts.rule import Rule
from bot.alerts.tell import tell
from bot.channel import Desk
from storage.episodes import Evaluated, advance, is_due
from storage.hush import read_quiet
from storage.watch import News


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
    quiet = read_quiet(rule.quiet, ZoneInfo(rule.zone) if rule.zone else zone)
    watch = replace(found.watch, keep=rule.keep, repeat=rule.repeat)
    try:
        with desk.store.writer() as session:
            done = advance(
                session, rule.id, watch, found.sight, rule.every, now,
                quiet=None if rule.severity == "critical" else quiet,
            )  # fmt: skip
            if done is None:
                return ()
            tell(session, desk, rule, found, done, now, zone)
            return _news(done)
    except IntegrityError:
        return ()  # another process evaluated it at the same moment


def _news(done: Evaluated) -> tuple[News, ...]:
    of_data = (done.data,) if done.data else ()
    return (*of_data, *(news for one in done.changes for news in one.news))
