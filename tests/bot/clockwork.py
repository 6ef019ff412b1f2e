"""A small company of one figure, for the tests of digests, alerts and the worker."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bot.channel import Desk
from commands import (
    Answer,
    Basis,
    Chart,
    Column,
    Command,
    Grant,
    Notice,
    Reading,
    Sentence,
    Series,
    SourceAge,
    Table,
)
from storage.models import Outbox
from tests.storage.conftest import at

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Figure:
    """A command whose answer the test sets."""

    def __init__(self, name="steel", topic="supply", value=30.0):
        self.name, self.topic, self.value = name, topic, value
        self.stale, self.n, self.notice, self.fault = False, 9, None, None
        self.unit, self.notes, self.also = "d", (), ()
        self.asked = []

    def answer(self, session, ask, words):
        self.asked.append(ask)
        if self.fault:
            raise self.fault
        if self.notice:
            return self.notice
        age = timedelta(days=2) if self.stale else timedelta(minutes=4)
        sources = (SourceAge("odoo:erp", age, self.stale),)
        start = ask.now - timedelta(days=90)
        return Answer(
            title=f"Lead time of {self.name}",
            summary=Sentence(f"**{self.name} takes {self.value} days**.", (self.topic, *self.also)),
            basis=(
                Basis(
                    "lead-time", 1, start, ask.now, self.n, 1, ask.now, sources, notes=self.notes
                ),
            ),
            readings=(Reading("median", self.value, self.unit, self.topic, "lead-time"),),
            table=Table((Column("Item", self.topic),), (("bar",),)),
            chart=Chart("bar", "x", ("a",), (Series("s", (1.0,)),), self.topic),
        )

    def command(self):
        return Command(self.name, "", self.name, (self.name,), (self.topic,), self.answer)


class Office:
    """A store, its figures and a desk; faults that were stopped are in `faults`."""

    def __init__(self, url, *figures):
        self.store, self.faults = at(url), []
        self.grants = {"C1": Grant.everything()}
        registry = {one.name: one.command() for one in figures}
        self.desk = Desk(
            self.store, registry, self.grant_of, blocks=blocks, text=text, guarded=self.guarded
        )

    def grant_of(self, channel):
        found = self.grants[channel]
        if isinstance(found, Exception):
            raise found
        return found

    def guarded(self, name, fn):
        try:
            return fn()
        except Exception as error:  # noqa: BLE001 - it stands in for the boundary
            self.faults.append((name, error))
            return None

    def rows(self, kind=Outbox):
        with self.store.reader() as session:
            return list(session.exec(select(kind).order_by(kind.id)))

    def texts(self):
        return [row.text for row in self.rows()]


def blocks(said):
    kind = "notice" if isinstance(said, Notice) else "answer"
    return [{"type": "section", "title": said.title, "kind": kind, "has_table": has_table(said)}]


def has_table(said):
    return isinstance(said, Answer) and said.table is not None


def text(said):
    words = said.text if isinstance(said, Notice) else said.summary.text
    return f"{said.title}: {words}"
