"""A HubSpot account: lists that tell the truth, a search that is late and capped, and limits.

Written from HubSpot's API description and from what connectors met; it shares no code with ours.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.storage.sources.fake_hubspot_records import (
    Objects,
    Properties,
    Refused,
    Version,
    described,
    iso,
    matching,
    told,
)

TOKEN = "pat-eu1-of-a-test"
SEARCH_CAP = 10_000
SEARCHES_PER_SECOND = 5
REQUEST_SECONDS = 0.05
INDEX_LAG = 15.0
LINKS_PER_PAGE = 2

Answer = tuple[int, Any]


class FakeHubSpot:
    """The account and its clock, which only `advance` and requests move.

    Each write shows in the search `INDEX_LAG` seconds later, or as told. `fail_next` queues
    faults, `fail_every` spreads them; `forgets_places` refuses the next list that goes on.
    `refused` are types that the key may not read (403) or that are not there (404), "owners"
    among them. `between` is called before each request is answered.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.types: dict[str, Objects] = {}
        self.people: dict[str, dict[str, Any]] = {}
        self.refused: dict[str, int] = {}
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.struck: list[str] = []
        self.between: Callable[[], None] = lambda: None
        self.forgets_places = False
        self._faults: deque[str] = deque()
        self._spread: tuple[int, itertools.cycle[str]] | None = None
        self._searched: deque[datetime] = deque(maxlen=SEARCHES_PER_SECOND)
        self._ids = itertools.count(95)  # ids of two digits and of three: order is by number
        self._writes = itertools.count()
        self._arrivals = itertools.count(1)

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def fail_next(self, *kinds: str) -> None:
        self._faults.extend(kinds)

    def fail_every(self, requests: int, *kinds: str) -> None:
        self._spread = requests, itertools.cycle(kinds)

    def objects(self, kind: str) -> Objects:
        modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        return self.types.setdefault(kind, Objects(modified))

    def create(
        self, kind: str, properties: Iterable[Properties], late: float = INDEX_LAG
    ) -> list[str]:
        """New records, all stamped with the same instant."""
        made = [Version(next(self._ids), self.now, self.now, one) for one in properties]
        for version in made:
            self._write(self.objects(kind), version, late)
        return [str(version.id) for version in made]

    def change(self, kind: str, changes: Mapping[str, Properties], late: float = INDEX_LAG) -> None:
        """Some properties of some records, all stamped with the same instant."""
        objects = self.objects(kind)
        for record_id, properties in changes.items():
            old = objects.living[int(record_id)]
            merged = {**old.properties, **properties}
            self._write(objects, Version(old.id, old.created, self.now, merged), late)

    def hire(self, owner: str, email: str = "", name: str = "", *, has_left: bool = False) -> None:
        """Someone who can own records."""
        first, _, last = name.partition(" ")
        self.people[owner] = {
            "id": owner, "type": "PERSON" if email else "QUEUE", "archived": has_left,
            "createdAt": iso(self.now), "updatedAt": iso(self.now),
            **{key: value for key, value in
               {"email": email, "firstName": first, "lastName": last}.items() if value},
        }  # fmt: skip

    def archive(self, kind: str, ids: Sequence[str], late: float = INDEX_LAG) -> None:
        objects = self.objects(kind)
        for record_id in map(int, ids):
            objects.archived[record_id] = (objects.living[record_id], self.now)
        self.purge(kind, ids, late)

    def purge(self, kind: str, ids: Sequence[str], late: float = INDEX_LAG) -> None:
        """Gone without a trace, as for privacy: in no list, archived or not."""
        objects = self.objects(kind)
        for record_id in map(int, ids):
            del objects.living[record_id]
            self._index(objects, record_id, None, late)

    def merge(self, kind: str, gone: str, into: str) -> None:
        self.purge(kind, [gone])
        self.change(kind, {into: {"hs_merged_object_ids": gone}})

    def link(self, kind: str, record_id: str, company: str, label: str | None = None) -> None:
        """Links a record to a company; the record's stamp stays as it is."""
        self.objects(kind).links.setdefault(int(record_id), []).append((int(company), label))

    def unlink(self, kind: str, record_id: str) -> None:
        self.objects(kind).links.pop(int(record_id), None)

    def living(self, kind: str) -> dict[str, Properties]:
        return {str(one.id): one.properties for one in self.objects(kind).living.values()}

    def asked(self, part: str) -> list[dict[str, Any]]:
        """What was asked of the paths that hold `part`, in order."""
        return [asked for _, path, asked in self.requests if part in path]

    def fault(self) -> str | None:
        """The fault that the request now at hand meets."""
        self.advance(REQUEST_SECONDS)
        arrived = next(self._arrivals)
        found = self._faults.popleft() if self._faults else None
        if not found and self._spread and arrived % self._spread[0] == 0:
            found = next(self._spread[1])
        if found:
            self.struck.append(found)
        return found

    def answer(self, method: str, path: str, asked: dict[str, Any], token: str) -> Answer:
        """Status and JSON body; `asked` is the query of a GET and the body of a POST."""
        self.requests.append((method, path, asked))
        self.between()
        try:
            if token != f"Bearer {TOKEN}":
                raise Refused(401, "Authentication credentials not found.")
            return self._route(method, path.strip("/").split("/"), asked)
        except Refused as refused:
            return refused.status, refused.body
        except (KeyError, TypeError, ValueError):
            return 400, Refused(400, "Invalid input JSON", category="VALIDATION_ERROR").body

    def _route(self, method: str, parts: list[str], asked: dict[str, Any]) -> Answer:
        for name in {*parts} & {*self.refused}:
            raise Refused(self.refused[name], f"{name} can't be read", category="MISSING_SCOPES")
        match method, parts:
            case "GET", ["crm", "v3", "owners"] | ["crm", "owners", "2026-03"]:
                return 200, self._owners(asked)
            case "GET", ["crm", "v3", "properties", kind]:
                return 200, self._properties(kind)
            case "GET", ["crm", "properties", "2026-03", kind]:
                return 200, self._properties(kind)
            case "GET", ["crm", "v3", "objects", kind] | ["crm", "objects", "2026-03", kind]:
                return 200, self._list(self.objects(kind), asked)
            case "POST", ["crm", "v3", "objects", kind, "search"]:
                return 200, self._search(self.objects(kind), asked)
            case "POST", ["crm", "objects", "2026-03", kind, "search"]:
                return 200, self._search(self.objects(kind), asked)
            case (
                "POST",
                ["crm", "v3", "objects", kind, "batch", "read"]
                | ["crm", "objects", "2026-03", kind, "batch", "read"],
            ):
                return self._batch(self.objects(kind), asked)
            case "POST", ["crm", "v4", "associations", kind, "companies", "batch", "read"]:
                return self._links(self.objects(kind), asked)
        raise Refused(404, "resource not found")

    def _owners(self, asked: dict[str, Any]) -> Any:
        limit, after = int(asked.get("limit", 100)), int(asked.get("after", 0))
        is_archived = asked.get("archived") == "true"
        people = [one for one in self.people.values() if one["archived"] == is_archived]
        body: dict[str, Any] = {"results": people[after : after + limit]}
        if after + limit < len(people):
            body["paging"] = {"next": {"after": str(after + limit)}}
        return body

    def _properties(self, kind: str) -> Any:
        objects = self.objects(kind)
        names = {name for one in objects.living.values() for name in one.properties}
        made = {"hs_object_id", "createdate", objects.modified}
        return {"results": [described(name) for name in sorted(names | made)]}

    def _list(self, objects: Objects, asked: dict[str, Any]) -> Any:
        limit, after = int(asked.get("limit", 10)), int(asked.get("after", 0))
        if after and self.forgets_places:
            self.forgets_places = False
            raise Refused(410, "the paging cursor has expired")
        if not 1 <= limit <= 100:
            raise Refused(400, "limit must be from 1 to 100")
        wanted = asked.get("properties", "").split(",")
        if asked.get("archived") == "true":
            rows = {key: told(objects, one, wanted, at)
                    for key, (one, at) in objects.archived.items() if key > after}  # fmt: skip
            ids = sorted(rows)[: limit + 1]
            found = [rows[key] for key in ids]
        else:
            ids = heapq.nsmallest(limit + 1, (key for key in objects.living if key > after))
            found = [told(objects, objects.living[key], wanted) for key in ids]
        body: dict[str, Any] = {"results": found[:limit]}
        if len(found) > limit:
            body["paging"] = {"next": {"after": str(ids[limit - 1])}}
        return body

    def _batch(self, objects: Objects, asked: dict[str, Any]) -> Answer:
        if len(asked["inputs"]) > 100:
            raise Refused(400, "no more than 100 inputs")
        ids = [int(one["id"]) for one in asked["inputs"]]
        there = [key for key in ids if key in objects.living]
        return 207 if len(there) < len(ids) else 200, {
            "status": "COMPLETE", "startedAt": iso(self.now), "completedAt": iso(self.now),
            "results": [told(objects, objects.living[key], asked["properties"]) for key in there],
        }  # fmt: skip

    def _search(self, objects: Objects, asked: dict[str, Any]) -> Any:
        self._count_search()
        limit, after = asked["limit"], int(asked["after"])
        if limit > 200:
            raise Refused(400, "limit must not be above 200")
        if after + limit > SEARCH_CAP:
            raise Refused(400, "paging beyond 10000 results is not possible")
        if asked["sorts"] != ["hs_object_id"]:
            raise Refused(400, f"this account sorts by id only, not by {asked['sorts']}")
        objects.settle(self.now)
        found = list(matching(objects, [one["filters"] for one in asked["filterGroups"]]))
        page = found[after : after + limit]
        body = {
            "total": len(found),
            "results": [told(objects, one, asked["properties"]) for one in page],
        }
        if after + limit < len(found):
            body["paging"] = {"next": {"after": str(after + limit)}}
        return body

    def _links(self, objects: Objects, asked: dict[str, Any]) -> Answer:
        if len(asked["inputs"]) > 1_000:
            raise Refused(400, "no more than 1000 inputs")
        results, errors = [], []
        for one in asked["inputs"]:
            linked = objects.links.get(int(one["id"]), [])
            if not linked:
                errors.append(_no_link(one["id"]))
                continue
            begin = int(one.get("after", 0))
            result = {
                "from": {"id": one["id"]},
                "to": [_link(*link) for link in linked[begin : begin + LINKS_PER_PAGE]],
            }
            if begin + LINKS_PER_PAGE < len(linked):
                result["paging"] = {"next": {"after": str(begin + LINKS_PER_PAGE)}}
            results.append(result)
        body: dict[str, Any] = {
            "status": "COMPLETE", "results": results,
            "startedAt": iso(self.now), "completedAt": iso(self.now),
        }  # fmt: skip
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return (207 if errors else 200), body

    def _count_search(self) -> None:
        """Searches have a limit of their own, and its refusal does not say how long to wait."""
        is_full = len(self._searched) == SEARCHES_PER_SECOND
        if is_full and self.now - self._searched[0] < timedelta(seconds=1):
            raise Refused(429, "You have reached your secondly limit.", **limit("SECONDLY"))
        self._searched.append(self.now)

    def _write(self, objects: Objects, version: Version, late: float) -> None:
        objects.living[version.id] = version
        self._index(objects, version.id, version, late)

    def _index(
        self, objects: Objects, record_id: int, version: Version | None, late: float
    ) -> None:
        seen = self.now + timedelta(seconds=late)
        heapq.heappush(objects.pending, (seen, next(self._writes), record_id, version))


def limit(policy: str) -> dict[str, str]:
    return {"errorType": "RATE_LIMIT", "policyName": policy, "category": "RATE_LIMITS"}


def _link(company: int, label: str | None) -> dict[str, Any]:
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 341}]
    if label:
        kinds.append({"category": "HUBSPOT_DEFINED", "typeId": 5, "label": label})
    return {"toObjectId": str(company), "associationTypes": kinds}


def _no_link(record_id: str) -> dict[str, Any]:
    return {
        "status": "error", "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No company is associated with {record_id}.",
        "context": {"fromObjectId": [record_id]}, "errors": [], "links": {},
    }  # fmt: skip
