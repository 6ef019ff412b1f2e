"""The tick: due syncs, due digests, due rules, and the outbox; and whether all of that is well."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session, select

from bot.alerts.left import leave_gone
from bot.alerts.moved import follow_moved
from bot.alerts.own import all_rules
from bot.alerts.rounds import Rounds
from bot.alerts.rule import Rule
from bot.alerts.touched import tell_touched
from bot.channel import Desk
from bot.digests.kept import all_plans
from bot.digests.plan import Plan
from bot.digests.reminders import remind
from bot.digests.rota import Rota
from bot.nights import Nights
from bot.outbox import Sender, oldest_waiting
from bot.pump import Pump
from bot.settings import Settings
from bot.sources import pulled
from storage.delivery import Delivery, delivery
from storage.lease import Clock
from storage.models import Heartbeat, SyncState
from storage.models._types import instant_to_int
from storage.sources import Kind, SourceSettings
from storage.store import Store

TICK = "tick"
LATE_TICKS = 3
OUTBOX_LIMIT = timedelta(minutes=5)
STOP_WAIT = 5.0


@dataclass(frozen=True)
class Health:
    """Whether the clockwork runs; `problems` says in words what does not."""

    tick_age: timedelta | None
    stale: tuple[str, ...]
    outbox_age: timedelta | None
    problems: tuple[str, ...]
    delivery: Delivery = field(default_factory=lambda: Delivery(0, 0, 0, None))

    @property
    def is_well(self) -> bool:
        return not self.problems


class Worker:
    """Does what is due. Several of them may share one store on PostgreSQL.

    Each source is pulled on a thread of its own, so that one that hangs holds back no other and
    no message. `owner` names this process, `clock` gives its time, and `true_clock` that of the
    world where they differ. `chores` are done in every tick, when all else is; `nights` fits the
    models when it is time.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        desk: Desk,
        sender: Sender,
        *,
        owner: str,
        clock: Clock,
        true_clock: Clock | None = None,
        chores: Sequence[tuple[str, Callable[[datetime], None]]] = (),
        nights: Nights | None = None,
    ) -> None:
        self.chores, self.nights = chores, nights
        self.settings, self.store, self.desk, self.sender = settings, store, desk, sender
        self.owner, self.clock, self.guarded = owner, clock, desk.guarded
        self.true_clock = true_clock or clock
        zones = {ZoneInfo(one.zone) for _, one in settings.sources}
        self._rounds, self._rota = Rounds(desk, zones), Rota(desk)
        self._pulls: dict[str, threading.Thread] = {}
        self._ticking = threading.Lock()
        self.woken, self._ended = threading.Event(), threading.Event()
        self.pump = Pump(sender, self.guarded, wait=self._ended.wait, is_over=self._ended.is_set)
        self._outbox = threading.Thread(target=self._send_when_woken, daemon=True, name="outbox")
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Ticks from now on, on a thread of its own, never twice at a time."""
        self._scheduler.add_job(self._tick_now)  # once at the start
        self._scheduler.add_job(
            self._tick_now,
            "interval",
            seconds=self.settings.tick.total_seconds(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        self._outbox.start()

    def wake(self) -> None:
        """Something waits in the outbox: it is sent at once if this process is one that sends."""
        self.woken.set()

    def _send_when_woken(self) -> None:
        while self.woken.wait() and not self._ended.is_set():
            self.woken.clear()
            self.guarded("outbox", partial(self.send, self.settings.tick))

    def stop(self) -> None:
        """Ends after the tick under way. Pulls are left: a page is stored whole or not at all."""
        self._ended.set()
        self.woken.set()
        if self._scheduler.running:
            self._scheduler.shutdown()
            self._outbox.join(STOP_WAIT)
        for pull in self._pulls.values():
            pull.join(STOP_WAIT)
        if self.nights:
            self.nights.stop(STOP_WAIT)

    def tick(self, now: datetime, *, to_the_end: bool = False) -> None:
        """Everything that is due at `now`, once.

        `to_the_end` waits for the data before it speaks, and sends all that can be sent; else
        both may go on while the next tick comes.
        """
        with self._ticking:
            self.sync_due(now)
            for pull in self._pulls.values() if to_the_end else ():
                pull.join()
            self.speak(now)
            if self._outbox.is_alive():
                self.wake()
            else:
                self.send(None if to_the_end else self.settings.tick)
            for name, chore in self.chores:
                self.guarded(name, partial(chore, now))
            if self.nights:
                self.nights.begin(now)
                if to_the_end:
                    self.nights.wait()
            self._beat(now)

    def _tick_now(self) -> None:
        self.guarded(TICK, lambda: self.tick(self.clock()))

    def sync_due(self, now: datetime) -> None:
        """Begins to pull the sources that are due and not being pulled by us."""
        for kind, settings in self.settings.sources:
            running = self._pulls.get(settings.key)
            if running and running.is_alive():
                continue
            if self.guarded(f"due {settings.key}", partial(self._is_due, settings, now)):
                pull = partial(self._pull, kind, settings, now)
                thread = threading.Thread(
                    target=self.guarded, args=(f"sync {settings.key}", pull), daemon=True
                )
                self._pulls[settings.key] = thread
                thread.start()

    def speak(self, now: datetime) -> None:
        """Writes the digests and alerts that are due into the outbox."""
        plans = [Plan(one) for one in self.settings.digests]
        self._rota.run([*plans, *(self.guarded("own digests", self._own_digests) or ())], now)
        zone = ZoneInfo(self.settings.zone)
        days = self.settings.reminders.days
        self.guarded("reminders", partial(remind, self.desk, zone, days, now))
        declared = {one.id for one in self.settings.rules}
        self.guarded("rules that are gone", partial(leave_gone, self.desk, declared, now, zone))
        move = partial(follow_moved, self.desk, self.settings.rules, now, zone)
        self.guarded("rules that moved", move)
        rules = (*self.settings.rules, *(self.guarded("own rules", self._own_rules) or ()))
        self.guarded("rules", partial(self._rounds.sweep, rules, now, zone))
        self.guarded("whom alerts touch", partial(tell_touched, self.desk, now, zone))

    def _own_digests(self) -> list[Plan]:
        with self.store.reader() as session:
            return all_plans(session)

    def _own_rules(self) -> list[Rule]:
        with self.store.reader() as session:
            return all_rules(session)

    def send(self, at_most: timedelta | None = None) -> None:
        """Sends what can be sent now, beginning none after `at_most`."""
        self.pump.run(at_most)

    def _is_due(self, settings: SourceSettings, now: datetime) -> bool:
        with self.store.reader() as session:
            states = _states(session, settings.key)
        if not states:
            return True
        # a stamp from beyond one interval is of a clock that was wrong
        return any(
            not state.due_at or not now < state.due_at <= now + settings.every for state in states
        )

    def _pull(self, kind: Kind, settings: SourceSettings, now: datetime) -> None:
        pulled(kind, settings, self.store, now, owner=self.owner, clock=self.true_clock)

    def _beat(self, now: datetime) -> None:
        beat = self.store.sql(
            "INSERT INTO heartbeat (name, at) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at"
        )
        with self.store.bulk() as connection:
            connection.exec_driver_sql(beat, (TICK, instant_to_int(now)))


def health(store: Store, settings: Settings, now: datetime) -> Health:
    """How the clockwork of a store does, whichever process runs it."""
    with store.reader() as session:
        beat = session.get(Heartbeat, TICK)
        stale = tuple(
            one.key for _, one in settings.sources if _is_stale(_states(session, one.key), one, now)
        )
        oldest, how = oldest_waiting(session), delivery(session, now)
    tick_age = now - beat.at if beat else None
    outbox_age = max(now - oldest, timedelta(0)) if oldest else None
    problems = [f"{key} is stale" for key in stale]
    if tick_age is None or tick_age > LATE_TICKS * settings.tick:
        problems.append("the worker does not tick")
    if outbox_age and outbox_age > OUTBOX_LIMIT:
        problems.append(f"a message has waited for {outbox_age}")
    return Health(tick_age, stale, outbox_age, tuple(problems), how)


def _is_stale(states: list[SyncState], settings: SourceSettings, now: datetime) -> bool:
    """A source is as old as its oldest stream; one being read for the first time is not stale."""
    return not states or any(
        now - state.last_success_at > settings.stale_after
        if state.last_success_at
        else not (state.lease_until and state.lease_until > now)
        for state in states
    )


def _states(session: Session, key: str) -> list[SyncState]:
    return list(session.exec(select(SyncState).where(SyncState.source == key)))
