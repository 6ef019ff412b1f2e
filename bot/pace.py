"""How fast each method of Slack is called: one budget for all who send from a store.

It stands in the store, one row a method, and is read and moved in the transaction in which a
message is claimed, so that any number of workers share it and none has to know of the others.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from storage.models import MethodPace

POST, UPDATE = "chat.postMessage", "chat.update"
HISTORY, REPLIES, OPEN = "conversations.history", "conversations.replies", "conversations.open"
# By so much a call a second becomes more, every second without a refusal.
RISE = 0.1
LEAST = 1 / 60
# Stamps farther ahead are of a clock that was wrong.
LONGEST_STEP = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(days=2)


@dataclass(frozen=True)
class Limit:
    """Calls a second: at first, and at most."""

    first: float
    most: float


# Slack: about one message a second and channel, and more than that over all of a workspace, how
# many it does not say; fifty a minute and more of the others.
SLACK: Mapping[str, Limit] = {
    POST: Limit(1.0, 4.0),
    UPDATE: Limit(0.8, 2.0),
    HISTORY: Limit(0.8, 1.6),
    REPLIES: Limit(0.8, 1.6),
    OPEN: Limit(0.8, 1.6),
}


@dataclass(frozen=True)
class Pace:
    """The limits of each method, and how long a channel rests between two messages."""

    limits: Mapping[str, Limit] = field(default_factory=lambda: SLACK)
    rest: timedelta = timedelta(seconds=1)

    def kept(self, session: Session, now: datetime) -> dict[str, MethodPace]:
        """The row of every method, locked until the transaction ends."""
        query = select(MethodPace).order_by(col(MethodPace.name)).with_for_update()
        found = {row.name: row for row in session.exec(query)}
        missing = self.limits.keys() - found.keys()
        if not missing:
            return found
        self._add(session, missing, now)
        return {row.name: row for row in session.exec(query)}

    def _add(self, session: Session, names: Collection[str], now: datetime) -> None:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert if is_sqlite else postgresql.insert
        rows = [
            {"name": name, "rate": min(self.limits[name].first, 1e9), "changed_at": now,
             "next_at": now}
            for name in sorted(names)
        ]  # fmt: skip
        # another worker may add them at the same moment
        session.connection().execute(insert(MethodPace).values(rows).on_conflict_do_nothing())

    def rate(self, row: MethodPace, now: datetime) -> float:
        """Calls a second that the method may have now."""
        risen = row.rate + RISE * max(0.0, (now - row.changed_at).total_seconds())
        return min(self.limits[row.name].most, risen)

    def take(self, row: MethodPace, now: datetime) -> None:
        """A call is made now; the next one has to wait for its turn."""
        rate = self.rate(row, now)
        if not math.isinf(self.limits[row.name].most):
            row.next_at = now + timedelta(seconds=1 / rate)

    def pause(self, row: MethodPace, until: datetime, begun: datetime, now: datetime) -> None:
        """Slack asks for no call before `until`: half as many from then on.

        Calls that were begun at the old rate are refused too; they do not halve it again.
        """
        held = paused(row, now)
        if held is None or begun >= held:
            row.rate = max(LEAST, self.rate(row, now) / 2)
        row.paused_until = max(until, held) if held else until
        row.changed_at = row.paused_until


def paused(row: MethodPace, now: datetime) -> datetime | None:
    """Until when Slack asked us, the last time, not to call the method."""
    until = row.paused_until
    return until if until and until - now < LONGEST_PAUSE else None


def free_at(row: MethodPace, now: datetime) -> datetime:
    """When the method may be called next; now or earlier if it may be called now."""
    turn = row.next_at if row.next_at - now < LONGEST_STEP else now
    return max(turn, paused(row, now) or turn)


# For a clock that stands still, as that of a replay: nothing but Slack's own pauses is kept.
UNPACED = Pace(dict.fromkeys(SLACK, Limit(math.inf, math.inf)), timedelta(0))
