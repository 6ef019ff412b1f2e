"""A Pipedrive account: lists in order of ids behind opaque cursors, tokens that run out, limits.

Written from the description of its second API; it shares no code with ours.
"""

import heapq
import itertools
import json
from base64 import b64decode, b64encode
from collections import deque
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import httpx

from tests.storage.sources.fake_rest import dated

TOKEN, CLIENT, SECRET, REFRESH = "a" * 40, "app-1", "s3cret", "refresh-0"
LISTS = {"deals", "deals/archived", "organizations", "persons", "activities"}
COMMON = {"limit", "cursor"}
PARAMETERS = COMMON | {"updated_since", "updated_until", "sort_by", "sort_direction", "filter_id",
                       "ids", "owner_id", "include_fields", "custom_fields"}  # fmt: skip
MORE = {"deals": {"status", "org_id", "person_id", "stage_id"}, "deals/archived": {"status"}}
FIELDS = {"dealFields", "organizationFields", "personFields", "activityFields"}
REQUEST_SECONDS = 0.05
UNTIL_MIDNIGHT = {"x-daily-ratelimit-token-remaining": "0", "Retry-After": "20"}
FAULTS = {
    "429": (429, {"x-ratelimit-reset": "2"}, b'{"success":false,"error":"request over limit"}'),
    "429_retry_after": (429, {"Retry-After": "7"}, b"{}"),
    "429_absurd": (429, {"Retry-After": "31536000"}, b"{}"),
    "quota": (429, UNTIL_MIDNIGHT, b'{"success":false,"error":"request over limit"}'),
    "500": (500, {}, b'{"success":false,"error":"internal"}'),
    "html": (200, {"Content-Type": "text/html"}, b"<html>Maintenance</html>"),
}


class Refused(Exception):
    def __init__(self, status, error):
        super().__init__(error)
        self.status = status
        self.body = {"success": False, "error": error, "code": "ERR", "data": None}


class FakePipedrive:
    """The account, its login server and its clock; a `MockTransport` handler.

    A write shows so many seconds later as told, with the stamp of its time. `refused`: lists that
    the user may not read. `forgets_places` refuses the next list that goes on. `is_app`: it is
    entered with tokens of an app, of which each refresh gives a new refresh token.
    """

    def __init__(self, *, is_app=False):
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.records = {"deals": {}, "organizations": {}, "persons": {}, "activities": {}}
        self.fields = {name: [] for name in FIELDS}
        self.refused, self.requests = set(), []
        self.forgets_places, self.is_app = False, is_app
        self.access, self.refresh, self.refreshes = None, REFRESH, 0
        self._ids, self._writes = itertools.count(95), itertools.count()
        self._pending, self._faults = [], deque()
        self.nulls = 0

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def fail_next(self, kind):
        self._faults.append(kind)

    def create(self, kind, values, late=0.0):
        record_id = next(self._ids)
        stamp = self._stamp()
        self._write(kind, {"id": record_id, "is_deleted": False, "add_time": stamp, "owner_id": 7,
                           "custom_fields": {}, **values, "update_time": stamp}, late)  # fmt: skip
        return record_id

    def change(self, kind, record_id, late=0.0, **values):
        newest = self.newest(kind)[record_id]
        self._write(kind, {**newest, **values, "update_time": self._stamp()}, late)

    def delete(self, kind, record_id):
        self.change(kind, record_id, is_deleted=True)

    def purge(self, kind, record_id):
        """Gone without a trace, as after 30 days."""
        del self.records[kind][record_id]

    def newest(self, kind):
        """The records as they will be when all writes are seen."""
        found = dict(self.records[kind])
        for _, _, name, record in sorted(self._pending, key=lambda one: one[:2]):
            if name == kind:
                found[record["id"]] = record
        return found

    def __call__(self, request):
        self.advance(REQUEST_SECONDS)
        is_login = request.url.host.startswith("oauth")
        fault = None if is_login or not self._faults else self._faults.popleft()
        if fault == "401":
            self.access, fault = "another", None
        if fault == "drop":
            raise httpx.ReadError("the connection was closed", request=request)
        if fault:
            status, headers, body = FAULTS[fault]
        else:
            headers = {}
            try:
                status, found = 200, self._login(request) if is_login else self._answer(request)
            except Refused as refused:
                status, found = refused.status, refused.body
            body = json.dumps(found).encode()
        return dated(self.now, status, headers, body)

    def _login(self, request):
        asked = dict(parse_qsl(request.content.decode()))
        basic = b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            raise Refused(401, "invalid_client")
        if asked != {"grant_type": "refresh_token", "refresh_token": self.refresh}:
            raise Refused(400, "invalid_grant")
        self.refreshes += 1
        self.access, self.refresh = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": 3599,
                "token_type": "Bearer", "api_domain": "https://acme.pipedrive.com"}  # fmt: skip

    def _answer(self, request):
        path, asked = request.url.path, dict(parse_qsl(request.url.query.decode()))
        self.requests.append((path, asked))
        self._enter(request)
        self._settle()
        if path == "/api/v1/users":
            return {"success": True, "data": [
                {"id": 7, "name": "Ann", "email": "ann@ours.example", "active_flag": True}, None,
            ]}  # fmt: skip
        name = path.removeprefix("/api/v2/")
        if name in self.refused:
            raise Refused(403, "Scope and URL mismatch")
        if name == "stages":
            return self._page([{"id": 3, "name": "Proposal", "pipeline_id": 1}], asked, COMMON)
        if name in FIELDS:
            return self._page(self.fields[name], asked, COMMON)
        if name not in LISTS:
            raise Refused(404, "Unknown method")
        return self._page(
            self._chosen(name, asked), asked, PARAMETERS | MORE.get(name, set()), self.nulls
        )

    def _enter(self, request):
        shown = request.headers.get("Authorization") if self.is_app else None
        if self.is_app and shown != f"Bearer {self.access}":
            raise Refused(401, "unauthorized access")
        if not self.is_app and request.headers.get("x-api-token") != TOKEN:
            raise Refused(401, "unauthorized access")

    def _chosen(self, name, asked):
        kind, _, is_archive = name.partition("/")
        since, until = (_read(asked.get(one)) for one in ("updated_since", "updated_until"))
        if asked.get("sort_by", "id") != "id":
            raise Refused(400, "this account sorts by id only")
        statuses = set(asked["status"].split(",")) if "status" in asked else None
        return [
            one for one in self.records[kind].values()
            if bool(one.get("is_archived")) == bool(is_archive)
            and _has_status(kind, one, statuses)
            and (since is None or since <= _read(one["update_time"]))
            and (until is None or _read(one["update_time"]) < until)
        ]  # fmt: skip

    def _page(self, records, asked, known, nulls=0):
        if unknown := set(asked) - known:
            raise Refused(400, f"parameter {min(unknown)} is not allowed")
        limit = int(asked.get("limit", 100))
        if not 1 <= limit <= 500:
            raise Refused(400, "limit must be from 1 to 500")
        begin = self._place(asked["cursor"]) if "cursor" in asked else 0
        found = sorted((one for one in records if one.get("id", 1) >= begin),
                       key=lambda one: one.get("id", 1))  # fmt: skip
        after = None
        if len(found) > limit:
            after = b64encode(json.dumps({"next": found[limit]["id"]}).encode()).decode()
        data = [*found[:limit], *[None] * nulls]
        return {"success": True, "data": data, "additional_data": {"next_cursor": after}}

    def _place(self, cursor):
        if self.forgets_places:
            self.forgets_places = False
            raise Refused(400, "Invalid cursor")
        return json.loads(b64decode(cursor))["next"]

    def _stamp(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _write(self, kind, record, late):
        seen = self.now + timedelta(seconds=late)
        heapq.heappush(self._pending, (seen, next(self._writes), kind, record))
        self._settle()

    def _settle(self):
        while self._pending and self._pending[0][0] <= self.now:
            _, _, kind, record = heapq.heappop(self._pending)
            self.records[kind][record["id"]] = record


def _has_status(kind, record, statuses):
    """Of deals the deleted are in the list when asked for; of nothing else they ever are."""
    if record["is_deleted"]:
        return kind == "deals" and bool(statuses) and "deleted" in statuses
    return not statuses or record.get("status") in statuses


def _read(text):
    if text is None:
        return None
    if not text.endswith("Z"):
        raise Refused(400, f"{text} is not a time of RFC 3339")
    return datetime.fromisoformat(text)
