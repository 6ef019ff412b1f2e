"""All digests, tick by tick: each is looked at when it is due, and costs hardly anything before."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from bot.channel import Desk
from bot.digests.plan import Digest, Plan, legs
from bot.digests.run import FIRST_SIGHT, SPREAD, put_off, run_due
from bot.schedule import upcoming

# so many that are due at one moment are a crowd
CROWD = 20


@dataclass(frozen=True)
class Times:
    """What is known of a digest since `at`, as it was written then: when it was due in the last
    minutes, and when it is due next (null: never again).
    """

    digest: Digest
    at: datetime
    recent: Sequence[datetime]
    next: datetime | None

    def holds(self, digest: Digest, now: datetime) -> bool:
        """Whether that is still all that there is to know: neither the plan nor the day is another,
        and no clock was put back.
        """
        is_over = self.next is not None and self.next <= now
        return self.at <= now and not is_over and self.day == now.date() and self.digest == digest

    @property
    def day(self) -> date:
        return self.at.date()


class Rota:
    """Runs digests. When each is due next is kept between ticks. It is for one thread."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[str, Times] = {}
        # until when a digest need not be looked at, which was looked at without a fault
        self._rests: dict[str, datetime | None] = {}

    def run(self, plans: Iterable[Plan], now: datetime) -> None:
        """Writes what all digests owe at `now` into the outbox; one that breaks stops no other."""
        going = [(plan, leg) for plan in plans if not plan.is_paused for leg in legs(plan.digest)]
        awake = [(plan, leg) for plan, leg in going if not self._is_resting(leg, now)]
        if not awake:
            return
        for _, leg in awake:
            self._learn(leg, now)
        self._forget({leg.id for _, leg in going})
        crowded = self._crowded(now)
        for plan, leg in awake:
            run = partial(run_due, self.desk, leg, now, crowded, skips=plan.skips)
            if self.desk.guarded(f"digest {leg.id}", run) is not None:
                self._rest(leg, now, crowded)

    def _is_resting(self, leg: Digest, now: datetime) -> bool:
        known = self._known.get(leg.id)
        if known is None or leg.id not in self._rests or not known.holds(leg, now):
            return False
        until = self._rests[leg.id]
        return until is None or now < until

    def _learn(self, leg: Digest, now: datetime) -> None:
        """When it was due in the last minutes and is due next; nothing of a schedule that breaks,
        which is told when it is looked at.
        """
        self._rests.pop(leg.id, None)
        found = self.desk.guarded(f"due {leg.id}", partial(_times, leg, now))
        if found:
            self._known[leg.id] = found
        else:
            self._known.pop(leg.id, None)

    def _forget(self, going: Collection[str]) -> None:
        """Nothing is kept of those that are no more."""
        for one in self._known.keys() - going:
            del self._known[one]
            self._rests.pop(one, None)

    def _crowded(self, now: datetime) -> frozenset[datetime]:
        """The moments of the last minutes at which very many are due."""
        since = now - SPREAD - FIRST_SIGHT
        every = (at for one in self._known.values() for at in one.recent if since < at <= now)
        return frozenset(at for at, count in Counter(every).items() if count > CROWD)

    def _rest(self, leg: Digest, now: datetime, crowded: Collection[datetime]) -> None:
        """Lets it be until it is due next, or until its turn comes where it was put off."""
        known = self._known.get(leg.id)
        if known is None:
            return
        turns = [at + put_off(leg) for at in known.recent if at in crowded]
        waits = [turn for turn in turns if turn > now]
        self._rests[leg.id] = min([*waits, *([known.next] if known.next else [])], default=None)


def _times(leg: Digest, now: datetime) -> Times:
    recent: list[datetime] = []
    for due in upcoming(leg.cron, leg.zone, now - SPREAD - FIRST_SIGHT):
        if due.at > now:
            return Times(leg, now, recent, due.at)
        recent.append(due.at)
    return Times(leg, now, recent, None)
