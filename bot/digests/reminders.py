"""Reminders of notice deadlines: to the account owner, with how we served that customer."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.alerts.owners import plain
from bot.channel import Desk
from bot.digests.plan import Digest
from bot.digests.say import Saying, asked, messages
from bot.outbox import put
from bot.schedule import Due
from commands import Answer, Ask, Grant, Topic
from commands._notices import Deadline, deadlines
from storage.models import Audit, Outbox, OwnerLink, Reminder, ScheduledRun

SCHEDULE = "reminders"
FROM_HOUR = 9
DAYS = 60
BRIEFING = ("customer {who}", "otif {who} last 365 days", "exposed {who}")
# who may see nothing of customers is told nothing of them
TOPIC: Topic = "customers"


def remind(desk: Desk, zone: ZoneInfo, standard: int, now: datetime) -> int:
    """Writes the reminders that are due into the outbox, once a local day from nine o'clock on;
    how many.

    `standard`: how many days before a deadline those are reminded who chose nothing. One that
    breaks stops no other, and is tried again an hour later.
    """
    local = now.astimezone(zone)
    day, hour = f"{local:%Y-%m-%d}", f"{local:%Y-%m-%dT%H}"
    with desk.store.reader() as session:
        if local.hour < FROM_HOUR or _is_done(session, day, hour):
            return 0
        owed = _owed(session, desk, zone, standard, now)
    written = [
        desk.guarded(f"reminder {one.key} to {user}", partial(_write, desk, zone, user, one, now))
        for user, one in owed
    ]
    _mark(desk, hour if None in written else day, now)
    return sum(filter(None, written))


def choose(session: Session, user: str, days: int, now: datetime) -> None:
    """From now on this person is reminded so many days before; 0 is never."""
    row = session.get(Reminder, user)
    before = {"days": row.days} if row else None
    session.add(Audit(at=now, who=user, what=_what(user), action="chose", before=before,
                      after={"days": days}))  # fmt: skip
    row = row or Reminder(slack_user=user, days=days, changed_at=now)
    row.days, row.changed_at = days, now
    session.add(row)


def chosen(session: Session, user: str) -> int | None:
    """How many days before a person wants to be reminded; null for one who did not say."""
    row = session.get(Reminder, user)
    return row.days if row else None


def choices(session: Session, user: str, count: int) -> list[tuple[datetime, int]]:
    """When a person chose how many days before, the newest first."""
    query = select(Audit).where(Audit.what == _what(user)).order_by(col(Audit.id).desc())
    return [(one.at, int((one.after or {})["days"])) for one in session.exec(query.limit(count))]


def _what(user: str) -> str:
    return f"reminders {user}"


def _owed(
    session: Session, desk: Desk, zone: ZoneInfo, standard: int, now: datetime
) -> list[tuple[str, Deadline]]:
    """Who is to be reminded of what, and was not."""
    wanted = {row.slack_user: row.days for row in session.exec(select(Reminder))}
    people = {row.name: row.slack_user for row in session.exec(select(OwnerLink)) if row.slack_user}
    longest = max([standard, *wanted.values()])
    if not longest:
        return []
    ask = Ask("", now, zone, Grant.everything(), currency=desk.currency)
    found = []
    for one in deadlines(session, ask, longest):
        users = {people.get(plain(name)) for name in one.owners}
        for user in sorted(filter(None, users)):
            days = wanted.get(user, standard)
            if (one.by - ask.today).days <= days and days and not _is_told(session, user, one):
                found.append((user, one))
    return found


def _write(desk: Desk, zone: ZoneInfo, user: str, one: Deadline, now: datetime) -> bool:
    """Writes one reminder; false where its owner may not see it, or another process was first."""
    grant = desk.grant_of(user)
    if not grant.allows(TOPIC):
        return False
    lines = tuple(line.format(who=one.call) for line in BRIEFING)
    left = (one.by - now.astimezone(zone).date()).days
    when = "today" if left == 0 else f"in {left} day{'' if left == 1 else 's'}"
    digest = Digest(SCHEDULE, user, "0 9 * * *", zone.key, lines, _title(one))
    said = [found for found in asked(desk, digest, now, grant) if isinstance(found, Answer)]
    saying = Saying(
        digest, Due("", now), now, said, _sentence(one, when),
        when=f"For you as account owner · {when}", about=(TOPIC,),
    )  # fmt: skip
    is_new = False
    with suppress(IntegrityError), desk.store.writer() as session:
        for message in messages(desk, saying, _key(user, one), user):
            is_new = put(session, message, now)
    return is_new


def _title(one: Deadline) -> str:
    if one.is_notice_known:
        return f"{one.name}: decide by {one.by:%-d %B %Y}"
    return f"{one.name}: ends on {one.ends_on:%-d %B %Y}"


def _sentence(one: Deadline, when: str) -> str:
    if one.is_deal:
        return (
            f"**A renewal deal closes on {one.ends_on:%-d %B}** ({when}); no contract is known, so"
            " no period of notice either."
        )
    if not one.is_notice_known:
        return (
            f"**The contract ends or renews on {one.ends_on:%-d %B}** ({when}). Its period of"
            " notice is not known, so this is the end itself."
        )
    return (
        f"**The notice deadline is {one.by:%-d %B}** ({when}), before the contract ends or renews"
        f" on {one.ends_on:%-d %B %Y}."
    )


def _key(user: str, one: Deadline) -> str:
    """The same for as long as the deadline is the same: a new one is told anew."""
    return f"reminder:{user}:{one.key}"


def _is_told(session: Session, user: str, one: Deadline) -> bool:
    told = select(Outbox.id).where(Outbox.key == _key(user, one))
    return session.exec(told).first() is not None


def _is_done(session: Session, *periods: str) -> bool:
    done = select(ScheduledRun.id).where(
        ScheduledRun.schedule == SCHEDULE, col(ScheduledRun.period).in_(periods)
    )
    return session.exec(done).first() is not None


def _mark(desk: Desk, period: str, now: datetime) -> None:
    row = ScheduledRun(
        schedule=SCHEDULE, period=period, plan="", due_at=now, done_at=now, outcome="sent"
    )
    with suppress(IntegrityError), desk.store.writer() as session:
        session.add(row)
