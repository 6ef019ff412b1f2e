"""The requests to HubSpot, in either version of its API, and its errors in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from storage.sources import Row, SourceError
from storage.sources._http import Http, Reply, TryLater
from storage.sources._window import Window

LIST_PAGE = 100  # the most that a list gives
SEARCH_PAGE = 200  # the most that a search gives
READ_PAGE = 100  # the most that are read by their ids
MOST_GROUPS = 5  # of filters in a search
MERGED = "hs_merged_object_ids"
MILLISECOND = timedelta(milliseconds=1)
# 207 with these: the record has no company, or is gone since it was listed
NOTHING_FOUND = ("crm.associations.NO_ASSOCIATIONS_FOUND", "OBJECT_NOT_FOUND")

Version = Literal["v3", "2026-03"]


class ApiError(SourceError):
    """HubSpot refused a request; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, permanent=True)
        self.status = status


@dataclass(frozen=True)
class Listed:
    """One page of a list; `after` is where the next one begins, null at the end."""

    records: Sequence[Row]
    after: str | None


@dataclass(frozen=True)
class Api:
    """The objects of one HubSpot account."""

    http: Http
    version: Version

    def listed(
        self,
        kind: str,
        properties: Sequence[str],
        after: str | None = None,
        *,
        archived: bool = False,
        limit: int = LIST_PAGE,
    ) -> Listed:
        """A page of all records in order of ids; the archived ones are in no other answer."""
        asked = {
            "limit": limit,
            "properties": ",".join(properties),
            "archived": "true" if archived else "false",
        }
        if after is not None:
            asked["after"] = after
        body = _good(self.http.get(self._objects(kind), asked))
        paging = body.get("paging") or {}
        return Listed(_records(body), (paging.get("next") or {}).get("after"))

    def changed(
        self, kind: str, properties: Sequence[str], modified: str, window: Window, after: int
    ) -> Sequence[Row]:
        """Records with an id above `after` whose stamp `modified` is in the window, by id.

        A search gives no more than 10,000 records however they are paged, and a batch update
        stamps more than that with one instant: so every page is a new search behind the last id.
        """
        filters = [
            _filter("hs_object_id", "GT", str(after)),
            _filter(modified, "LT", _milliseconds(window.end)),
        ]
        if window.start is not None:
            filters.append(_filter(modified, "GTE", _milliseconds(window.start)))
        found = _records(self._search(kind, properties, [filters], SEARCH_PAGE))
        ids = [int(record["id"]) for record in found]
        if ids != sorted(ids) or (ids and ids[0] <= after):
            raise SourceError(f"{self.http.base.host}: {kind} do not come in order of their ids")
        return found

    def read(self, kind: str, properties: Sequence[str], ids: Sequence[str]) -> Sequence[Row]:
        """The living ones of at most `READ_PAGE` records.

        For one that was merged into another HubSpot may give that other.
        """
        asked = {
            "inputs": [{"id": one} for one in ids],
            "properties": list(properties),
            "propertiesWithHistory": [],
        }
        return _records(_good(self.http.post(f"{self._objects(kind)}/batch/read", asked)))

    def merged_into(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        """The living record that each of these was merged into, where it was."""
        found: dict[str, str] = {}
        for begin in range(0, len(ids), MOST_GROUPS):
            some = ids[begin : begin + MOST_GROUPS]
            groups = [[_filter(MERGED, "CONTAINS_TOKEN", one)] for one in some]
            for record in _records(self._search(kind, [MERGED], groups, SEARCH_PAGE)):
                for one in str(record["properties"].get(MERGED) or "").split(";"):
                    found[one.strip()] = str(record["id"])
        return {one: found[one] for one in ids if one in found}

    def count(self, kind: str) -> int:
        """How many records there are; its reply also tells the server's clock."""
        total = self._search(kind, ["hs_object_id"], [], 1).get("total")
        return total if isinstance(total, int) else 0

    def companies_of(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        """The company of each record that has one: the primary, else the one of the lowest id."""
        path = f"crm/v4/associations/{kind}/companies/batch/read"
        found: dict[str, list[tuple[bool, int]]] = {}
        asked = [{"id": record_id} for record_id in dict.fromkeys(ids)]
        while asked:
            body = _good(self.http.post(path, {"inputs": asked}))
            _refuse_partial(self.http.base.host, body)
            asked = []
            for result in body.get("results") or []:
                record_id = str(result["from"]["id"])
                found.setdefault(record_id, []).extend(_companies(result["to"]))
                if after := ((result.get("paging") or {}).get("next") or {}).get("after"):
                    asked.append({"id": record_id, "after": after})
        return {record_id: str(min(linked)[1]) for record_id, linked in found.items() if linked}

    def owners(self) -> dict[str, str]:
        """Who owns records, by id: their e-mail address, else their name; who left included."""
        return {
            str(one["id"]): _called(one)
            for archived in ("true", "false")
            for one in self._owners(archived)
            if _called(one)
        }

    def _owners(self, archived: str) -> Iterator[Row]:
        asked: Row = {"limit": LIST_PAGE, "archived": archived}
        while True:
            body = _good(self.http.get(self._path("owners"), asked))
            yield from _records(body)
            after = ((body.get("paging") or {}).get("next") or {}).get("after")
            if after is None:
                return
            asked = {**asked, "after": after}

    def properties(self, kind: str) -> list[str]:
        """The names of all properties that records of a type have."""
        body = _good(self.http.get(f"{self._path('properties')}/{kind}", {"archived": "false"}))
        return [str(one["name"]) for one in _records(body)]

    def _objects(self, kind: str) -> str:
        return f"{self._path('objects')}/{kind}"

    def _path(self, what: str) -> str:
        return f"crm/v3/{what}" if self.version == "v3" else f"crm/{what}/{self.version}"

    def _search(
        self, kind: str, properties: Sequence[str], groups: list[list[Row]], limit: int
    ) -> dict[str, Any]:
        return _good(
            self.http.post(
                f"{self._objects(kind)}/search",
                {
                    "filterGroups": [{"filters": filters} for filters in groups],
                    "properties": list(properties),
                    "sorts": ["hs_object_id"],
                    "limit": limit,
                    "after": "0",
                },
            )
        )


@dataclass(frozen=True)
class DailyLimit:
    """Stops a run when the account's requests of the day are used up: waiting is in vain.

    They are renewed at midnight of the account's zone.
    """

    zone: ZoneInfo

    def __call__(self, reply: Reply, server_now: datetime | None) -> None:
        if reply.status != 429 or _said(reply).get("policyName") != "DAILY":
            return
        if server_now is None:
            raise TryLater(f"{reply.place}: the requests of this day are used up")
        today = server_now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        until = today + timedelta(days=1)
        raise TryLater(
            f"{reply.place}: the requests of this day are used up; there are new ones at"
            f" {until:%Y-%m-%d %H:%M} {self.zone.key}",
            until - server_now,
        )


def _good(reply: Reply) -> dict[str, Any]:
    """The body of a good answer, a partly good one (207) included; else what HubSpot says."""
    if reply.status >= 300:
        _refuse(reply)
    body = reply.json()
    if not isinstance(body, dict):
        raise TryLater(f"{reply.place} did not answer with a JSON object")
    return body


def _refuse(reply: Reply) -> None:
    said = _said(reply)
    if not said.get("message"):
        reply.checked()
    words = f"{reply.place} answers {reply.status}: {said['message']}"
    if scopes := _missing_scopes(said):
        words = f"{reply.place}: the key lacks {', '.join(scopes)}: give the app these scopes"
    elif reply.status == 401:
        words = f"{reply.place} refuses the key (401): renew it. It says: {said['message']}"
    if said.get("correlationId"):
        words += f" (correlation id {said['correlationId']})"
    raise ApiError(words, reply.status)


def _missing_scopes(said: Row) -> list[str]:
    names: list[str] = []
    for error in said.get("errors") or []:
        context = error.get("context") or {}
        names += context.get("requiredGranularScopes") or context.get("requiredScopes") or []
    return names


def _said(reply: Reply) -> Row:
    """The fields of an error's body; none where it is not HubSpot's JSON."""
    try:
        said = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refuse_partial(place: str, body: Row) -> None:
    for error in body.get("errors") or []:
        if error.get("subCategory") not in NOTHING_FOUND and (
            error.get("category") not in NOTHING_FOUND
        ):
            raise SourceError(f"{place}: companies could not be read: {error.get('message')}")


def _companies(links: Sequence[Row]) -> list[tuple[bool, int]]:
    """Each linked company as (is not the primary one, id), so that the least is the best."""
    return [
        (
            not any(kind.get("label") == "Primary" for kind in link["associationTypes"]),
            int(link["toObjectId"]),
        )
        for link in links
    ]


def _called(owner: Row) -> str:
    name = f"{owner.get('firstName') or ''} {owner.get('lastName') or ''}".strip()
    return str(owner.get("email") or name)


def _records(body: Row) -> Sequence[Row]:
    records = body.get("results")
    if not isinstance(records, list):
        raise SourceError("HubSpot answers without results")
    return records


def _filter(name: str, operator: str, value: str) -> Row:
    return {"propertyName": name, "operator": operator, "value": value}


def _milliseconds(at: datetime) -> str:
    return str((at - datetime.fromtimestamp(0, at.tzinfo)) // MILLISECOND)
