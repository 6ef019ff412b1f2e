"""OData V2 over HTTP: what entity sets hold by `$metadata`, pages by key, and values as they are.

Filters are of `and`, `or` and the comparisons alone, and only a set's own fields are asked for,
for that is what every gateway understands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from storage.models._types import EPOCH
from storage.sources import BadRow, SourceError
from storage.sources._edmx import sets_of
from storage.sources._http import Http, Reply, TryLater

Record = dict[str, Any]
Types = Mapping[str, str]

TICKS = re.compile(r"/Date\((-?\d+)([+-]\d{1,4})?\)/")
LASTS = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")
DATE_TIME, OFFSET, TIME = "Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"
# An entity set that the key may not read, or a service that is not switched on.
NOT_THERE = frozenset({403, 404})


class Refused(SourceError):
    """The service answered with an error; `status` is that of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, permanent=True)
        self.status = status


@dataclass
class Client:
    """The services of one server. `fixed` are options of the query that every request bears.

    What a service holds is asked once.
    """

    http: Http
    fixed: Mapping[str, str] = field(default_factory=dict)
    _sets: dict[str, Mapping[str, Types]] = field(default_factory=dict)

    def types(self, service: str, name: str) -> Types:
        """The fields of an entity set with their types; `Refused` (404) without such a set."""
        if service not in self._sets:
            reply = self._get(f"{service}/$metadata", {})
            self._sets[service] = sets_of(reply.body, reply.place)
        found = self._sets[service].get(name)
        if found is None:
            raise Refused(f"{self.http.base.host}: {service} has no {name}", 404)
        # without those that lead to other records, which have no type
        return {one: kind for one, kind in found.items() if kind}

    def page(
        self,
        service: str,
        name: str,
        fields: Sequence[str],
        conditions: Iterable[str],
        keys: Sequence[str],
        top: int,
    ) -> tuple[list[Record], bool]:
        """Up to `top` records in the order of their keys, and whether there may be more.

        A server may give fewer than it is asked for; then it says that there is a next page,
        whose place is a position and is worth nothing when records come and go. Go on by the key.
        """
        options = {
            "$select": ",".join(fields),
            "$filter": every(conditions),
            "$orderby": ",".join(keys),
            "$top": str(top),
            "$format": "json",
        }
        reply = self._get(f"{service}/{name}", options)
        found = _body(reply)
        rows = found.get("results") if isinstance(found, dict) else found
        if not isinstance(rows, list):
            raise TryLater(f"{reply.place}: {service}/{name} gave no list")
        has_next = isinstance(found, dict) and bool(found.get("__next"))
        types = self.types(service, name)
        return [decoded(row, types) for row in rows], has_next or len(rows) >= top

    def count(self, service: str, name: str, conditions: Iterable[str]) -> int | None:
        """How many records there are under the conditions; null where the service won't say."""
        try:
            reply = self._get(f"{service}/{name}/$count", {"$filter": every(conditions)})
        except Refused:
            return None
        said = reply.body.decode("ascii", "replace").strip()
        return int(said) if said.isdigit() else None

    def _get(self, path: str, options: Mapping[str, str]) -> Reply:
        asked = {**self.fixed, **options}
        query = "&".join(f"{name}={quote(one, safe=SAFE)}" for name, one in asked.items() if one)
        reply = self.http.get(f"{path}?{query}" if query else path)
        if reply.status in (401, *range(300, 400)) or reply.status < 300:
            return reply.checked()
        said = self.http.redact(_said(reply))
        raise Refused(f"{reply.place}: {path}: {said} ({reply.status})", reply.status)


SAFE = "$,()'/:"


def every(conditions: Iterable[str]) -> str:
    """All conditions at once."""
    return " and ".join(one for one in conditions if one)


def either(conditions: Iterable[str]) -> str:
    """One of the conditions, in brackets."""
    return f"({' or '.join(conditions)})"


def one_of(name: str, values: Iterable[Any]) -> str:
    """The condition that a text field has one of the values."""
    return either(f"{name} eq {literal(one)}" for one in values)


def behind(keys: Sequence[str], values: Sequence[str]) -> str:
    """The condition for records that come behind one with these keys, all of them texts."""
    name, value = keys[0], literal(values[0])
    if len(keys) == 1:
        return f"{name} gt {value}"
    rest = behind(keys[1:], values[1:])
    return f"({name} gt {value} or ({name} eq {value} and {rest}))"


def literal(value: Any, kind: str = "Edm.String") -> str:
    """A value as it stands in a filter. An instant is in UTC, a day is its begin."""
    if isinstance(value, time):
        return f"time'PT{value.hour:02}H{value.minute:02}M{value.second:02}S'"
    if isinstance(value, datetime):
        shown = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"datetimeoffset'{shown}Z'" if kind == OFFSET else f"datetime'{shown}'"
    if isinstance(value, date):
        shown = f"{value.isoformat()}T00:00:00"
        return f"datetimeoffset'{shown}Z'" if kind == OFFSET else f"datetime'{shown}'"
    return "'" + str(value).replace("'", "''") + "'"


def decoded(row: Any, types: Types) -> Record:
    """The record with its times as Python's, without what links and describes.

    Without an offset a time is one of no zone, and a day where it is midnight. What is no time
    stays as it is, for the mapping to refuse.
    """
    if not isinstance(row, dict):
        raise TryLater("a list of records holds something else")
    return {
        name: _value(one, types.get(name, ""))
        for name, one in row.items()
        if not isinstance(one, dict)
    }


def _value(value: Any, kind: str) -> Any:
    if kind not in (DATE_TIME, OFFSET, TIME) or not isinstance(value, str):
        return value
    if kind == TIME:
        return _clock(value)
    found = TICKS.fullmatch(value)
    if not found:
        return value
    try:
        at = EPOCH + timedelta(milliseconds=int(found[1]))
    except OverflowError:
        return value
    if found[2]:
        return at
    return at.date() if at.time() == time() else at.replace(tzinfo=None)


def _clock(value: str) -> Any:
    found = LASTS.fullmatch(value)
    if not found:
        return value
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    # 24:00:00 is how some say the end of a day
    is_end = (hours, minutes, seconds) == (24, 0, 0)
    return time(23, 59, 59) if is_end else _time(value, hours, minutes, seconds)


def _time(value: str, hours: int, minutes: int, seconds: int) -> Any:
    try:
        return time(hours, minutes, seconds)
    except ValueError:
        return value


def calendar_day(value: Any, zone: ZoneInfo) -> date | None:
    """The day of a field that is a day, however its service types it; never shifted by a zone."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise BadRow(f"{value!r} is not a date")


def at_time(day: Any, clock: Any, zone: ZoneInfo) -> datetime | date | None:
    """The instant of a day and a time in a zone; the day alone where there is no time."""
    on = calendar_day(day, zone)
    if on is None or not isinstance(clock, time):
        return on
    return datetime.combine(on, clock, zone)


def _body(reply: Reply) -> Any:
    found = reply.json()
    if not isinstance(found, dict) or "d" not in found:
        raise TryLater(f"{reply.place} did not answer as OData V2")
    return found["d"]


def _said(reply: Reply) -> str:
    """What an error says, in JSON or XML."""
    try:
        error = msgspec.json.decode(reply.body)["error"]
        said = error["message"]
        text = said["value"] if isinstance(said, dict) else said
    except (msgspec.DecodeError, LookupError, TypeError):
        text = re.sub(r"<[^>]*>|\s+", " ", reply.body[:500].decode("utf-8", "replace"))
    return " ".join(str(text).split())[:300] or "no reason"
