"""A query of leadline.toml as statements: in the order of its key, behind a row, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, and_, column, func, or_, select, text
from sqlalchemy.sql.selectable import Subquery

from storage.sources import SourceError
from storage.sources._entity import nearest

NAMES = ("since", "until", "after")
# How the values of a key are kept in a cursor, other than texts and whole numbers.
WRITTEN = {"datetime": datetime, "date": date, "decimal": Decimal, "uuid": UUID}

Key = Sequence[Any]


@dataclass(frozen=True)
class Query:
    """A query, and the columns of its key. Named :since and :until it is asked for a window.

    Where it names :after it says itself how it goes on behind a key, and has to be in the order of
    that key; else we put it in that order around it.
    """

    stream: str
    asked: str
    key: tuple[str, ...]

    @property
    def named(self) -> frozenset[str]:
        # `_bindparams`: the names that SQLAlchemy found; it knows a cast (::) from a name
        found = frozenset(text(self.asked)._bindparams)
        for name in found:
            if name not in NAMES:
                raise SourceError(
                    f"{self.stream}: the query names :{name}; it may name :{nearest(name, NAMES)}"
                    r" (a colon that is none of a name is written \:)",
                    permanent=True,
                )
        if ("since" in found) != ("until" in found):
            raise SourceError(f"{self.stream}: :since and :until go together", permanent=True)
        if "after" in found and len(self.key) > 1:
            raise SourceError(f"{self.stream}: :after needs a key of one column", permanent=True)
        return found

    @property
    def is_windowed(self) -> bool:
        return "since" in self.named

    @property
    def goes_on_itself(self) -> bool:
        return "after" in self.named

    def described(self) -> Executable:
        """Gives the columns and no row."""
        if self.goes_on_itself:
            return text(self.asked)
        return select(text("*")).select_from(self._inner(())).where(text("1 = 0"))

    def rows(self, columns: Sequence[str], after: Key | None, most: int | None) -> Executable:
        """The rows behind a key in the order of the keys, at most so many."""
        if self.goes_on_itself:
            return text(self.asked)
        inner = self._inner(columns)
        keys = [inner.c[name] for name in self.key]
        made = select(*(inner.c[name] for name in columns)).order_by(*keys)
        if after is not None:
            made = made.where(_behind(keys, after))
        return made.limit(most) if most else made

    def counted(self, columns: Sequence[str], after: Key | None) -> Executable:
        """How many rows are behind a key."""
        inner = self._inner(columns)
        made = select(func.count()).select_from(inner)
        if after is None:
            return made
        return made.where(_behind([inner.c[name] for name in self.key], after))

    def _inner(self, columns: Sequence[str]) -> Subquery:
        return text(self.asked).columns(*(column(name) for name in columns)).subquery("page")


def _behind(keys: Sequence[ColumnElement[Any]], after: Key) -> ColumnElement[bool]:
    """Whether a key is greater; the first column also by itself, so that an index is of use."""
    greater = [
        and_(*(one == value for one, value in zip(keys[:at], after, strict=False)), keys[at] > last)
        for at, last in enumerate(after)
    ]
    return greater[0] if len(greater) == 1 else and_(keys[0] >= after[0], or_(*greater))


def kept(key: Key | None) -> list[Any] | None:
    """A key as a cursor keeps it (JSON)."""
    return None if key is None else [_kept(value) for value in key]


def read(key: Key | None) -> list[Any] | None:
    """A key that a cursor kept."""
    return None if key is None else [_read(value) for value in key]


def _kept(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    for name, kind in WRITTEN.items():
        if isinstance(value, kind):
            return {name: value.isoformat() if isinstance(value, date) else str(value)}
    raise SourceError(f"a key can't be a {type(value).__name__}: cast it to text", permanent=True)


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((name, said),) = value.items()
    kind: Any = WRITTEN[name]
    return kind.fromisoformat(said) if issubclass(kind, date) else kind(said)
