"""Sends what waits in the outbox: claim, post outside any transaction, finish; never twice."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from bot.claims import LEASE, UNFINISHED, Block, Claim, Message, let_go_if_frozen, take
from bot.lateness import has_no_answer, sent_late
from bot.outcome import MAYBE_TWICE, Changes, changes, is_news, trouble
from bot.pace import UNPACED, Pace
from bot.post import FAILURES, SHORTLY, Absent, Again, Doubt, Later, Outcome, Refused, Slack, Unsure
from bot.trouble import State
from commands import Grant
from storage.delivery import DELETED, PARENTLESS
from storage.models import Outbox
from storage.store import Store

__all__ = ["LEASE", "Block", "Claim", "GrantOf", "Message", "Sender", "put"]

TROUBLE = ("failed", "doubt")
# Slack's words for a thread whose first message is gone.
NO_THREAD = ("thread_not_found", "cannot_reply_to_message", DELETED)
# What arrived within so long says that Slack as a whole is there.
JUST_NOW = timedelta(minutes=10)
UTC_ZONE = ZoneInfo("UTC")

log = logging.getLogger(__name__)

GrantOf = Callable[[str], Grant]
Notices = Callable[[Message, State, str], Sequence[Message]]
Lessen = Callable[[Message, Grant], Message | None]


def put(session: Session, message: Message, now: datetime) -> bool:
    """Writes a message to be sent, in the caller's transaction; false if it is there already.

    An edit takes the place of those of the same message that wait. Two processes that write the
    same one at once end in an IntegrityError of the later one. A reply or edit without a parent
    is a ValueError.
    """
    if (message.kind == "post") != (message.parent is None):
        raise ValueError(f"{message.key}: a reply or an edit has a parent, and nothing else has")
    if session.exec(select(Outbox.id).where(Outbox.key == message.key)).first():
        return False
    if message.kind == "edit":
        _replace_edits(session, message.parent)
    session.add(_row(message, now))
    return True


def _replace_edits(session: Session, parent: str | None) -> None:
    session.connection().execute(
        update(Outbox)
        .where(
            col(Outbox.parent) == parent, col(Outbox.kind) == "edit", col(Outbox.state) == "pending"
        )
        .values(state="replaced")
    )


def _row(message: Message, now: datetime) -> Outbox:
    return Outbox(
        key=message.key,
        token=hashlib.blake2b(message.key.encode(), digest_size=12).hexdigest(),
        channel=message.channel,
        kind=message.kind,
        parent=message.parent,
        is_broadcast=message.is_broadcast,
        must_arrive=message.must_arrive,
        text=message.text,
        blocks=message.blocks,
        topics=list(message.topics),
        not_before=message.not_before,
        created_at=now,
    )


def troubles(session: Session, since: datetime) -> list[Outbox]:
    """What could not be sent, or can't be known to be, among the messages since then."""
    query = select(Outbox).where(col(Outbox.state).in_(TROUBLE), col(Outbox.created_at) >= since)
    return list(session.exec(query.order_by(col(Outbox.id))))


def oldest_waiting(session: Session) -> datetime | None:
    """Since when the oldest message waits that is not sent yet; null when none waits.

    It may be an instant to come, where all are planned.
    """
    since = func.coalesce(Outbox.not_before, Outbox.created_at)
    return session.exec(select(func.min(since)).where(col(Outbox.state).in_(UNFINISHED))).one()


def log_trouble(text: str) -> None:
    """Tells whoever reads the log."""
    log.error("%s", text)


def nobody(message: Message, state: State, why: str) -> Sequence[Message]:
    """For a store whose messages nobody owns."""
    return ()


def whole(message: Message, grant: Grant) -> None:
    """For a store of whose messages nothing can be left out."""


class Sender:
    """Sends the outbox of a store to Slack. `owner` names this process, `clock` gives its time.

    `grant_of` says what a channel may see, `closed` why nothing at all is posted there; both are
    asked again before every post. `tell` is told of every message that can't be sent, or that
    can't be known to be sent; `notices` gives what is then written to whoever it concerns. `lessen`
    gives what is left of a message where not all of it may be seen, null where nothing is. `zone`
    is that in which a late message says when it was written. Calls keep to the `pace`.
    """

    def __init__(
        self,
        store: Store,
        slack: Slack,
        *,
        owner: str,
        clock: Callable[[], datetime],
        grant_of: GrantOf,
        closed: Callable[[str], str | None],
        tell: Callable[[str], None] = log_trouble,
        notices: Notices = nobody,
        lessen: Lessen = whole,
        pace: Pace = UNPACED,
        zone: ZoneInfo = UTC_ZONE,
    ) -> None:
        self.store, self.slack, self.owner = store, slack, owner
        self.clock, self.pace, self.zone = clock, pace, zone
        self.tell, self.notices, self.lessen = tell, notices, lessen
        self._arrived_at: datetime | None = None
        self._missed_at: datetime | None = None
        self.grant_of, self.closed = grant_of, closed

    def send_one(self) -> bool:
        """Sends the message that has waited longest; false when none can be sent now."""
        claim = self.claim()
        if not isinstance(claim, Claim):
            return False
        self.carry_out(claim)
        return True

    def claim(self) -> Claim | timedelta | None:
        """The right to one message; else how long until one may go, if the pace holds it."""
        with self.store.writer() as session:
            return take(session, self.owner, self.pace, self.clock())

    def carry_out(self, claim: Claim) -> None:
        """Does what was claimed, and writes down what became of it."""
        self._finish(claim, self._send(claim))

    def _send(self, claim: Claim) -> Outcome:
        message = claim.message
        if claim.doubt and message.kind != "edit":
            return self._look(claim)
        is_alone = message.parent is not None and claim.thread is None
        if is_alone and not _may_stand_alone(message):
            return Refused(PARENTLESS)
        seen = self._seen(message)
        if not isinstance(seen, Message):
            return seen
        claim = replace(claim, message=seen)
        if message.kind == "edit":
            return self._edit(claim)
        outcome = self._post(claim, claim.thread)
        if isinstance(outcome, Refused) and outcome.why in NO_THREAD and _may_stand_alone(message):
            return self._post(claim, None)
        return outcome

    def _look(self, claim: Claim) -> Outcome:
        """Whether a message is there that may have been sent; if not it is sent at another time."""
        message = claim.message
        found = self.slack.find(message.channel, claim.token, claim.created_at, claim.thread)
        if isinstance(found, Absent):
            return Again(claim.error)
        # an answer that settles nothing may be given again and again, a process dies rarely
        may_repeat = claim.doubt == "died" or not claim.resent
        if isinstance(found, Doubt) and message.must_arrive and may_repeat:
            return Again(f"{MAYBE_TWICE}: {found.why}", is_repeat=True)
        return found

    def _post(self, claim: Claim, thread: str | None) -> Outcome:
        message = sent_late(claim, self.clock(), self.zone, self._missed_at)
        return self.slack.post(
            message.channel, message.text, message.blocks, claim.token, thread=thread,
            is_broadcast=message.is_broadcast, may_go=lambda: self._holds(claim),
        )  # fmt: skip

    def _edit(self, claim: Claim) -> Outcome:
        message, ts = claim.message, claim.thread
        assert ts is not None  # one without is refused before
        return self.slack.update(
            message.channel, ts, message.text, message.blocks,
            may_go=lambda: self._holds(claim),
        )  # fmt: skip

    def _holds(self, claim: Claim) -> bool:
        """Whether nobody can have taken the message over while this process stood still."""
        return timedelta(0) <= self.clock() - claim.at <= LEASE / 2

    def _seen(self, message: Message) -> Message | Later | Refused:
        """The message as the channel may get it, or why it may not after all."""
        try:
            why, grant = self.closed(message.channel), self.grant_of(message.channel)
        except FAILURES as error:
            return Later(SHORTLY, f"what {message.channel} may see can't be told: {error}")
        if why:
            return Refused(why)
        denied = [topic for topic in message.topics if not grant.allows(topic)]
        if not denied:
            return message
        less = self.lessen(message, grant)
        return less or Refused(f"the channel may not see {', '.join(denied)}")

    def _finish(self, claim: Claim, outcome: Outcome) -> None:
        now = self.clock()
        made = changes(claim, outcome, now)
        notices = self._notices(claim, made, now)
        with self.store.writer() as session:
            let_go_if_frozen(session)
            done = session.connection().execute(
                update(Outbox)
                .where(
                    col(Outbox.id) == claim.id,
                    col(Outbox.claim) == claim.number,
                    col(Outbox.state) == "sending",
                )
                .values(**made)
            )
            self._keep_pause(session, claim, outcome, now)
            for notice in notices if done.rowcount == 1 else ():
                put(session, notice, now)
        if done.rowcount != 1:
            log.warning("outbox %s: another process took it over", claim.message.key)
        elif is_news(claim, made):
            self.tell(f"{claim.message.key} to {claim.message.channel}: {made['error']}")

    def _notices(self, claim: Claim, made: Changes, now: datetime) -> Sequence[Message]:
        """What is written of a message in trouble; found before anything is locked."""
        if made["state"] == "sent":
            self._arrived_at = now
        elif has_no_answer(made.get("error")):
            self._missed_at = now
        others_arrive = self._arrived_at is not None and now - self._arrived_at < JUST_NOW
        state = trouble(claim, made, others_arrive=others_arrive)
        return self.notices(claim.message, state, str(made["error"])) if state else ()

    def _keep_pause(self, session: Session, claim: Claim, outcome: Outcome, now: datetime) -> None:
        if isinstance(outcome, Later | Unsure) and outcome.method:
            row = self.pace.kept(session, now)[outcome.method]
            self.pace.pause(row, now + outcome.after, claim.at, now)
            session.add(row)


def _may_stand_alone(message: Message) -> bool:
    return message.kind == "reply" and message.must_arrive
