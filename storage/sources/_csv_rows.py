"""From records of a file or a query to pages: what each says, what is refused, what is there."""

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from storage.sources import BadRow, Page, Rejected, Row, SourceError, State
from storage.sources._csv_heads import Heads
from storage.sources._csv_map import LINES, RowMap
from storage.sources._csv_read import Record

PAGE = 300

T = TypeVar("T")
# A record, the facts that are its own, and why it can't be believed.
Read = tuple[Record, Sequence[tuple[str, Row]], BadRow | None]


def told(every: Iterable[Record], made: RowMap, heads: Heads) -> Iterator[Read]:
    """Each record; what it says of things that others name too goes into `heads`."""
    for record in every:
        facts, fault = _facts(record, made)
        if fault:
            heads.doubt(record.order)
        for table, fact in facts:
            if table in made.heads:
                heads.add(table, fact)
        yield record, [one for one in facts if one[0] not in made.heads], fault


def page(batch: Sequence[Read], state: State, total: int | None) -> Page:
    rejected = [
        Rejected(record.name, f"{record.place}: {fault}", record.place)
        for record, _, fault in batch
        if fault
    ]
    rows = by_table(one for _, facts, _ in batch for one in facts)
    return Page(rows, state, rejected=rejected, received=len(batch), total=total)


def named(table: str, read: Read, made: RowMap) -> list[str]:
    """The ids of a table that a record names. What is refused now is still there: it stays."""
    record, facts, fault = read
    if fault is None:
        return [fact["source_id"] for one, fact in facts if one == table]
    if record.source_id is None:
        return []
    return [record.order if table in made.heads else record.source_id]


def ids(every: Iterator[Read], made: RowMap, heads: Heads) -> Iterator[tuple[str, Sequence[str]]]:
    """All that is there of the tables that are swept; `heads` fill while `every` is read."""
    for table in made.swept:
        yield table, []
    for batch in batches(every):
        for table in made.swept:
            yield table, [ref for read in batch for ref in named(table, read, made)]
    for keys in batches(heads.keys()):
        for table in made.swept:
            yield table, [source_id for one, source_id in keys if one == table]


def others(
    name: str, heads: Heads, streams: Container[str], read: Callable[[str, Heads], Iterator[Read]]
) -> Sequence[Heads]:
    """What both streams of orders say of the things that `name` names in `heads`, purchases first.

    `read` reads a stream; where that fails, its own pull will tell.
    """
    found = []
    for other in LINES if name in LINES else ():
        if other == name:
            found.append(heads)
        elif other in streams:
            found.append(Heads(among=heads))
            with suppress(SourceError):
                deque(read(other, found[-1]), maxlen=0)
    return found


def by_table(facts: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for table, fact in facts:
        rows.setdefault(table, []).append(fact)
    return rows


def batches(every: Iterator[T], most: int = PAGE) -> Iterator[list[T]]:
    while batch := list(islice(every, most)):
        yield batch


def _facts(record: Record, made: RowMap) -> tuple[list[tuple[str, Row]], BadRow | None]:
    """What a record says, as far as its stream writes it, or why it can't be believed."""
    if isinstance(record.row, BadRow):
        return [], record.row
    try:
        facts = list(made.facts(record.source_id or "", record.row))
    except BadRow as fault:
        # where it was raised would keep all rows of its page in memory
        return [], fault.with_traceback(None)
    return [(table, fact) for table, fact in facts if table in made.tables], None
