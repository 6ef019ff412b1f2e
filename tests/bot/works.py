"""An office with a worker and a Slack, and a source that hangs or fails."""

import threading
from datetime import timedelta

from slack_sdk import WebClient
from sqlmodel import select

from bot.outbox import Sender
from bot.post import Slack
from bot.settings import Settings
from bot.worker import Worker, health
from storage.models import SyncState
from storage.sources import Health, Kind, Page, SourceSettings, StreamSpec
from tests.bot.clockwork import NOON, Figure, Office

A_DIGEST = 2  # messages: itself, and the reply in its thread


class Toy:
    """A source of one item that can hang or fail."""

    streams = (StreamSpec("items", ("item",)),)

    def __init__(self):
        self.pulls, self.fault, self.gate = 0, None, None
        self.pulled = threading.Event()

    def pull(self, stream, state):
        self.pulls += 1
        self.pulled.set()
        if self.gate:
            self.gate.wait(10)
        if self.fault:
            raise self.fault
        row = {"source_id": "1", "sku": "A1", "name": "Bar"}
        yield Page({"item": [row]}, {"n": self.pulls}, received=1)

    def ids(self, stream):
        return iter(())

    def check(self):
        return Health("1")


def source(name, toy):
    return Kind("toy", SourceSettings, lambda settings, http: toy), SourceSettings(
        key=f"toy:{name}", kind="toy"
    )


class Works(Office):
    """An office with a worker and a Slack."""

    def __init__(self, url, server, **settings):
        self.figure, self.now = Figure(), NOON
        super().__init__(url, self.figure)
        self.settings = Settings(database_url=url, **settings)
        client = WebClient("xoxb-1", base_url=server.url, timeout=2, retry_handlers=[])
        sender = Sender(
            self.store, Slack(client), owner="w1", clock=lambda: self.now,
            grant_of=self.grant_of, closed=lambda channel: None,
        )  # fmt: skip
        self.worker = Worker(
            self.settings, self.store, self.desk, sender, owner="w1", clock=lambda: self.now
        )

    def tick(self, **more):
        self.now += timedelta(**more)
        self.worker.tick(self.now, to_the_end=True)

    def states(self):
        with self.store.reader() as session:
            return list(session.exec(select(SyncState)))

    def health(self):
        return health(self.store, self.settings, self.now)
