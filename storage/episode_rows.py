"""Reads and writes where many rules and their episodes stand, a few statements for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    any_,
    bindparam,
    delete,
    literal,
    text,
    tuple_,
    update,
)
from sqlmodel import Session, col, func, select

from storage.models import Episode, RuleState
from storage.sight import Ground
from storage.telling import Course

# as many as one statement may name by twos
CHUNK = 500
COURSE, GROUND = Course._fields, Ground._fields

Changes = tuple[tuple[str, Any], ...]


class Kept(NamedTuple):
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
    changed = [(rule, _changes(GROUND, *both)) for rule, both in grounds.items()]
    _update(session, RuleState, col(RuleState.rule), changed, now)


def write_courses(session: Session, courses: Iterable[tuple[Kept, Course]], now: datetime) -> None:
    """What episodes have become; those that never were go."""
    gone: list[int] = []
    changed: list[tuple[int, Changes]] = []
    for kept, after in courses:
        if after.never_was:
            gone.append(kept.id)
        else:
            changed.append((kept.id, _changes(COURSE, kept.course, after)))
    _update(session, Episode, col(Episode.id), changed, now)
    if gone:
        connection = session.connection()
        connection.execute(delete(Episode).where(among(connection, col(Episode.id), gone)))


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


def among(connection: Connection, column: Any, values: Iterable[object]) -> ColumnElement[bool]:
    """Whether a column is one of the values, of which there may be any number, in a statement that
    is read only once.
    """
    many = list(values)
    if connection.dialect.name == "sqlite":
        listed = func.json_each(msgspec.json.encode(many).decode()).table_valued("value")
        return cast(ColumnElement[bool], column.in_(select(listed.c.value)))
    return cast(ColumnElement[bool], column == any_(literal(many, ARRAY(column.type))))


def _changes(names: Sequence[str], before: Course | Ground, after: Course | Ground) -> Changes:
    pairs = zip(names, before, after, strict=True)
    return tuple((name, new) for name, old, new in pairs if old is not new and old != new)


def _values(changes: Changes) -> dict[str, Any]:
    return {name: sorted(new) if isinstance(new, frozenset) else new for name, new in changes}


def _update(
    session: Session, model: Any, key: Any, changed: Iterable[tuple[Any, Changes]], now: datetime
) -> None:
    """Writes changes: one statement for all rows that change alike, one for all of those that
    change the same columns.
    """
    connection = session.connection()
    alike: dict[Changes, list[Any]] = {}
    for one, changes in changed:
        alike.setdefault(changes, []).append(one)
    by_names: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for changes, keys in alike.items():
        if len(keys) == 1:
            row = {"this": keys[0], "evaluated_at": now, **_values(changes)}
            by_names.setdefault(tuple(row)[1:], []).append(row)
        else:
            statement = update(model).where(among(connection, key, keys))
            connection.execute(statement.values(evaluated_at=now, **_values(changes)))
    for names, rows in by_names.items():
        statement = update(model).where(key == bindparam("this"))
        connection.execute(statement.values({name: bindparam(name) for name in names}), rows)


def _grounds(session: Session, rules: Sequence[str]) -> dict[str, tuple[datetime, Ground]]:
    connection = session.connection()
    columns = [getattr(RuleState, name) for name in ("rule", "evaluated_at", *GROUND)]
    query = select(*columns).where(among(connection, col(RuleState.rule), rules))
    rows = connection.execute(query.order_by(RuleState.rule).with_for_update())
    return {row[0]: (row[1], _ground(row[2:])) for row in rows}


def _ground(columns: Sequence[Any]) -> Ground:
    found = Ground._make(columns)
    return found if found.members is None else found._replace(members=frozenset(found.members))


def _episodes(session: Session, rules: Iterable[str], is_open: bool) -> dict[str, list[Kept]]:
    connection = session.connection()
    columns = [getattr(Episode, name) for name in ("rule", "id", "entity", *COURSE)]
    ended, held = col(Episode.ended_at), col(Episode.held)
    which = ended.is_(None) if is_open else ended.is_not(None) & held.is_not(None)
    query = select(*columns).where(among(connection, col(Episode.rule), rules), which)
    found: dict[str, list[Kept]] = {}
    for row in connection.execute(query.order_by(col(Episode.id)).with_for_update()):
        found.setdefault(row[0], []).append(Kept(row[1], row[2], Course._make(row[3:])))
    return found


def _last_numbers(session: Session, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    mine = (col(Episode.rule), col(Episode.entity))
    found: dict[tuple[str, str], int] = {}
    for some in (pairs[start : start + CHUNK] for start in range(0, len(pairs), CHUNK)):
        query = select(*mine, func.max(Episode.number)).where(tuple_(*mine).in_(some))
        for rule, entity, number in session.execute(query.group_by(*mine)):
            found[rule, entity] = number
    return found
