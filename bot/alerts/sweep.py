"""A rule is looked at when it is time to; what changed is written down and told, in one step."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.alerts.gathered import quiet_of
from bot.alerts.look import Look, look
from bot.alerts.own import as_read
from bot.alerts.rule import Rule
from bot.alerts.tell import tell
from bot.channel import Desk
from storage.episodes import Case, Evaluated, advance, is_due
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
    """Writes the evaluation and what is to be told of it, in one transaction; what that is.

    Nothing, if the rule was changed or given up while it was looked at.
    """
    case = case_of(rule, found, zone)
    try:
        with desk.store.writer() as session:
            if not as_read(session, [rule]):
                return ()
            done = advance(
                session, rule.id, case.watch, case.sight, rule.every, now, quiet=case.quiet
            )
            return write(session, desk, rule, found, done, now, zone) if done else ()
    except IntegrityError:
        return ()  # another process evaluated it at the same moment


def case_of(rule: Rule, found: Look, zone: ZoneInfo) -> Case:
    """What an evaluation of a rule goes by."""
    return Case(rule.id, found.watch, found.sight, rule.every, quiet_of(rule, zone))


def write(
    session: Session, desk: Desk, rule: Rule, found: Look, done: Evaluated, now: datetime,
    zone: ZoneInfo,
) -> tuple[News, ...]:  # fmt: skip
    """Writes what is to be told of an evaluation into the outbox; what that is."""
    tell(session, desk, rule, found, done, now, zone)
    of_data = (done.data,) if done.data else ()
    return (*of_data, *(news for one in done.changes for news in one.news))
