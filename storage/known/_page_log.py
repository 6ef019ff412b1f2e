"""Which rows changed since someone looked last, by the log of the pages that wrote them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import text
from sqlmodel import Session

from storage.page_log import PAGES

# so many rows at once are not looked up one by one
MOST = 50_000

Refs = Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True)
class Since:
    """What changed: ids at the source by (table, source); null where all must be read anew.

    `seen` are the pages that are known now, to be given back the next time. A page may come to
    light after one that was written later, so each is remembered.
    """

    seen: frozenset[int]
    refs: Refs | None


def since(session: Session, seen: frozenset[int] | None) -> Since:
    """What changed in pages that are not among those `seen`; null: nothing was read yet."""
    found = frozenset(row[0] for row in session.execute(text("SELECT id FROM pagechange")))
    if seen is None or _is_away(found, seen):
        return Since(found, None)
    fresh = sorted(found - seen)
    if not fresh:
        return Since(found, {})
    bound = {"first": fresh[0], "last": fresh[-1]}
    refs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for page, entity, source, names in session.execute(text(_PAGES), bound):
        if page in seen:
            continue
        if not entity:
            return Since(found, None)
        if named := msgspec.json.decode(names, type=list[str]):
            refs[entity, source].update(named)
    if sum(map(len, refs.values())) > MOST:
        return Since(found, None)
    return Since(found, {key: frozenset(names) for key, names in refs.items()})


def _is_away(found: frozenset[int], seen: frozenset[int]) -> bool:
    """Whether pages may have been forgotten that were never looked at."""
    newest = max(seen, default=0)
    return max(found, default=0) - newest > PAGES // 2


_PAGES = "SELECT id, entity, source, refs FROM pagechange WHERE id BETWEEN :first AND :last"
