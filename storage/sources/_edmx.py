"""The description that an OData service gives of itself (EDMX): which set has which fields,
and of which type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from storage.sources._http import TryLater

Attributes = Mapping[str, str]


@dataclass
class _Types:
    """The types and sets of a description, gathered as its elements go by."""

    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    open: str = ""

    def element(self, tag: str, attributes: Attributes) -> None:
        found: Callable[[Attributes], None] | None = {
            "EntityType": self._type, "Property": self._field,
            "NavigationProperty": self._link, "EntitySet": self._set,
        }.get(tag.rpartition(":")[2])  # fmt: skip
        if found:
            found(attributes)

    def ended(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "EntityType":
            self.open = ""

    def of(self, name: str) -> Mapping[str, str]:
        """The fields of a type and of those that it extends, with their types."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            found = {**self.fields.get(name, {}), **found}
            name = self.base.get(name, "")
        return found

    def _type(self, attributes: Attributes) -> None:
        self.open = attributes["Name"]
        self.fields.setdefault(self.open, {})
        if "BaseType" in attributes:
            self.base[self.open] = _plain(attributes["BaseType"])

    def _field(self, attributes: Attributes) -> None:
        if self.open:
            self.fields[self.open][attributes["Name"]] = attributes.get("Type", "")

    def _link(self, attributes: Attributes) -> None:
        self._field({"Name": attributes["Name"]})

    def _set(self, attributes: Attributes) -> None:
        self.sets[attributes["Name"]] = _plain(attributes["EntityType"])


def sets_of(edmx: bytes, place: str) -> Mapping[str, Mapping[str, str]]:
    """The fields of every set by its name, each with its type; those that lead to other records
    have "" for theirs. `TryLater` where it is no description of any set."""
    types = _Types()
    parser = expat.ParserCreate()
    parser.StartElementHandler = types.element
    parser.EndElementHandler = types.ended
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(edmx, True)
    except (expat.ExpatError, KeyError) as error:
        raise TryLater(f"{place}: its $metadata can't be read: {error}") from error
    if not types.sets:
        raise TryLater(f"{place}: its $metadata names no sets")
    return {name: types.of(kind) for name, kind in types.sets.items()}


def _refuse(*declared: Any) -> None:
    """A description declares no entities of its own: such a thing is made to burst us."""
    raise expat.ExpatError("it declares a document type")


def _plain(name: str) -> str:
    """A name without its namespace, whose short forms differ from one service to the next."""
    return name.rpartition(".")[2]
