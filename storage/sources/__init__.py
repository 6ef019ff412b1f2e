"""The contract of a source: what a vendor module gives, and how it says that something failed.

A vendor module defines `SOURCE = Kind(name, Settings, open)`. It fetches and maps; it never
touches the store, never sleeps beyond its request budget, and maps every error to `SourceError`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec

from storage.registry import discover

Row = dict[str, Any]
State = dict[str, Any]

LAST_MICROSECOND = time(23, 59, 59, 999_999)


class SourceError(Exception):
    """A source did not give what it should. `permanent`: trying again will not help.

    The message is for a person who can act on it and holds no secret.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class BadRow(ValueError):
    """One row cannot be believed; it goes to quarantine and the page still commits.

    A receipt before its order is one, where both are one row of a file. Where they are records of
    their own it is taken as it is: refused, it would leave its line open for ever, and make
    purchases look slower than they are; and the order's date may yet be put right, which would
    not bring the receipt again. What measures durations counts such lines apart, as absurd.
    """


@dataclass(frozen=True)
class StreamSpec:
    """One stream of a source. `tables` are the fact tables it may write.

    A snapshot stream hands over all that there is; what `ids` does not name afterwards is
    deleted, unless `keeps_absent`. `sweep_every`: how often `ids` of another stream is compared
    with the store. A sweep that would delete more than `sweep_limit` of a table (and more than a
    few rows) is refused: losing a permission looks like a mass delete. Of a table that several
    streams of a source write nothing is deleted by a sweep: one can't tell whose a row is.
    """

    name: str
    tables: tuple[str, ...]
    mode: Literal["incremental", "snapshot", "append"] = "incremental"
    lookback: timedelta = timedelta(minutes=10)
    settle: timedelta = timedelta(0)
    sweep_every: timedelta | None = None
    keeps_absent: bool = False
    sweep_limit: float = 0.05


@dataclass(frozen=True)
class Rejected:
    """A row that the mapping refused: its id at the source, the reason, and the row itself."""

    source_id: str
    reason: str
    payload: Any


@dataclass(frozen=True)
class Page:
    """One page: rows by table name, tombstones, refused rows, and the state after it.

    Each row is a dict of column values with `source_id`, and `source_updated_at` (aware) where
    the source has one. The engine checks every value against the column's type. `high` is the
    source time up to which this stream is complete once the page is in; `total`, where known, is
    the number of records the run will receive (for progress). `begins`: it is the first page of a
    read of all there is, by which a snapshot knows at the end what it did not see again.
    `asks_sweep`: the source can't say any more what was deleted, so that a stream which is swept
    at all is to be swept after this run.
    """

    rows: Mapping[str, Sequence[Row]]
    state: State
    deletes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rejected: Sequence[Rejected] = ()
    received: int = 0
    high: datetime | None = None
    total: int | None = None
    begins: bool = False
    asks_sweep: bool = False


@dataclass(frozen=True)
class Health:
    """What `check` found: the server's version and zone, its clock minus ours, what is missing."""

    version: str
    zone: str | None = None
    skew: timedelta | None = None
    missing: tuple[str, ...] = ()


class Source(Protocol):
    """An open source. `pull` goes on from `state` (null: from the start) and yields pages."""

    @property
    def streams(self) -> Sequence[StreamSpec]: ...

    def check(self) -> Health: ...

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]: ...

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        """All living ids as (table name, source ids); empty where the source can't tell."""
        ...


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every source's block in leadline.toml may say; `secret` is resolved from secret_env."""

    key: str
    kind: str
    url: str = ""
    zone: str = "UTC"
    every: timedelta = timedelta(minutes=10)
    stale_after: timedelta = timedelta(hours=2)
    secret: str = ""

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@dataclass(frozen=True)
class Ask:
    """One thing that connecting a source asks a person for.

    `name` is the setting that it fills, or `secret`. `default` is what an empty answer stands
    for, null where there must be one; it may be made of the answers before.
    """

    name: str
    words: str
    default: str | Callable[[Mapping[str, str]], str] | None = None
    is_secret: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of source: its name in leadline.toml, its settings, and how it is opened.

    `open(settings, http)`; `http` is `_http.Http` bound to nothing yet: see there. `asks`: what
    connecting one needs to know, in order; without any it follows from the settings. `block`
    makes what stands in leadline.toml of the answers, where that is more than the answers.
    """

    name: str
    settings: type[SourceSettings]
    open: Callable[[Any, Any], Source]
    asks: tuple[Ask, ...] = ()
    block: Callable[[Mapping[str, str]], Row] = dict


def event(name: str, when: datetime | date | None, zone: ZoneInfo) -> Row:
    """The two columns of an event: the instant it is known from, and its local day.

    A date is never shifted: it counts as over at the last microsecond of its day in `zone`. A
    naive datetime is taken to be in `zone` (its first pass where clocks go back). The first and
    the last year there can be are a `BadRow`: they may not exist in another zone.
    """
    if when is None:
        return {f"{name}_at": None, f"{name}_on": None}
    if not date.min.year < when.year < date.max.year:
        raise BadRow(f"{when} is no time that can be meant")
    if isinstance(when, datetime):
        at = when if when.tzinfo else when.replace(tzinfo=zone)
        return {f"{name}_at": at.astimezone(UTC), f"{name}_on": at.astimezone(zone).date()}
    at = datetime.combine(when, LAST_MICROSECOND, zone)
    return {f"{name}_at": at.astimezone(UTC), f"{name}_on": when}


def mapped(
    records: Iterable[Any],
    mapping: Callable[[Any], Iterable[tuple[str, Row]]],
    id_of: Callable[[Any], str],
) -> tuple[dict[str, list[Row]], list[Rejected]]:
    """Each record through `mapping` into rows by table; a `BadRow` becomes a refused row."""
    rows: dict[str, list[Row]] = {}
    rejected: list[Rejected] = []
    for record in records:
        try:
            made = list(mapping(record))
        except BadRow as error:
            rejected.append(Rejected(id_of(record), str(error), record))
            continue
        for table, row in made:
            rows.setdefault(table, []).append(row)
    return rows, rejected


def load(package: str = __name__) -> dict[str, Kind]:
    """All kinds of source by name; `BadModule` for one without SOURCE, or a name used twice."""
    return discover(package, "SOURCE", Kind, lambda kind: kind.name)
