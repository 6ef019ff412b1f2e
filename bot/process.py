"""Puts the parts of a running Leadline together, and runs them until it is told to stop."""

import signal
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from zoneinfo import ZoneInfo

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.access import Access, Directory
from bot.alerts.lessened import lessen
from bot.alerts.owners import refresh
from bot.app import build
from bot.blocks import blocks, fallback
from bot.boundary import guarded
from bot.channel import Desk
from bot.clock import true_time
from bot.features import FEATURES, pages
from bot.http import Front, Server
from bot.nights import Nights
from bot.outbox import Sender
from bot.pace import UNPACED, Pace
from bot.pool import Pool
from bot.post import FAILURES, Slack, web_client
from bot.reader import chooser
from bot.replies import Replies
from bot.settings import Settings, SettingsError
from bot.trouble import Owners, operators
from bot.worker import Worker, health
from commands import load
from storage.forecasts import load as models
from storage.lease import Clock
from storage.store import Store


class Part(Enum):
    """What one process does of it."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


@dataclass(frozen=True)
class Parts:
    """A Leadline that is put together and not started. `app` is null without a token.

    `pool` finishes what takes longer than Slack waits for an answer.
    """

    app: App | None
    worker: Worker
    front: Front
    pool: Pool


def assemble(
    settings: Settings,
    store: Store,
    owner: str,
    clock: Clock,
    true_clock: Clock | None = None,
    pace: Pace = UNPACED,
) -> Parts:
    """All parts of a process, at work on one store; `owner` names the process.

    `true_clock` is the world's time, where `clock` is that of a replay, which stands still and
    so has no `pace`.
    """
    client = web_client(settings.slack_bot_token, settings.slack_api_url)
    who = _who(settings, client)
    directory = Directory(client, who.team_id or "" if who else "", clock)
    rights = Access(settings.access, directory)
    zone = ZoneInfo(settings.zone)
    desk = Desk(
        store,
        load(),
        rights.of_channel,
        blocks=partial(blocks, zone=zone, is_shared=True),
        text=fallback,
        guarded=guarded,
        stale_after={one.key: one.stale_after for _, one in settings.sources},
        currency=settings.currency,
        carry_rate=settings.carry_rate,
        choose=chooser(settings.reader) if settings.reader else None,
        goals=settings.goals,
        members=directory.group,
        channels=settings.channels,
        is_replay=true_clock is not None,
    )
    sender = Sender(
        store, Slack(client), owner=owner, clock=clock, grant_of=rights.of_channel,
        closed=rights.closed, pace=pace, zone=zone,
        notices=Owners(
            store, settings.rules, settings.digests,
            partial(operators, settings.access, rights.directory), rights.of_channel,
        ),
        lessen=partial(lessen, store, clock, zone),
    )  # fmt: skip
    worker = Worker(
        settings, store, desk, sender, owner=owner, clock=clock, true_clock=true_clock,
        chores=[("owners", partial(refresh, store, client))] if who else (),
        nights=Nights(store, [*models().values()], zone, guarded),
    )  # fmt: skip
    replies = Replies(
        desk, rights, client, zone, clock=clock, post_soon=worker.wake, pages=pages(FEATURES),
        rules=settings.rules,
        digests=settings.digests,
        remind_days=settings.reminders.days,
    )  # fmt: skip
    pool = Pool()
    app = build(settings, replies, who, pool, FEATURES) if who else None
    front = Front(
        None if settings.slack_app_token else app,
        store,
        lambda: health(store, settings, clock()),
        signing_secret=settings.slack_signing_secret,
        clock=clock,
        nudged=settings.nudged,
    )
    return Parts(app, worker, front, pool)


def tick(settings: Settings, store: Store, owner: str, now: datetime) -> None:
    """Does everything that is due at `now`, once; a replay, whose clock stands still, unpaced."""
    if settings.now:
        parts = assemble(settings, store, owner, lambda: now, true_time)
    else:
        parts = assemble(settings, store, owner, true_time, pace=Pace())
    parts.worker.tick(now, to_the_end=True)


def access(settings: Settings, clock: Clock) -> Access:
    """Who may see what, by the Slack of the settings."""
    client = web_client(settings.slack_bot_token, settings.slack_api_url)
    who = _who(settings, client)
    if who is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set: nobody can be looked up")
    return Access(settings.access, Directory(client, who.team_id or "", clock))


def run(settings: Settings, parts: Parts, part: Part, stop: threading.Event | None = None) -> None:
    """Runs until SIGINT, SIGTERM or `stop`; then ends what is under way."""
    if part is not Part.ALL and settings.database_url.startswith("sqlite"):
        raise SettingsError(
            f"`{part.value}` is for PostgreSQL: a SQLite store has one process, `python -m bot`;"
            " set DATABASE_URL to split it"
        )
    if parts.app and not (settings.slack_app_token or settings.slack_signing_secret):
        raise SettingsError("set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")
    ended = stop or on_signal()
    server = Server(settings, parts.front)
    server.start()
    connection = connect(settings, parts) if part is not Part.WORKER else None
    if part is not Part.WEB:
        parts.worker.start()
    ended.wait()
    if connection:
        connection.close()
    server.stop()
    parts.pool.stop()
    if part is not Part.WEB:
        parts.worker.stop()


class Connection(SocketModeHandler):
    """A Socket Mode connection that ends when it is told to."""

    def close(self) -> None:
        # the client alone would wait for up to four seconds for the next word of Slack
        self.client.closed, self.client.auto_reconnect_enabled = True, False
        self.client.message_queue.put(None)
        session = self.client.current_session
        if session and session.sock:
            with suppress(OSError):  # Slack was first
                session.sock.shutdown(socket.SHUT_RDWR)
        super().close()  # type: ignore[no-untyped-call]  # Slack's, without types


def connect(settings: Settings, parts: Parts) -> Connection | None:
    """The Socket Mode connection, if that is how Slack is reached."""
    if not parts.app or not settings.slack_app_token:
        return None
    connection = Connection(parts.app, settings.slack_app_token)
    connection.connect()  # type: ignore[no-untyped-call]  # Slack's, without types
    return connection


def _who(settings: Settings, client: WebClient) -> AuthorizeResult | None:
    """What Slack says of our token; null where there is none."""
    if not settings.slack_bot_token:
        return None
    try:
        found = client.auth_test()
    except FAILURES as error:
        raise SettingsError(
            f"Slack refuses SLACK_BOT_TOKEN or can't be reached: {error}"
        ) from error
    return AuthorizeResult(
        enterprise_id=found.get("enterprise_id"),
        team_id=found.get("team_id"),
        bot_user_id=found.get("user_id"),
        bot_id=found.get("bot_id"),
        bot_token=settings.slack_bot_token,
    )


def on_signal() -> threading.Event:
    """Set once SIGINT or SIGTERM comes."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended
