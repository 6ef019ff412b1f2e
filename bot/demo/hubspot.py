"""The sample company's CRM: its records, and HubSpot's API over them as the connector asks it."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], bytes]
Properties = dict[str, str | None]

SEARCH_CAP = 10_000
MODIFIED = {"contacts": "lastmodifieddate"}
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}
MILLISECOND = 1000


@dataclass
class Held:
    """One record: its properties and its stamps; `company` is the one it is linked to."""

    properties: Properties
    created: datetime
    modified: datetime
    company: int | None = None
    is_archived: bool = False


class Crm:
    """All records by kind and id. One lock guards them: hold it over several writes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._held: dict[str, dict[int, Held]] = {}
        self._next = 101
        self.owners: list[dict[str, Any]] = []

    def employ(self, email: str, first: str, last: str) -> int:
        """Someone who can own records; their id as owner."""
        id_ = 7001 + len(self.owners)
        self.owners.append({"id": str(id_), "email": email, "firstName": first, "lastName": last})
        return id_

    def create(
        self, kind: str, properties: Properties, at: datetime, company: int | None = None
    ) -> int:
        with self.lock:
            id_, self._next = self._next, self._next + 1
            self.of(kind)[id_] = Held(properties, at, at, company)
            return id_

    def change(
        self, kind: str, id_: int, properties: Mapping[str, str | None], at: datetime
    ) -> None:
        with self.lock:
            held = self.of(kind)[id_]
            held.properties = {**held.properties, **properties}
            held.modified = at

    def of(self, kind: str) -> dict[int, Held]:
        return self._held.setdefault(kind, {})


class HubSpotFace:
    """Answers requests from a `Crm` as HubSpot would. `clock` is its time, also its Date header."""

    def __init__(self, crm: Crm, clock: Callable[[], datetime], *, token: str) -> None:
        self.crm, self.clock, self.token = crm, clock, token

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """(status, headers, body) of one request."""
        url = urlsplit(path)
        sent = {name.lower(): value for name, value in headers.items()}
        if sent.get("authorization") != f"Bearer {self.token}":
            return self._reply(401, _error("Authentication credentials not found."))
        parts = url.path.strip("/").split("/")
        asked = {name: found[0] for name, found in parse_qs(url.query).items()}
        with self.crm.lock:
            match method, parts:
                case "GET", ["crm", "v3", "objects", kind]:
                    return self._reply(200, self._listed(kind, asked))
                case "GET", ["crm", "v3", "owners"]:
                    is_archived = asked.get("archived") == "true"
                    owners = [] if is_archived else self.crm.owners
                    return self._reply(200, {"results": owners})
                case "GET", ["crm", "v3", "properties", kind]:
                    return self._reply(200, {"results": _properties(self.crm.of(kind))})
                case "POST", ["crm", "v3", "objects", kind, "search"]:
                    return self._searched(kind, json.loads(body))
                case "POST", ["crm", "v4", "associations", kind, "companies", "batch", "read"]:
                    return self._linked(kind, json.loads(body))
        return self._reply(404, _error("resource not found"))

    def _listed(self, kind: str, asked: dict[str, str]) -> dict[str, Any]:
        limit, after = int(asked.get("limit", 10)), int(asked.get("after", 0))
        wanted = asked.get("properties", "").split(",")
        is_archived = asked.get("archived") == "true"
        found = [
            (id_, held)
            for id_, held in self.crm.of(kind).items()
            if held.is_archived == is_archived and id_ > after
        ][: limit + 1]
        body: dict[str, Any] = {"results": [_told(kind, *one, wanted) for one in found[:limit]]}
        if len(found) > limit:
            body["paging"] = {"next": {"after": str(found[limit - 1][0])}}
        return body

    def _searched(self, kind: str, asked: dict[str, Any]) -> Reply:
        limit, after = asked.get("limit", 10), int(asked.get("after") or 0)
        if after + limit > SEARCH_CAP:
            return self._reply(400, _error("paging beyond 10000 results is not possible"))
        filters = [one for group in asked["filterGroups"] for one in group["filters"]]
        found = [
            (id_, held)
            for id_, held in self.crm.of(kind).items()
            if not held.is_archived and all(_passes(kind, id_, held, one) for one in filters)
        ]
        page = [_told(kind, *one, asked["properties"]) for one in found[after : after + limit]]
        return self._reply(200, {"total": len(found), "results": page})

    def _linked(self, kind: str, asked: dict[str, Any]) -> Reply:
        results, errors = [], []
        for one in asked["inputs"]:
            held = self.crm.of(kind).get(int(one["id"]))
            if held is None or held.company is None:
                errors.append(_no_link(one["id"]))
                continue
            to = [{"toObjectId": str(held.company), "associationTypes": [PRIMARY]}]
            results.append({"from": {"id": one["id"]}, "to": to})
        body: dict[str, Any] = {"status": "COMPLETE", "results": results}
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return self._reply(207 if errors else 200, body)

    def _reply(self, status: int, answer: Any) -> Reply:
        date = format_datetime(self.clock().astimezone(UTC), usegmt=True)
        headers = {"Content-Type": "application/json;charset=utf-8", "Date": date}
        return status, headers, json.dumps(answer).encode()


def iso(at: datetime) -> str:
    """An instant as HubSpot writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(kind: str, id_: int, held: Held, wanted: list[str]) -> dict[str, Any]:
    own = {
        **held.properties,
        "hs_object_id": str(id_),
        "createdate": held.properties.get("createdate") or iso(held.created),
        MODIFIED.get(kind, "hs_lastmodifieddate"): iso(held.modified),
    }
    return {
        "id": str(id_),
        "properties": {name: own.get(name) for name in wanted},
        "createdAt": iso(held.created),
        "updatedAt": iso(held.modified),
        "archived": held.is_archived,
    }


def _properties(records: Mapping[int, Held]) -> list[dict[str, str]]:
    names = {"hs_object_id", *(name for held in records.values() for name in held.properties)}
    return [{"name": name, "type": "string"} for name in sorted(names)]


def _passes(kind: str, id_: int, held: Held, one: dict[str, str]) -> bool:
    if one["propertyName"] == "hs_object_id":
        value = id_
    else:
        value = int(held.modified.timestamp() * MILLISECOND)
    bound = int(one["value"])
    return {"GT": value > bound, "GTE": value >= bound, "LT": value < bound}[one["operator"]]


def _error(message: str) -> dict[str, Any]:
    return {"status": "error", "message": message, "category": "VALIDATION_ERROR"}


def _no_link(record_id: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No company is associated with {record_id}.",
        "context": {"fromObjectId": [record_id]},
    }
