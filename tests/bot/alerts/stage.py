"""A stage for what is told of alerts: one rule, whose evaluations a test writes itself."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.alerts.look import look
from bot.alerts.rule import Rule
from bot.alerts.tell import tell
from storage.episodes import Change, Evaluated
from storage.models import AlertMessage, Episode, Outbox, RuleState
from storage.watch import read_watch
from tests.bot.clockwork import NOON, Figure, Office

STEEL = Rule("steel", "steel", "C1", "above 40", "below 34", title="Steel slows down")
BERLIN = ZoneInfo("Europe/Berlin")


class Stage(Office):
    """`happens` is one evaluation: the news of some episodes, and how all of them stand then."""

    def __init__(self, folder, rule=STEEL):
        self.figure, self.rule, self.now = Figure(value=43.0), rule, NOON
        super().__init__(f"sqlite:///{folder / 'x.db'}", self.figure)
        self.blinded = 0

    def begin(self, *labels, value=43.0, phase="firing", fired_at=None):
        """Episodes as an evaluation has just written them, one an entity; their entities."""
        with self.store.writer() as session:
            for label in labels:
                number = 1 + len(session.exec(select(Episode).where(Episode.entity == label)).all())
                session.add(Episode(
                    rule=self.rule.id, entity=label, label=label, number=number, phase=phase,
                    value=value, worst=value, fired_value=value, evaluated_at=self.now,
                    begun_at=self.now, fired_at=fired_at or self.now,
                ))  # fmt: skip
        return labels

    def happens(self, news=(), *, of_data=None, data_now="ok", of=None, kind="changes", **now):
        """`news` happen to the entities in `of` (all that are open), which stand as `now` says."""
        self.now += timedelta(minutes=10)
        self.figure.stale = data_now != "ok"
        found = look(self.desk, self.rule, self.desk.grant_of("C1"), self.now, BERLIN)
        watch = read_watch(self.rule.when or "at least 1", self.rule.clear)
        with self.store.writer() as session:
            state = session.get(RuleState, self.rule.id) or RuleState(
                rule=self.rule.id, evaluated_at=self.now
            )
            state.data, state.evaluated_at = data_now, self.now
            state.blinded += of_data == "blind"
            session.add(state)
            query = select(Episode).order_by(Episode.id)
            if kind != "released":
                query = query.where(Episode.ended_at.is_(None))
            changes, standing = [], []
            for one in session.exec(query).all():
                if of is not None and one.entity not in of:
                    standing.append(one)
                    continue
                for name, value in now.items():
                    setattr(one, name, value)
                if now.get("phase") == "normal":
                    one.ended_at = self.now
                session.add(one)
                changes.append(Change(one, tuple(news))) if news else standing.append(one)
            session.flush()
            done = Evaluated(state, of_data, (), tuple(standing))
            done = replace(done, **{kind: tuple(changes)})
            tell(session, self.desk, self.rule, replace(found, watch=watch), done, self.now, BERLIN)

    def said(self, since=0):
        """What was written into the outbox, as (kind, first words); edits that wait are not."""
        return [(one.kind, one.text) for one in self.rows(Outbox)[since:]]

    @contextmanager
    def message(self):
        """The one message, and a session to do something about it."""
        with self.store.writer() as session:
            yield session, session.exec(select(AlertMessage)).one()


def lines(row):
    """All that a message shows, as lines."""
    shown = []
    for block in row.blocks:
        texts = [block["text"]] if "text" in block else block.get("elements", [])
        shown += [one["text"] for one in texts if one.get("type") == "mrkdwn"]
    return "\n".join(shown)


def labels(row):
    """What its buttons say."""
    return [
        one["text"]["text"]
        for block in row.blocks
        if block["type"] == "actions"
        for one in block["elements"]
    ]
