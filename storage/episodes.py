"""An evaluation of a rule, written down: where its data stands, and an episode an entity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, or_, select

from storage.episode_rows import (
    Born,
    among,
    claim,
    held_episodes,
    open_episodes,
    write_born,
    write_courses,
    write_grounds,
)
from storage.evaluation import Case as Case
from storage.evaluation import Outcome, Step, outcome
from storage.hush import Quiet, silences
from storage.models import Episode, RuleState
from storage.sight import Sight as Sight
from storage.watch import News, Phase, Watch

# what this transaction wrote past the objects that the session may know
FRESH = {"populate_existing": True}
# clocks of two machines are not farther apart
SKEW = timedelta(minutes=1)
# when a rule that was not evaluated yet was evaluated
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Change:
    """The episode of one entity as it was written down, the news of it that are to be told, and
    the phase that it had before. Without news only its message is to be edited.
    """

    episode: Episode
    news: tuple[News, ...]
    before: Phase = "normal"


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation changed: of the rule's data (blind, sighted or nothing), and of entities.

    `held` is what quiet hours hold back from now on; `released` what they held back, which one
    message is to tell: (fired), (fired, resolved) where it is over, (worse), (resolved) and so on.
    `standing` are the episodes that go on as they were. An episode is in one of these.
    """

    state: RuleState
    data: News | None
    changes: tuple[Change, ...]
    standing: tuple[Episode, ...]
    held: tuple[Change, ...] = ()
    released: tuple[Change, ...] = ()


def is_due(session: Session, rule: str, every: timedelta, now: datetime) -> bool:
    """Whether a rule is to be evaluated: never was, long enough ago, or the clock went back."""
    return bool(due(session, {rule: every}, now))


def due(session: Session, every: Mapping[str, timedelta], now: datetime) -> set[str]:
    """The rules that are to be evaluated, of those whose intervals are given."""
    connection = session.connection()
    query = select(RuleState.rule, RuleState.evaluated_at)
    rows = connection.execute(query.where(among(connection, col(RuleState.rule), every)))
    early = {row[0] for row in rows if not _due(row[1], every[row[0]], now)}
    return {rule for rule in every if rule not in early}


def advance(
    session: Session,
    rule: str,
    watch: Watch,
    sight: Sight,
    every: timedelta,
    now: datetime,
    *,
    quiet: Quiet | None = None,
) -> Evaluated | None:
    """Writes an evaluation down; null when another process has done so in the meantime.

    Runs in the caller's transaction, which is also that of the messages.
    """
    outcomes = _outcomes(session, [Case(rule, watch, sight, every, quiet)], now)
    return _evaluated(session, outcomes, outcomes, now)[0] if outcomes else None


def advance_all(session: Session, cases: Iterable[Case], now: datetime) -> list[Evaluated]:
    """The same for many rules at once; only those of which there is something to tell or to show.

    Rules that are not due are left out. Cases that share a Sight cost little.
    """
    outcomes = _outcomes(session, list(cases), now)
    return _evaluated(session, outcomes, [one for one in outcomes if one.shows], now)


def running(session: Session, rule: str) -> list[Episode]:
    """The episodes of a rule that have not ended, in the order in which they began."""
    query = select(Episode).where(Episode.rule == rule, col(Episode.ended_at).is_(None))
    return list(session.exec(query.order_by(col(Episode.id))))


def cut_short(session: Session, rule: str, now: datetime) -> None:
    """Ends what runs of a rule though nobody knows whether it is over; nothing more is told."""
    every = select(Episode).where(
        Episode.rule == rule, or_(col(Episode.ended_at).is_(None), col(Episode.held).is_not(None))
    )
    for one in session.exec(every.order_by(col(Episode.id)).with_for_update()):
        one.ended_at, one.held = one.ended_at or now, None
        session.add(one)


def outside(session: Session, rules: Iterable[str]) -> list[str]:
    """The rules with an episode that has not ended which are none of these."""
    connection = session.connection()
    others = {row[0] for row in connection.execute(select(RuleState.rule))}.difference(rules)
    which = select(Episode.rule).where(
        among(connection, col(Episode.rule), sorted(others)), col(Episode.ended_at).is_(None)
    )
    return sorted({row[0] for row in connection.execute(which)})


def begin_anew(session: Session, rule: str) -> None:
    """Forgets what the data of a rule were like; how often they were told of as bad goes on, as it
    is a part of the names of messages.
    """
    state = session.get(RuleState, rule, with_for_update=True)
    if state:
        session.merge(RuleState(rule=rule, evaluated_at=NEVER, blinded=state.blinded))


def _outcomes(session: Session, cases: Sequence[Case], now: datetime) -> list[Outcome]:
    """What became of the rules that are due, written down but for what begins."""
    claimed = claim(session, [case.rule for case in cases])
    mine = [case for case in cases if _due(claimed[case.rule][0], case.every, now)]
    hushes = silences(session, now)
    kept = open_episodes(session, [case.rule for case in mine])
    releasing = [
        case.rule for case in mine if claimed[case.rule][1].is_holding and not case.is_quiet(now)
    ]
    for rule, ended in held_episodes(session, releasing).items():
        kept.setdefault(rule, []).extend(ended)
    found = [
        outcome(case, claimed[case.rule][1], kept.get(case.rule, ()), hushes, now) for case in mine
    ]
    write_grounds(session, {one.case.rule: (one.before, one.after) for one in found}, now)
    steps = [step for one in found for step in one.steps]
    changed = [(step.kept, step.after) for step in steps if step.kept and step.differs]
    write_courses(session, changed, now)
    return found


def _evaluated(
    session: Session, outcomes: Sequence[Outcome], shown: Sequence[Outcome], now: datetime
) -> list[Evaluated]:
    """What is to be known of the outcomes that are `shown`, once what begins is written down."""
    born = [(one, step) for one in outcomes for step in one.steps if step.begins]
    made = write_born(session, [_born(one, step) for one, step in born], now)
    episodes = {id(step): episode for (_, step), episode in zip(born, made, strict=True)}
    known = [step for one in shown for step in one.steps if step.kept and not step.after.never_was]
    by_id = _by_id(session, [step.kept.id for step in known if step.kept])
    episodes |= {id(step): by_id[step.kept.id] for step in known if step.kept}
    states = _states(session, [one.case.rule for one in shown])
    return [_shown(one, states[one.case.rule], episodes) for one in shown]


def _born(one: Outcome, step: Step) -> Born:
    label = one.case.sight.labels.get(step.entity, step.entity)
    return Born(one.case.rule, step.entity, label, step.after)


def _shown(one: Outcome, state: RuleState, episodes: Mapping[int, Episode]) -> Evaluated:
    sorts: dict[str, list[Change]] = {"told": [], "held": [], "released": [], "standing": []}
    for step in one.steps:
        episode = episodes.get(id(step))
        if episode is not None:  # else it was pending only and is no more
            sort = step.telling.how if step.shows else "standing"
            sorts[sort].append(Change(episode, step.telling.news, step.before.phase))
    return Evaluated(
        state, one.news, tuple(sorts["told"]),
        tuple(change.episode for change in sorts["standing"] if change.episode.ended_at is None),
        tuple(sorts["held"]), tuple(sorts["released"]),
    )  # fmt: skip


def _by_id(session: Session, ids: Sequence[int]) -> dict[int | None, Episode]:
    query = select(Episode).where(among(session.connection(), col(Episode.id), ids))
    return {one.id: one for one in session.exec(query, execution_options=FRESH)}


def _states(session: Session, rules: Sequence[str]) -> dict[str, RuleState]:
    query = select(RuleState).where(among(session.connection(), col(RuleState.rule), rules))
    return {one.rule: one for one in session.exec(query, execution_options=FRESH)}


def _due(at: datetime, every: timedelta, now: datetime) -> bool:
    return now - at >= every or at - now > min(every, SKEW)
