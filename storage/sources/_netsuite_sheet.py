"""A query of NetSuite as a table of contents: tables, columns, their order, what they become."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from storage.sources._entity import Entity
from storage.sources._keyset import Key, Keyset
from storage.sources._netsuite_api import TIME

WORD = re.compile(r"\w+")
STAMP, ID = "stamp_", "id_"


@dataclass(frozen=True)
class Sheet:
    """What is read for one entity, whose fields are names of `columns` (name -> expression).

    `stamp` and `id` order it; `by_number`: the stamp is a number, and there is no window.
    `header_stamp` takes the place of a stamp that the account does not have: then the lines for
    which `is_open` holds are read again each time. `own`: the table of fields of one's own.
    `root`: the table, and `root_id` the expression, by which a deletion is noticed. `has_net`: the
    sum of the lines without tax is asked for beside.
    """

    entity: Entity
    tables: str
    columns: Mapping[str, str]
    id: str
    own: str
    stamp: str = ""
    header_stamp: str = ""
    is_open: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    by_number: bool = False
    root: str = ""
    root_id: str = "id"
    has_net: bool = False

    @property
    def is_of_lines(self) -> bool:
        """Whether a row's id is more than that of the record that is deleted."""
        return len(self.entity.key) > 1

    def needed(self) -> set[str]:
        """The columns without which there is no fact."""
        fields = [one.names for one in self.entity.fields.values() if one.is_needed]
        return {*self.entity.key, *(names[0] for names in fields if len(names) == 1)}

    def mentions(self, unknown: str) -> list[str]:
        """The columns whose expressions speak of a field that is not there."""
        return [
            name for name, expression in self.columns.items()
            if unknown in map(str.lower, WORD.findall(expression))
        ]  # fmt: skip

    def without(self, names: list[str]) -> "Sheet":
        left = {name: one for name, one in self.columns.items() if name not in names}
        return replace(self, columns=left)

    def by_header(self) -> "Sheet":
        """Ordered by the stamp of the header, as there is none of the line."""
        return replace(self, stamp=self.header_stamp)

    def with_own(self) -> "Sheet":
        """With the fields of one's own that the entity names; those of a body are the header's."""
        asked = [name for name in self.entity.asked() if name not in self.columns]
        own = {name: f"{'t' if name.startswith('custbody') else self.own}.{name}" for name in asked
               if name not in MADE}  # fmt: skip
        return replace(self, columns={**self.columns, **own})

    def keyset(self) -> Keyset:
        chosen = [f"{one} AS {name}" for name, one in self.columns.items()]
        chosen.append(f"{self.id} AS {ID}")
        if self.stamp:
            shown = self.stamp if self.by_number else f"TO_CHAR({self.stamp}, '{TIME}')"
            chosen.append(f"{shown} AS {STAMP}")
        literals = _numbers if self.by_number else time_and_number
        return Keyset(self.tables, tuple(chosen), self.id, literals, self.stamp, self.where)


# What a record has beside its columns: put in by the reader.
MADE = frozenset({"stamp", "net", "symbol", "today"})


def time_and_number(key: Key) -> tuple[str, str]:
    return f"TO_TIMESTAMP('{key[0]}', '{TIME}')", str(int(key[1]))


def _numbers(key: Key) -> tuple[str, str]:
    return str(int(key[0] or 0)), str(int(key[1]))
