"""An outbox with its store, a Slack on loopback and a clock, for the tests of sending."""

from datetime import UTC, datetime, timedelta

from slack_sdk import WebClient
from sqlmodel import select

from bot.outbox import Message, Sender, put
from bot.pace import UNPACED
from bot.post import Slack
from commands import Grant
from storage.models import Outbox
from tests.storage.conftest import at

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at

    def forward(self, **more):
        self.at += timedelta(**more)


class World:
    """A store with an outbox, a Slack and a clock."""

    def __init__(self, url, server, clock=None, pace=UNPACED):
        self.pace = pace
        self.store, self.server, self.clock = at(url), server, clock or Clock()
        self.told, self.grant, self.why = [], Grant.everything(), None

    def sender(self, kind=Slack, owner="w1"):
        client = WebClient("xoxb-1", base_url=self.server.url, timeout=1, retry_handlers=[])
        return Sender(
            self.store, kind(client), owner=owner, clock=self.clock,
            grant_of=lambda channel: self.grant, closed=lambda channel: self.why,
            tell=self.told.append, pace=self.pace,
        )  # fmt: skip

    def write(self, key, channel="C1", topics=("supply",), **more):
        made = Message(key, channel, f"text {key}", [], topics, **more)
        with self.store.writer() as session:
            return put(session, made, self.clock())

    def send(self):
        """Sends all that can be sent now; how many tries that took."""
        sender, tries = self.sender(), 0
        while sender.send_one():
            tries += 1
        return tries

    def rows(self):
        with self.store.reader() as session:
            return {row.key: row for row in session.exec(select(Outbox))}

    def states(self):
        return {key: row.state for key, row in self.rows().items()}
