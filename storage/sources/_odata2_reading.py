"""What is read of OData V2 for one stream: a set of records, what joins them, and their stamps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from storage.sources._entity import Entity, nearest
from storage.sources._odata2 import Types, every, literal
from storage.sources._window import Window

HEADER = "header"
DIGITS = "%Y%m%d%H%M%S"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stamp:
    """A field that tells when a record was made or changed.

    kind: an instant; a day; or fourteen digits, as 20260301093000, in the source's zone. `clock`
    is the field of the time that goes with a day.
    """

    field: str
    kind: Literal["instant", "day", "digits"] = "instant"
    clock: str = ""

    def within(self, window: Window, types: Types, zone: ZoneInfo, *, by_clock: bool) -> str:
        """The condition of a window. Days are taken whole, and without a hard end: whose day it
        is, ours or that of the server, is not always known."""
        start, end = window.start, window.end
        if self.kind == "day":
            return self._days(start, end, types, zone, by_clock=by_clock)
        bounds = [] if start is None else [f"{self.field} ge {self._literal(start, types, zone)}"]
        return every([*bounds, f"{self.field} lt {self._literal(end, types, zone)}"])

    def _days(
        self, start: datetime | None, end: datetime, types: Types, zone: ZoneInfo, *, by_clock: bool
    ) -> str:
        kind = types.get(self.field, "")
        last = f"{self.field} le {literal(end.astimezone(zone).date() + DAY, kind)}"
        if start is None:
            return last
        local = _shown(start, end, zone)
        first = literal(local.date(), kind)
        if not (by_clock and self.clock):
            return every([f"{self.field} ge {first}", last])
        then = f"{self.field} eq {first} and {self.clock} ge {literal(local.time())}"
        return every([f"({self.field} gt {first} or ({then}))", last])

    def _literal(self, at: datetime, types: Types, zone: ZoneInfo) -> str:
        if self.kind == "digits":
            return literal(at.astimezone(zone).strftime(DIGITS))
        return literal(at, types.get(self.field, ""))

    def read(self, value: Any, zone: ZoneInfo) -> Any:
        """The instant of digits; anything else as it is."""
        if (
            self.kind != "digits"
            or not isinstance(value, str)
            or len(value) != len("20260301093000")
        ):
            return value
        try:
            found = datetime.strptime(value, DIGITS).replace(tzinfo=zone)
        except ValueError:
            return value
        return found.astimezone(UTC)


@dataclass(frozen=True)
class Join:
    """Records of another set that belong to some: each of these gets a list of them by `name`.

    `on`: by their field ours; the first is asked for, all must fit. `to`: the join whose records
    they belong to, empty for those of the reading. Only owners that are `wanted` have any. Without
    an optional one a key that may not read it still reads the rest. `is_kept`: they are master
    data, asked for once.
    """

    name: str
    service: str
    set: str
    keys: tuple[str, ...]
    on: Mapping[str, str]
    to: str = ""
    wanted: Callable[[Mapping[str, Any]], bool] = lambda owner: True
    is_optional: bool = False
    is_kept: bool = False


@dataclass(frozen=True)
class Again:
    """Records that are read again at times, whatever their stamp: those that a set's records
    under a condition name in `field`."""

    set: str
    keys: tuple[str, ...]
    field: str
    where: tuple[str, ...]
    every: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class Reading:
    """One stream: the set of its records, and the entities that each becomes.

    Where `each` names a join, its records are what becomes facts, each with its own record as
    `header`. Without stamps all is read each time. `near`: most windows overlap the last by so
    much only, and now and then one by the whole lookback. `can_cease`: a record that was a fact
    may be none any more.
    """

    service: str
    set: str
    keys: tuple[str, ...]
    entities: tuple[Entity, ...]
    stamps: tuple[Stamp, ...] = ()
    joins: tuple[Join, ...] = ()
    each: str = ""
    again: Again | None = None
    near: timedelta | None = None
    can_cease: bool = False

    def sets(self) -> Iterator[tuple[str, str, str, bool]]:
        """Name (empty for the records themselves), service, set, and whether it is optional."""
        yield "", self.service, self.set, False
        for one in self.joins:
            yield one.name, one.service, one.set, one.is_optional

    def route(self, path: str) -> tuple[str, str]:
        """Of which set a field is that an entity names, and its name there."""
        first, _, rest = path.partition(".")
        if rest and first == HEADER:
            return "", rest
        if rest and first in {one.name for one in self.joins}:
            return first, rest
        return self.each, path

    def asked(self) -> dict[str, list[str]]:
        """What is asked for of each set, by its name here."""
        found = self._bones()
        for entity in self.entities:
            for path in entity.asked():
                owner, name = self.route(path)
                found[owner].append(name)
        return {owner: list(dict.fromkeys(names)) for owner, names in found.items()}

    def missing(self, owner: str, types: Types) -> list[str]:
        """What is needed of a set and not there, each with the nearest names."""
        needed: list[tuple[str, ...]] = [(name,) for name in self._bones()[owner]]
        for entity in self.entities:
            for names in _needed(entity):
                routed = [self.route(name) for name in names]
                if routed[0][0] == owner:
                    needed.append(tuple(name for _, name in routed))
        place = next(name for key, _, name, _ in self.sets() if key == owner)
        return [
            f"{place}: no field {names[0]!r}; near: {nearest(names[0], types)}"
            for names in dict.fromkeys(needed)
            if not any(name in types for name in names)
        ]

    def unknown(self, own: Sequence[str], owner: str, types: Types) -> list[str]:
        """Which fields of one's own that are of a set it does not have, with the nearest names."""
        routed = [self.route(path) for path in own]
        place = next(name for key, _, name, _ in self.sets() if key == owner)
        return [
            f"{place}: no field {name!r}; near: {nearest(name, types)}"
            for of, name in routed
            if of == owner and name not in types
        ]

    def _bones(self) -> dict[str, list[str]]:
        """The fields without which nothing can be read or joined."""
        stamped = [name for one in self.stamps for name in (one.field, one.clock) if name]
        found = {"": [*self.keys, *stamped]}
        for one in self.joins:
            found[one.name] = [*one.keys, *one.on]
        for one in self.joins:
            found[one.to] += one.on.values()
        return found


def _shown(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The earliest that a clock in the zone shows in a window: it may go back on the way."""
    local, until = start.astimezone(zone), end.astimezone(zone)
    back = (local.utcoffset() or timedelta(0)) - (until.utcoffset() or timedelta(0))
    return local.replace(tzinfo=None) - max(back, timedelta(0))


def _needed(entity: Entity) -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in (*entity.key, entity.updated) if name)
    yield from (one.names for one in entity.fields.values() if one.is_needed)
