"""Reads and writes where many rules and their episodes stand, a few statements for all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, text, tuple_, update
from sqlmodel import Session, col, func, select

from storage.models import Episode, RuleState
from storage.sight import Ground
from storage.telling import Course

One = TypeVar("One")
CHUNK = 500
COURSE = tuple(one.name for one in fields(Course))
GROUND = tuple(one.name for one in fields(Ground))
# what people did is theirs to write, but for the end of a snooze
OWN = tuple(name for name in COURSE if name not in ("acked_at", "is_snoozed_out"))


@dataclass(frozen=True)
class Kept:
    """An episode as it is in the store."""

    id: int
    entity: str
    course: Course


@dataclass(frozen=True)
class Born:
    """An episode that is to be."""

    rule: str
    entity: str
    label: str
    course: Course


def claim(session: Session, rules: Iterable[str]) -> dict[str, tuple[datetime, Ground]]:
    """When rules were evaluated last, in 1970 if never, and how that ended. Until the transaction
    ends no other process evaluates them.
    """
    wanted = sorted(rules)  # always in one order, so that two processes can't wait for each other
    found = _grounds(session, wanted)
    fresh = [rule for rule in wanted if rule not in found]
    if fresh:
        session.connection().execute(
            text(
                "INSERT INTO rulestate (rule, evaluated_at, data, told_data, blinded, is_holding)"
                " VALUES (:rule, 0, 'ok', 'ok', 0, false) ON CONFLICT DO NOTHING"
            ),
            [{"rule": rule} for rule in fresh],
        )
        found |= _grounds(session, fresh)
    return found


def open_episodes(session: Session, rules: Iterable[str]) -> dict[str, list[Kept]]:
    """Those that have not ended, by rule. Until the transaction ends nobody changes them."""
    return _episodes(session, rules, is_open=True)


def held_episodes(session: Session, rules: Iterable[str]) -> dict[str, list[Kept]]:
    """Those that ended while quiet hours held news of them back, by rule."""
    return _episodes(session, rules, is_open=False)


def write_grounds(
    session: Session, grounds: Mapping[str, tuple[Ground, Ground]], now: datetime
) -> None:
    """What rules stand on, before and after an evaluation at `now`."""
    same = [rule for rule, (before, after) in grounds.items() if before == after]
    for some in chunks(same):
        stamped = update(RuleState).where(col(RuleState.rule).in_(some)).values(evaluated_at=now)
        session.connection().execute(stamped)
    changed = [
        {"this": rule, "evaluated_at": now, **{name: getattr(after, name) for name in GROUND}}
        for rule, (before, after) in grounds.items()
        if before != after
    ]
    if changed:
        statement = update(RuleState).where(col(RuleState.rule) == bindparam("this"))
        session.connection().execute(statement.values(_bound(GROUND)), changed)


def write_courses(session: Session, courses: Iterable[tuple[Kept, Course]], now: datetime) -> None:
    """What episodes have become; those that never were go."""
    gone: list[int] = []
    by_columns: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for kept, after in courses:
        if after.never_was:
            gone.append(kept.id)
            continue
        names = tuple(name for name in OWN if getattr(after, name) != getattr(kept.course, name))
        row = {name: getattr(after, name) for name in names}
        by_columns.setdefault(names, []).append({"this": kept.id, "evaluated_at": now, **row})
    for names, rows in by_columns.items():
        statement = update(Episode).where(col(Episode.id) == bindparam("this"))
        session.connection().execute(statement.values(_bound(names)), rows)
    for some in chunks(gone):
        session.connection().execute(delete(Episode).where(col(Episode.id).in_(some)))


def write_born(session: Session, born: Sequence[Born], now: datetime) -> list[Episode]:
    """New episodes, each with the next number of its rule and entity."""
    last = _last_numbers(session, [(one.rule, one.entity) for one in born])
    made = [
        Episode(
            rule=one.rule, entity=one.entity, label=one.label, evaluated_at=now,
            number=last.get((one.rule, one.entity), 0) + 1,
            **{name: getattr(one.course, name) for name in COURSE},
        )
        for one in born
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def chunks(many: Sequence[One]) -> Iterator[Sequence[One]]:
    """As many at a time as one statement may name."""
    return (many[start : start + CHUNK] for start in range(0, len(many), CHUNK))


def _bound(names: Iterable[str]) -> dict[str, Any]:
    return {name: bindparam(name) for name in ("evaluated_at", *names)}


def _grounds(session: Session, rules: Sequence[str]) -> dict[str, tuple[datetime, Ground]]:
    columns = [getattr(RuleState, name) for name in ("rule", "evaluated_at", *GROUND)]
    found: dict[str, tuple[datetime, Ground]] = {}
    for some in chunks(rules):
        query = select(*columns).where(col(RuleState.rule).in_(some)).order_by(RuleState.rule)
        for rule, at, *rest in session.execute(query.with_for_update()):
            found[rule] = (at, Ground(*rest))
    return found


def _episodes(session: Session, rules: Iterable[str], is_open: bool) -> dict[str, list[Kept]]:
    columns = [getattr(Episode, name) for name in ("rule", "id", "entity", *COURSE)]
    ended, held = col(Episode.ended_at), col(Episode.held)
    which = ended.is_(None) if is_open else ended.is_not(None) & held.is_not(None)
    found: dict[str, list[Kept]] = {}
    for some in chunks(sorted(rules)):
        query = select(*columns).where(col(Episode.rule).in_(some), which)
        query = query.order_by(col(Episode.id)).with_for_update()
        for rule, number, entity, *rest in session.execute(query):
            found.setdefault(rule, []).append(Kept(number, entity, Course(*rest)))
    return found


def _last_numbers(session: Session, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    mine = (col(Episode.rule), col(Episode.entity))
    found: dict[tuple[str, str], int] = {}
    for some in chunks(pairs):
        query = select(*mine, func.max(Episode.number)).where(tuple_(*mine).in_(some))
        for rule, entity, number in session.execute(query.group_by(*mine)):
            found[rule, entity] = number
    return found
