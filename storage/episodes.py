"""An evaluation of a rule, written down: where its data stands, and an episode an entity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from storage.models import Episode, RuleState
from storage.watch import Data, News, Seen, State, Watch, of_data, step


@dataclass(frozen=True)
class Sight:
    """What one evaluation of a rule found: the value of every entity that it watches, null where
    one has none; "" is the total. Without data that is ok there are none. `n`: how many
    observations it rests on; `labels`: what a person calls the entities, where not the same.
    `is_fleeting`: an entity that is not among them any more is over; else it has no figure.
    """

    data: Data
    values: Mapping[str, float | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    n: int | None = None
    is_fleeting: bool = False

    def seen(self, entity: str, watch: Watch) -> Seen:
        """What one entity's own state is to be judged by."""
        value = self.values.get(entity)
        if self.data != "ok":
            return Seen(self.data)
        if entity not in self.values and self.is_fleeting:
            return Seen("ok", watch.over)
        return Seen("no-data") if value is None else Seen("ok", value)


@dataclass(frozen=True)
class Change:
    """The news of one entity, and its episode as it was written down."""

    episode: Episode
    news: tuple[News, ...]


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation changed: of the rule's data (blind, sighted or nothing), and of entities.

    `standing` are the episodes that go on as they were.
    """

    state: RuleState
    data: News | None
    changes: tuple[Change, ...]
    standing: tuple[Episode, ...]


def is_due(session: Session, rule: str, every: timedelta, now: datetime) -> bool:
    """Whether a rule is to be evaluated: never was, long enough ago, or the clock went back."""
    return _due(session.get(RuleState, rule), every, now)


def advance(
    session: Session, rule: str, watch: Watch, sight: Sight, every: timedelta, now: datetime
) -> Evaluated | None:
    """Writes an evaluation down; null when another process has done so in the meantime.

    Runs in the caller's transaction, which is also that of the messages. Two first evaluations at
    once end in an IntegrityError of the later one.
    """
    state = session.get(RuleState, rule, with_for_update=True)
    if state is None:
        state = RuleState(rule=rule, evaluated_at=now)
    elif not _due(state, every, now):
        return None
    told = of_data(state.data, sight.data)  # type: ignore[arg-type]  # text column
    state.data, state.evaluated_at = sight.data, now
    state.blinded += told == "blind"
    session.add(state)
    if sight.data == "ok":
        state.n = sight.n
    changes, standing = _entities(session, rule, watch, sight, now)
    session.flush()
    return Evaluated(state, told, tuple(changes), tuple(standing))


def running(session: Session, rule: str) -> list[Episode]:
    """The episodes of a rule that have not ended, in the order in which they began."""
    query = select(Episode).where(Episode.rule == rule, col(Episode.ended_at).is_(None))
    return list(session.exec(query.order_by(col(Episode.id))))


def _entities(
    session: Session, rule: str, watch: Watch, sight: Sight, now: datetime
) -> tuple[list[Change], list[Episode]]:
    open_ones = {one.entity: one for one in running(session, rule)}
    changes: list[Change] = []
    standing: list[Episode] = []
    for entity, episode in open_ones.items():
        value = sight.values.get(entity)
        after, news = step(_state(episode), sight.seen(entity, watch), watch)
        _write(session, episode, after, value, now)
        if news:
            changes.append(Change(episode, news))
        else:
            standing.append(episode)
    for entity, value in sight.values.items():
        if entity in open_ones or value is None or watch.verdict(value) != "breach":
            continue
        after, news = step(State(), Seen("ok", value), watch)
        episode = Episode(
            rule=rule, entity=entity, label=sight.labels.get(entity, entity),
            number=_next_number(session, rule, entity), evaluated_at=now, begun_at=now,
        )  # fmt: skip
        _write(session, episode, after, value, now)
        if news:
            changes.append(Change(episode, news))
    return changes, standing


def _state(episode: Episode) -> State:
    return State(episode.phase, "ok", episode.streak)  # type: ignore[arg-type]  # text column


def _write(
    session: Session, episode: Episode, after: State, value: float | None, now: datetime
) -> None:
    """The episode after a step; one that never fired leaves no trace."""
    if after.phase == "normal" and episode.fired_at is None:
        if episode.id is not None:
            session.delete(episode)
        return
    was_fired = episode.fired_at is not None
    episode.phase, episode.data, episode.streak = after.phase, after.data, after.streak
    episode.evaluated_at = now
    if value is not None and after.data == "ok":
        episode.value = value
    if after.phase == "firing" and not was_fired:
        episode.fired_at, episode.fired_value = now, value
    if after.phase == "normal":
        episode.ended_at = now
    session.add(episode)


def _next_number(session: Session, rule: str, entity: str) -> int:
    mine = select(func.max(Episode.number)).where(Episode.rule == rule, Episode.entity == entity)
    return (session.exec(mine).one() or 0) + 1


def _due(state: RuleState | None, every: timedelta, now: datetime) -> bool:
    if state is None:
        return True
    return not state.evaluated_at <= now < state.evaluated_at + every
