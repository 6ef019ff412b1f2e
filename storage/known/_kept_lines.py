"""All order lines of one side, kept in memory by column, and brought up to date after a pull."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from storage.known._kept_rows import Codes, Ints, Rows, codes, joined, numbers, ordinals
from storage.known._kept_sql import (
    DAYS_OF_LINE,
    DAYS_OF_MOVE,
    ITEMS,
    LINE,
    MOVE,
    NAMES_OF_LINE,
    PARTIES,
    PLACES,
    PROMISES,
    TEXTS_OF_LINE,
    TEXTS_OF_MOVE,
    Side,
)
from storage.known._page_log import Refs, since
from storage.known._rows import among, bound
from storage.memory import Memory

AT_ONCE = 20_000
DAY = np.int32
LINES: dict[str, Any] = {
    **LINE, **dict.fromkeys(DAYS_OF_LINE, DAY), **dict.fromkeys(TEXTS_OF_LINE, DAY),
    **dict.fromkeys(NAMES_OF_LINE, DAY), "group": np.int64,
}  # fmt: skip
MOVES: dict[str, Any] = {**MOVE, **dict.fromkeys((*DAYS_OF_MOVE, *TEXTS_OF_MOVE), DAY)}
LEDGER: dict[str, Any] = {"id": np.int64, "line": np.int64, "at": np.int64, "on": DAY}
# names and what else is told of them, by (source, reference)
Things = Mapping[tuple[str, str], tuple[Any, ...]]
# conditions of a query and what is bound in them
Which = Collection[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Numbered:
    """What the numbers in columns stand for. Numbers are only added, never given anew."""

    party: Codes = field(default_factory=Codes)
    item: Codes = field(default_factory=Codes)
    place: Codes = field(default_factory=Codes)
    texts: Codes = field(default_factory=Codes)
    shipments: Codes = field(default_factory=Codes)


@dataclass(frozen=True)
class Kept:
    """The lines of a side, what was moved of them, their promises, and what names say."""

    side: Side
    seen: frozenset[int]
    lines: Rows
    moves: Rows
    ledger: Rows
    parties: Things
    items: Things
    places: Things
    names: Numbered

    @property
    def nbytes(self) -> int:
        return self.lines.nbytes + self.moves.nbytes + self.ledger.nbytes


def kept(session: Session, side: Side) -> Kept:
    """The lines of a side, at least as new as the session's snapshot."""
    memory = session.info.get("memory")
    if not isinstance(memory, Memory):
        return _fresh(session, side, None)
    with memory.lock:
        found = _fresh(session, side, memory.get(side.line))
        memory.keep(side.line, found)
    return found


def _fresh(session: Session, side: Side, old: Kept | None) -> Kept:
    known = since(session, old.seen if old else None)
    if old is None or known.refs is None:
        return _all(session, side, known.seen)
    if not known.refs:
        return replace(old, seen=known.seen) if old.seen != known.seen else old
    return replace(_changed(session, old, known.refs), seen=known.seen)


def _all(session: Session, side: Side, seen: frozenset[int]) -> Kept:
    names = Numbered()
    every: Which = [("1 = 1", {})]
    return Kept(
        side, seen,
        joined(_lines(session, side, names, every), LINES),
        joined(_moves(session, side, names, every), MOVES),
        joined(_ledger(session, side, every), LEDGER),
        _things(session, PARTIES, names, every),
        _things(session, ITEMS, names, every),
        _things(session, PLACES, names, every),
        names,
    )  # fmt: skip


def _changed(session: Session, old: Kept, refs: Refs) -> Kept:
    side, names = old.side, old.names
    of = _Among(session, refs)
    lines = [*of("l.source_id", side.line), *of("l.order_ref", side.order, "l")]
    moves = [*of("r.source_id", side.move), *of("r.line_ref", side.line, "r")]
    ledger = of("f.source_id", side.line)
    return replace(
        old,
        lines=old.lines.put(_once(joined(_lines(session, side, names, lines), LINES))),
        moves=old.moves.put(_once(joined(_moves(session, side, names, moves), MOVES))),
        ledger=old.ledger.put(joined(_ledger(session, side, ledger), LEDGER)),
        parties=_more(session, old.parties, PARTIES, names, of("p.source_id", "party")),
        items=_more(session, old.items, ITEMS, names, of("p.source_id", "item")),
        places=_more(session, old.places, PLACES, names, of("p.source_id", "location")),
    )


class _Among:
    """Conditions for rows of the ids that changed, a source at a time."""

    def __init__(self, session: Session, refs: Refs) -> None:
        self._session, self._refs = session, refs

    def __call__(
        self, column: str, table: str, alias: str = ""
    ) -> list[tuple[str, dict[str, Any]]]:
        alias = alias or column.partition(".")[0]
        return [
            (f"{alias}.source = :source AND {column} {among(self._session)}",
             {"source": source, "refs": bound(self._session, sorted(found))})
            for (entity, source), found in self._refs.items()
            if entity == table
        ]  # fmt: skip


def _once(rows: Rows) -> Rows:
    """Each row once: one may have been asked for in two ways."""
    _, first = np.unique(rows.ids, return_index=True)
    return Rows({name: column[first] for name, column in rows.columns.items()})


def _parts(session: Session, query: str, which: Which) -> Iterator[list[tuple[Any, ...]]]:
    """The columns of a query's rows, some thousand rows at a time."""
    for where, binds in which:
        statement = text(query.format(which=where)).execution_options(stream_results=True)
        for part in session.execute(statement, binds).partitions(AT_ONCE):
            yield list(zip(*part, strict=True))


def _lines(
    session: Session, side: Side, names: Numbered, which: Which
) -> Iterator[dict[str, Ints]]:
    for columns in _parts(session, side.lines, which):
        *plain, source, party, item, place, shipment = columns
        found = dict(zip((*LINE, *DAYS_OF_LINE, *TEXTS_OF_LINE), plain, strict=True))
        made = {name: numbers(found[name], kind) for name, kind in LINE.items()}
        made |= {name: ordinals(found[name]) for name in DAYS_OF_LINE}
        made |= {name: codes(names.texts, found[name]) for name in TEXTS_OF_LINE}
        made |= {
            "party": codes(names.party, source, party), "item": codes(names.item, source, item),
            "place": codes(names.place, source, place),
        }  # fmt: skip
        # a shipment of its own is an observation of its own; numbers below 0 are of no order
        own = codes(names.shipments, found["order"], shipment)
        made["group"] = np.where(own >= 0, -1 - own.astype(np.int64), made["order"])
        yield made


def _moves(
    session: Session, side: Side, names: Numbered, which: Which
) -> Iterator[dict[str, Ints]]:
    for columns in _parts(session, side.moves, which):
        found = dict(zip((*MOVE, *DAYS_OF_MOVE, *TEXTS_OF_MOVE), columns, strict=True))
        made = {name: numbers(found[name], kind) for name, kind in MOVE.items()}
        made |= {name: ordinals(found[name]) for name in DAYS_OF_MOVE}
        yield made | {name: codes(names.texts, found[name]) for name in TEXTS_OF_MOVE}


def _ledger(session: Session, side: Side, which: Which) -> Iterator[dict[str, Ints]]:
    if not side.has_ledger:
        return
    query = PROMISES.replace("{line}", side.line)
    for row, line, at, on in _parts(session, query, which):
        yield {
            "id": numbers(row, np.int64), "line": numbers(line, np.int64),
            "at": numbers(at, np.int64), "on": ordinals(on),
        }  # fmt: skip


def _things(session: Session, query: str, names: Numbered, which: Which) -> Things:
    """Things by their key; every word that is said of one gets a number."""
    found = {}
    for where, binds in which:
        for source, ref, *said in session.execute(text(query.format(which=where)), binds):
            found[source, ref] = tuple(said)
            for word in said:
                if isinstance(word, str):
                    names.texts[word]  # the look gives it one
    return found


def _more(session: Session, old: Things, query: str, names: Numbered, which: Which) -> Things:
    return {**old, **_things(session, query, names, which)} if which else old
