"""Reads streams over OData V2: windows of stamps, in the order of keys, with what joins them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Page, SourceError, State, StreamSpec, mapped
from storage.sources._odata2 import NOT_THERE, Client, Record, Refused, behind, one_of
from storage.sources._odata2_reading import HEADER, Again, Join, Reading
from storage.sources._window import VERSION, Window, from_iso, open_window

PAGE = 200
JOINED = 1_000  # records of a join, and open ones to be read again, at once
CHUNK = 50  # values in one condition: a URL of some servers may not be longer than 8 kB
FAR_EVERY = timedelta(hours=4)


@dataclass(frozen=True)
class Standing:
    """Where a stream stands: its window, when one last looked back far, and the reading again."""

    window: Window
    far: datetime | None = None
    again_at: datetime | None = None
    again_after: list[str] | None = None

    @classmethod
    def of(
        cls, state: State | None, now: datetime, spec: StreamSpec, near: timedelta | None
    ) -> "Standing":
        kept = state if state and state.get("v") == VERSION else {}
        far, again = from_iso(kept.get("far")), kept.get("again") or {}
        is_far = near is None or far is None or now - far >= FAR_EVERY
        window = open_window(state, now, spec.lookback if is_far else near or spec.lookback)
        if "window" not in kept and is_far:
            far = window.end
        return cls(window, far, from_iso(again.get("at")), again.get("after"))

    @property
    def is_far(self) -> bool:
        return self.far == self.window.end

    def within(self, turn: int, keys: Sequence[str]) -> State:
        return {**self.window.at({"turn": turn, "keys": list(keys)}), **self._rest()}

    def behind(self) -> State:
        return {**self.window.finished(), **self._rest()}

    def _rest(self) -> State:
        return {
            "far": self.far.isoformat() if self.far else None,
            "again": {
                "at": self.again_at.isoformat() if self.again_at else None,
                "after": self.again_after,
            },
        }


@dataclass
class Reader:
    """What reads one server; one for each run. `zone_of`: the zone of a record's place."""

    client: Client
    zone: ZoneInfo
    zone_of: Callable[[Mapping[str, Any]], ZoneInfo]
    _kept: dict[str, dict[str, list[Record]]] = field(default_factory=dict)

    def pull(self, reading: Reading, spec: StreamSpec, state: State | None) -> Iterator[Page]:
        self._be_able(reading)
        standing = Standing.of(state, self.now(), spec, reading.near)
        if not reading.stamps:
            standing = replace(standing, window=replace(standing.window, start=None))
        is_full = standing.window.start is None
        if is_full:
            standing = replace(standing, again_at=standing.window.end)
        yield from self._window(reading, standing)
        again = reading.again
        if again and not is_full and _is_due(standing, again.every):
            yield from self._again(reading, again, standing)

    def ids(self, reading: Reading, spec: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        """The ids of all facts there are, which only the mapping knows, and of those that can't be
        believed: they are there all the same."""
        table = reading.entities[0].table
        yield table, []
        for page in self.pull(reading, spec, None):
            yield table, [row["source_id"] for row in page.rows.get(table, ())]
            yield table, [one.source_id for one in page.rejected]

    def missing(self, reading: Reading, own: Sequence[str]) -> Iterator[str]:
        """What the key may not read, and the fields that are not there."""
        asked = reading.asked()
        for owner, service, name, is_optional in reading.sets():
            try:
                types = self.client.types(service, name)
                lacks = [*reading.missing(owner, types), *reading.unknown(own, owner, types)]
                yield from lacks
                if not lacks:
                    names = [one for one in asked[owner] if one in types]
                    self.client.page(service, name, names, (), (), 1)
            except Refused as error:
                without = "; the rest is read without it" if is_optional else ""
                yield f"{service}/{name}: {error}{without}"

    def _be_able(self, reading: Reading) -> None:
        """Fails by the name of a field that is needed and not there."""
        for owner, service, name, is_optional in reading.sets():
            if is_optional and not self._is_there(service, name):
                continue
            lacks = reading.missing(owner, self.client.types(service, name))
            if lacks:
                raise SourceError(f"{service}/{'; '.join(lacks)}", permanent=True)

    def _is_there(self, service: str, name: str) -> bool:
        try:
            self.client.types(service, name)
        except Refused as error:
            if error.status not in NOT_THERE:
                raise
            return False
        return True

    def _window(self, reading: Reading, standing: Standing) -> Iterator[Page]:
        window = standing.window
        turns = self._turns(reading, standing)
        after = window.after or {"turn": 0, "keys": None}
        first, keys = after["turn"], after["keys"]
        total = self._count(reading, turns[0]) if window.start is None else None
        for turn in range(first, len(turns)):
            more = True
            while more:
                begins = window.start is None and keys is None
                rows, more = self._records(reading, turns[turn], keys)
                keys = [str(rows[-1][name]) for name in reading.keys] if more else None
                is_last = not more and turn + 1 == len(turns)
                state = self._state(standing, turn, keys, is_last=is_last)
                yield replace(
                    self._made(reading, rows, state, can_cease=window.start is not None),
                    high=window.end if is_last else window.high,
                    total=total, begins=begins,
                )  # fmt: skip

    def _state(
        self, standing: Standing, turn: int, keys: Sequence[str] | None, *, is_last: bool
    ) -> State:
        if is_last:
            return standing.behind()
        if keys is None:  # this turn is over: the next one begins
            after = {"turn": turn + 1, "keys": None}
            return {**standing.within(turn, ()), "after": after}
        return standing.within(turn, keys)

    def _turns(self, reading: Reading, standing: Standing) -> list[str]:
        """A condition for each stamp: records that bear one of them may lack the others."""
        if standing.window.start is None:
            return [""]
        types = self.client.types(reading.service, reading.set)
        return [
            one.within(standing.window, types, self.zone, by_clock=not standing.is_far)
            for one in reading.stamps
        ]

    def _again(self, reading: Reading, again: Again, standing: Standing) -> Iterator[Page]:
        """What is open, read again: its own changes do not always move the stamp."""
        after = standing.again_after
        begun = standing.again_at if after and standing.again_at else self.now()
        more = True
        while more:
            conditions = [*again.where, behind(again.keys, after) if after else ""]
            names = list(dict.fromkeys([*again.keys, again.field]))
            rows, more = self.client.page(
                reading.service, again.set, names, conditions, again.keys, JOINED
            )
            more = more and bool(rows)
            after = [str(rows[-1][name]) for name in again.keys] if more else None
            wanted = list(dict.fromkeys(str(row[again.field]) for row in rows))
            state = replace(standing, again_at=begun, again_after=after).behind()
            found = [
                row
                for chunk in _chunks(wanted)
                for row in self._records(reading, one_of(reading.keys[0], chunk), None)[0]
            ]
            page = self._made(reading, found, state, can_cease=True)
            yield replace(page, high=standing.window.end)

    def _records(
        self, reading: Reading, condition: str, after: Sequence[str] | None
    ) -> tuple[list[Record], bool]:
        types = self.client.types(reading.service, reading.set)
        names = [name for name in reading.asked()[""] if name in types]
        conditions = [condition, behind(reading.keys, after) if after else ""]
        rows, more = self.client.page(
            reading.service, reading.set, names, conditions, reading.keys, PAGE
        )
        for row in rows:
            row |= {one.field: one.read(row.get(one.field), self.zone) for one in reading.stamps}
        return rows, more and bool(rows)

    def _made(self, reading: Reading, rows: list[Record], state: State, *, can_cease: bool) -> Page:
        for join in reading.joins:
            owners = rows if not join.to else [one for row in rows for one in row[join.to]]
            self._join(reading, join, owners)
        records = rows
        if reading.each:
            records = [{**one, HEADER: row} for row in rows for one in row[reading.each]]
        made, rejected = mapped(
            records,
            lambda record: [
                fact for one in reading.entities for fact in one.rows(record, self.zone_of(record))
            ],
            lambda record: _id_of(reading, record),
        )
        table, gone = reading.entities[0].table, []
        if can_cease and reading.can_cease:
            facts = {row["source_id"] for row in made.get(table, ())}
            facts |= {one.source_id for one in rejected}
            gone = sorted({_id_of(reading, record) for record in records} - facts)
        return Page(made, state, {table: gone} if gone else {}, rejected, received=len(rows))

    def _join(self, reading: Reading, join: Join, owners: list[Record]) -> None:
        theirs, ours = list(join.on), list(join.on.values())
        wanted = [one for one in owners if join.wanted(one) and one.get(ours[0])]
        by: dict[tuple[str, ...], list[Record]] = {}
        if wanted and (not join.is_optional or self._is_there(join.service, join.set)):
            for found in self._joined(reading, join, {str(one[ours[0]]) for one in wanted}):
                key = tuple(unpadded(found[name]) for name in theirs)
                by.setdefault(key, []).append(found)
        for one in owners:
            key = tuple(unpadded(one.get(name)) for name in ours)
            one[join.name] = by.get(key, []) if join.wanted(one) else []

    def _joined(self, reading: Reading, join: Join, values: set[str]) -> Iterator[Record]:
        kept = self._kept.setdefault(join.name, {}) if join.is_kept else {}
        new = sorted(value for value in values if unpadded(value) not in kept)
        types = self.client.types(join.service, join.set)
        names = [name for name in reading.asked()[join.name] if name in types]
        first = next(iter(join.on))
        for chunk in _chunks(new):
            kept |= {unpadded(value): [] for value in chunk}
            for found in self._all(join, names, [one_of(first, chunk)]):
                kept.setdefault(unpadded(found[first]), []).append(found)
        for value in values:
            yield from kept[unpadded(value)]

    def _all(self, join: Join, names: list[str], conditions: list[str]) -> Iterator[Record]:
        after: list[str] | None = None
        while True:
            rows, more = self.client.page(
                join.service, join.set, names,
                [*conditions, behind(join.keys, after) if after else ""], join.keys, JOINED,
            )  # fmt: skip
            yield from rows
            if not (more and rows):
                return
            after = [str(rows[-1][name]) for name in join.keys]

    def _count(self, reading: Reading, condition: str) -> int | None:
        return self.client.count(reading.service, reading.set, [condition])

    def now(self) -> datetime:
        return self.client.http.now()


def unpadded(value: Any) -> str:
    """A number as text without zeros before it, as some services show it and others do not."""
    found = "" if value is None else str(value)
    return (found.lstrip("0") or "0") if found.isascii() and found.isdigit() else found


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(values), CHUNK):
        yield values[begin : begin + CHUNK]


def _is_due(standing: Standing, every: timedelta) -> bool:
    at = standing.again_at
    return at is None or bool(standing.again_after) or standing.window.end - at >= every


def _id_of(reading: Reading, record: Record) -> str:
    try:
        return reading.entities[0].id_of(record)
    except BadRow:
        return "without a key"
