"""The records of the HubSpot account in tests: the living, the archived, and what is indexed."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Properties = dict[str, str | None]

CORRELATION_ID = "7c1d4f2e-0000-4000-8000-5f0e3a2b1c9d"


class Refused(Exception):
    """The request is not one that HubSpot answers."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        told = {"status": "error", "message": message, "correlationId": CORRELATION_ID}
        self.body = {**told, **more}


@dataclass
class Version:
    """One state of a record, as a list or the index holds it."""

    id: int
    created: datetime
    modified: datetime
    properties: Properties

    @property
    def stamp(self) -> int:
        return milliseconds(self.modified)


@dataclass
class Objects:
    """All records of one type: the living and the archived, and what the search knows of them."""

    modified: str
    living: dict[int, Version] = field(default_factory=dict)
    archived: dict[int, tuple[Version, datetime]] = field(default_factory=dict)
    index: dict[int, Version] = field(default_factory=dict)
    pending: list[tuple[datetime, int, int, Version | None]] = field(default_factory=list)
    links: dict[int, list[tuple[int, str | None]]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)  # ids in the index, ascending

    def settle(self, now: datetime) -> None:
        """Lets the index see what it is due to see."""
        while self.pending and self.pending[0][0] <= now:
            _, _, record_id, version = heapq.heappop(self.pending)
            if version is None:
                self.index.pop(record_id, None)
                continue
            at = bisect_left(self.order, record_id)
            if self.order[at : at + 1] != [record_id]:
                insort(self.order, record_id)
            self.index[record_id] = version


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def matching(objects: Objects, groups: list[list[dict[str, Any]]]) -> Iterable[Version]:
    """What the index holds that passes a group of filters, by id.

    Numbers and stamps can be asked for in one group, and what holds a word in several.
    """
    if len(groups) > 5:
        raise Refused(400, "no more than 5 filterGroups")
    words = [one for group in groups for one in group if one["operator"] == "CONTAINS_TOKEN"]
    if words:
        return [one for one in objects.index.values() if any(_has(one, word) for word in words)]
    return _between(objects, groups[0] if groups else [])


def _has(version: Version, word: dict[str, Any]) -> bool:
    return word["value"] in (version.properties.get(word["propertyName"]) or "").split(";")


def _between(objects: Objects, filters: list[dict[str, Any]]) -> Iterable[Version]:
    least, low, high = 0, 0, 2**63
    for one in filters:
        match one["propertyName"], one["operator"]:
            case "hs_object_id", "GT":
                least = int(one["value"])
            case objects.modified, "GTE":
                low = int(one["value"])
            case objects.modified, "LT":
                high = int(one["value"])
            case name, operator:
                raise Refused(400, f"there is no property {name} to ask {operator} of")
    ids = objects.order[bisect_right(objects.order, least) :]
    versions = (objects.index[key] for key in ids if key in objects.index)
    return (one for one in versions if low <= one.stamp < high)


def told(
    objects: Objects, version: Version, wanted: Sequence[str], archived: datetime | None = None
) -> dict[str, Any]:
    """A record as an answer holds it: unknown properties are left out, empty ones are null."""
    own = {
        **version.properties,
        "hs_object_id": str(version.id),
        "createdate": iso(version.created),
        objects.modified: iso(version.modified),
    }
    answer = {
        "id": str(version.id),
        "properties": {name: own[name] for name in wanted if name in own},
        "createdAt": iso(version.created),
        "updatedAt": iso(version.modified),
        "archived": archived is not None,
    }
    return {**answer, "archivedAt": iso(archived)} if archived else answer


def described(name: str) -> dict[str, Any]:
    """A property as the list of properties has it."""
    return {
        "name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "all",
        "description": "", "options": [],
    }  # fmt: skip
