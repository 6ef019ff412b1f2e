"""Reads sets of an OData service in frozen windows, and makes facts of their records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Rejected, Row
from storage.sources._entity import Entity
from storage.sources._odata4 import Answer, Reads, Refused, Service, instant
from storage.sources._window import Window


def pages(service: Service, reads: Reads, window: Window) -> Iterator[tuple[Sequence[Row], Any]]:
    """The records of a window by the page, each with the place behind it; null for the last.

    The place is the number of the last record, or the link that the server gave. A link is used
    within its window only, and is a hint: where it is not known any more the window begins again.
    """
    place, may_restart = window.after, True
    while True:
        try:
            answer = _at(service, reads, window, place)
        except Refused as refused:
            if not (isinstance(place, str) and refused.is_stale and may_restart):
                raise
            may_restart = False
            answer = _at(service, reads, window, None)
        place = _behind(reads, answer)
        yield answer.records, place
        if place is None:
            return


def _at(service: Service, reads: Reads, window: Window, place: Any) -> Answer:
    conditions = within(reads.stamp, window)
    if place is None:
        return service.first(reads, *conditions)
    if reads.is_numbered:
        return service.first(reads, *conditions, f"{reads.key} gt {place}")
    return service.follow(place)


def _behind(reads: Reads, answer: Answer) -> Any:
    if reads.is_numbered and answer.next and answer.records:
        return answer.records[-1][reads.key]
    return None if reads.is_numbered else answer.next


def within(stamp: str, window: Window) -> list[str]:
    """The conditions of [start, end). Of a read of all there are none: what is changed on its way
    comes as it is then, and again with the next window."""
    if not stamp or window.start is None:
        return []
    return [f"{stamp} ge {instant(window.start)}", f"{stamp} lt {instant(window.end)}"]


@dataclass(frozen=True)
class Facts:
    """What a page of records makes: rows by table, refused ones, and ids that are no fact now."""

    rows: Mapping[str, Sequence[Row]]
    rejected: Sequence[Rejected]
    gone: Mapping[str, Sequence[str]]


def facts(entity: Entity, records: Sequence[Row], zone: ZoneInfo) -> Facts:
    """The facts of records; a record that is none (any more) is named as gone."""
    rows: list[Row] = []
    rejected: list[Rejected] = []
    gone: list[str] = []
    for record in records:
        try:
            row = entity.row(record, zone)
        except BadRow as error:
            rejected.append(Rejected(_id(entity, record), str(error), record))
            continue
        if row is None:
            gone.append(_id(entity, record))
        else:
            rows.append(row)
    return Facts({entity.table: rows}, rejected, {entity.table: gone} if gone else {})


def named(entity: Entity, records: Sequence[Row], zone: ZoneInfo) -> list[str]:
    """The ids of the facts that records make, and of those that can't be believed."""
    made = facts(entity, records, zone)
    ids = [str(row["source_id"]) for rows in made.rows.values() for row in rows]
    return [*ids, *(one.source_id for one in made.rejected)]


def _id(entity: Entity, record: Row) -> str:
    try:
        return entity.id_of(record)
    except BadRow:
        return "(no id)"


def cut(reads: Reads, name: str, known: Callable[[str], frozenset[str]], refused: Refused) -> Reads:
    """What is left to ask where a query was refused because of a field that is not there.

    `name` is that of the set. A refusal that has nothing to do with fields is raised again.
    """
    if refused.status != 400:
        raise refused
    there = known(name)
    left = replace(
        reads,
        fields=tuple(one for one in reads.fields if one in there),
        expand={list_: tuple(one for one in fields if one in known(list_))
                for list_, fields in reads.expand.items()},
    )  # fmt: skip
    if left == reads:
        raise refused
    return left
