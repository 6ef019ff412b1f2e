"""Orders that were cancelled and made anew: one chain of documents is one order, and so its lines.

ERPNext gives the new document another name and its lines new ones too; it only says of which
order it is the amended one. A line is the same when it is the same occurrence of its item.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from storage.sources import Row
from storage.sources._erpnext_api import Site


class Origins(NamedTuple):
    """Of amended orders and their lines, by name, the names under which they were first known."""

    orders: dict[str, str]
    lines: dict[str, str]


@dataclass
class Chains:
    """The chains of one type of orders, whose lines are of the type `<type> Item`."""

    site: Site
    doctype: str
    _found: dict[str, list[str]] = field(default_factory=dict)

    def renamed(
        self, records: Sequence[Row], lines: Sequence[Row]
    ) -> tuple[Sequence[Row], Sequence[Row]]:
        """Orders under the names of the first of their chains, without those that others replace.

        Each says itself, in `amended_from`, which one it follows. `_number` is what it is called
        now. Lines that the new order has no more are there with the `docstatus` of cancelled ones.
        """
        over = self.replaced({str(row["name"]) for row in records if row.get("docstatus") == 2})
        records = [row for row in records if row["name"] not in over]
        for row in records:
            before = row.get("amended_from")
            self._found[str(row["name"])] = [str(before)] if before else []
        ancestors = self._ancestors({str(row["name"]) for row in records})
        of_order: dict[str, list[Row]] = {}
        for line in lines:
            of_order.setdefault(str(line["parent"]), []).append(line)
        if any(ancestors.values()):
            fields = {name for line in lines for name in line}
            of_order |= self._lines_of({one for found in ancestors.values() for one in found},
                                       fields)  # fmt: skip
        heads, rows = [], []
        for record in records:
            name = str(record["name"])
            chain = [*ancestors.get(name, ()), name]
            heads.append({**record, "name": chain[0], "_number": name})
            rows += _merged([of_order.get(one, []) for one in chain], chain[0])
        return heads, rows

    def replaced(self, names: Collection[str]) -> set[str]:
        """Those of the orders of which there is an amended one, a draft of one left aside."""
        found = self.site.named(
            self.doctype, ["amended_from"], "amended_from", names, [["docstatus", ">", 0]]
        )
        return {str(row["amended_from"]) for row in found}

    def origins(self, names: Collection[str]) -> Origins:
        """The first names of those of the orders that are amended ones, and of their lines."""
        ancestors = self._ancestors(names)
        amended = {name: found for name, found in ancestors.items() if found}
        if not amended:
            return Origins({}, {})
        of_order = self._lines_of({*amended, *(one for found in amended.values() for one in found)},
                                  ())  # fmt: skip
        first: dict[str, str] = {}
        for name, found in amended.items():
            tables = [of_order.get(one, []) for one in (*found, name)]
            first |= _first_names(tables)
        return Origins({name: found[0] for name, found in amended.items()}, first)

    def _ancestors(self, names: Collection[str]) -> dict[str, list[str]]:
        """The orders that each is an amended one of, the first of all in front."""
        self._ask(names)
        found = {}
        for name in names:
            chain: list[str] = []
            before = self._found.get(name)
            while before and before[0] not in chain:
                chain.insert(0, before[0])
                before = self._found.get(before[0])
            found[name] = chain
        return found

    def _ask(self, names: Collection[str]) -> None:
        """Finds what the orders follow, and what these follow in turn."""
        seen: set[str] = set()
        new = {name for name in names if name}
        while new:
            unknown = {name for name in new if name not in self._found}
            self._found |= {name: [] for name in unknown}
            asked = self.site.named(
                self.doctype, ["amended_from"], "name", unknown, [["amended_from", "is", "set"]]
            )
            self._found |= {str(row["name"]): [str(row["amended_from"])] for row in asked}
            seen |= new
            new = {before for name in new for before in self._found[name]} - seen

    def _lines_of(self, names: Collection[str], fields: Iterable[str]) -> dict[str, list[Row]]:
        kind = f"{self.doctype} Item"
        wanted = dict.fromkeys(["parent", "idx", "item_code", *fields])
        found: dict[str, list[Row]] = {}
        for row in self.site.named(kind, wanted, "parent", names, parent=self.doctype):
            found.setdefault(str(row["parent"]), []).append(row)
        return {name: sorted(rows, key=lambda row: row["idx"]) for name, rows in found.items()}


def _merged(tables: Sequence[Sequence[Row]], order: str) -> list[Row]:
    """The lines of the last of a chain under their first names, and the cancelled others."""
    first = _first_names(tables)
    last = {first.get(str(row["name"]), str(row["name"])): row for row in tables[-1]}
    lost: dict[str, Row] = {}
    for table in tables[:-1]:
        for row in table:
            name = first.get(str(row["name"]), str(row["name"]))
            if name not in last:
                lost[name] = {**row, "docstatus": 2}
    return [{**row, "name": name, "parent": order} for name, row in {**last, **lost}.items()]


def _first_names(tables: Sequence[Sequence[Row]]) -> dict[str, str]:
    """Of each line its name in the first order of the chain that has it."""
    known: dict[tuple[str, int], str] = {}
    found: dict[str, str] = {}
    for table in tables:
        seen: dict[str, int] = {}
        for row in table:
            item = str(row.get("item_code"))
            seen[item] = seen.get(item, 0) + 1
            name = str(row["name"])
            found[name] = known.setdefault((item, seen[item]), name)
    return found
