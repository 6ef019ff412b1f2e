"""A Zendesk account: exports that keep a place, ten requests a minute for them, lists by cursor.

Written from its API's description and what connectors met; it shares no code with ours.
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

USER, TOKEN = "admin@ours.example", "t0ken"
REQUEST_SECONDS = 0.05
A_MINUTE = timedelta(minutes=1)
EXPORTS_A_MINUTE = 10
EDGE = b"<html><title>Rate limited by Zendesk edge protection</title></html>"
FAULTS = {
    "429": (429, {}, b'{"error":"TooManyRequests","description":"Number of requests exceeded"}'),
    "429_edge": (429, {"Content-Type": "text/html"}, EDGE),
    "429_retry_after": (429, {"Retry-After": "7"}, b"{}"),
    "429_absurd": (429, {"Retry-After": "31536000"}, b"{}"),
    "500": (500, {}, b'{"error":"InternalServerError"}'),
    "html": (200, {"Content-Type": "text/html"}, b"<html>Help Center is away</html>"),
}


class Refused(Exception):
    def __init__(self, status, error, description=""):
        super().__init__(error)
        self.status, self.body = status, {"error": error, "description": description}


class FakeZendesk:
    """The account and its clock; a `MockTransport` handler.

    The export takes up a record when it is seen: so many seconds late as told. `refused`: paths
    that the user may not read. `forgets_places`: the next cursor is not known any more.
    `has_beside`: metrics come in a list of their own.
    """

    def __init__(self):
        self.now = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
        self.records = {"tickets": {}, "organizations": {}}
        self.ratings = {}
        self.fields = {"ticket_fields": [], "organization_fields": []}
        self.refused, self.requests, self.slept = set(), [], []
        self.forgets_places = self.has_beside = False
        self._ids, self._writes = itertools.count(95), itertools.count()
        self._pending, self._faults = [], deque()
        self._exports = deque(maxlen=EXPORTS_A_MINUTE)

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.advance(seconds)

    def fail_next(self, kind):
        self._faults.append(kind)

    def create(self, kind, values, late=0.0):
        record_id = next(self._ids)
        self._write(kind, {"id": record_id, "created_at": self._stamp(), **values}, late)
        return record_id

    def change(self, kind, record_id, late=0.0, **values):
        self._write(kind, {**self.newest(kind)[record_id], **values}, late)

    def recount(self, ticket_id, **metrics):
        """The system counts its metrics anew, which is no update of the ticket."""
        old = self.records["tickets"][ticket_id]
        taken = {**old, "metric_set": metrics, "generated_timestamp": int(self.now.timestamp())}
        self.records["tickets"][ticket_id] = taken

    def newest(self, kind):
        """The records as they will be when all writes are seen."""
        found = dict(self.records[kind])
        for _, _, name, record in sorted(self._pending, key=lambda one: one[:2]):
            if name == kind:
                found[record["id"]] = record
        return found

    def __call__(self, request):
        self.advance(REQUEST_SECONDS)
        fault = self._faults.popleft() if self._faults else None
        if fault == "drop":
            raise httpx.ReadError("the connection was closed", request=request)
        if fault:
            status, headers, body = FAULTS[fault]
        else:
            headers = {}
            try:
                status, found = 200, self._answer(request)
            except Refused as refused:
                status, found = refused.status, refused.body
            body = json.dumps(found).encode()
        return dated(self.now, status, headers, body)

    def _answer(self, request):
        path, asked = request.url.path, dict(parse_qsl(request.url.query.decode()))
        self.requests.append((path, asked))
        entry = b64encode(f"{USER}/token:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {entry}":
            raise Refused(401, "Couldn't authenticate you")
        name = path.removeprefix("/api/v2/").removesuffix(".json")
        if name in self.refused:
            raise Refused(403, {"title": "Forbidden", "message": "You do not have access"})
        self._settle()
        match name.split("/"):
            case ["users", "me"]:
                return {"user": {"id": 1, "role": "admin", "time_zone": "Berlin"}}
            case ["incremental", "tickets", "cursor"]:
                return self._ticket_export(asked)
            case ["incremental", "organizations"]:
                return self._organization_export(asked)
            case ["tickets", "show_many"]:
                return self._show_many(asked["ids"].split(","))
            case ["organizations"]:
                living = [one for one in self.records["organizations"].values()
                          if not one.get("deleted_at")]  # fmt: skip
                return self._list(name, living, asked)
            case ["satisfaction_ratings"]:
                return self._list(name, self._rated(asked), asked)
            case ["ticket_fields"] | ["organization_fields"]:
                return {name: self.fields[name]}
        raise Refused(404, "RecordNotFound")

    def _count_export(self):
        is_full = len(self._exports) == EXPORTS_A_MINUTE
        if is_full and self.now - self._exports[0] < A_MINUTE:
            raise Refused(429, "TooManyRequests", "Number of requests exceeded")
        self._exports.append(self.now)

    def _export(self, kind, begin, limit):
        """Records behind a (time, id) in order of both; those of the last minute are not in."""
        before = (self.now - A_MINUTE).timestamp()
        found = (one for one in self.records[kind].values()
                 if (one["generated_timestamp"], one["id"]) > begin
                 and one["generated_timestamp"] < before)  # fmt: skip
        return heapq.nsmallest(limit + 1, found, key=_place)

    def _ticket_export(self, asked):
        self._count_export()
        limit = _limit(asked)
        begin = self._read(asked["cursor"]) if "cursor" in asked else (self._start(asked), -1)
        found = self._export("tickets", begin, limit)
        page = found[:limit]
        last = _place(page[-1]) if page else begin
        cursor = b64encode(json.dumps(last).encode()).decode()
        body = {"tickets": page, "after_cursor": cursor, "end_of_stream": len(found) <= limit}
        if asked.get("include") == "metric_sets" and self.has_beside:
            body["metric_sets"] = [{**one["metric_set"], "ticket_id": one["id"]} for one in page]
            body["tickets"] = [{key: value for key, value in one.items() if key != "metric_set"}
                               for one in page]  # fmt: skip
        return body

    def _organization_export(self, asked):
        """By time alone: a page holds all that bears the time of its last record."""
        self._count_export()
        start, limit = self._start(asked), _limit(asked)
        found = self._export("organizations", (start, -1), 1 << 20)
        end = found[min(limit, len(found)) - 1]["generated_timestamp"] if found else None
        page = [one for one in found if one["generated_timestamp"] <= end]
        return {"organizations": page, "count": len(page), "end_time": end,
                "end_of_stream": len(page) == len(found)}  # fmt: skip

    def _start(self, asked):
        start = int(asked["start_time"])
        if start > (self.now - A_MINUTE).timestamp():
            raise Refused(422, "InvalidValue", "Too recent start_time. Use an older one")
        return start

    def _show_many(self, ids):
        if len(ids) > 100:
            raise Refused(400, "BadRequest", "no more than 100 ids")
        found = (self.records["tickets"].get(int(one)) for one in ids)
        return {"tickets": [one for one in found if one and one["status"] != "deleted"]}

    def _rated(self, asked):
        start, end = int(asked.get("start_time", 0)), int(asked.get("end_time", 1 << 40))
        for one in self.ratings.values():
            at = datetime.fromisoformat(one["created_at"]).timestamp()
            is_received = one["score"] not in ("offered", "unoffered")
            if start <= at < end and (asked.get("score") != "received" or is_received):
                yield one

    def _list(self, name, records, asked):
        size = int(asked.get("page[size]", 100))
        if not 1 <= size <= 100:
            raise Refused(400, "InvalidPaginationParameter", "page[size] must be from 1 to 100")
        begin = self._read(asked["page[after]"]) if "page[after]" in asked else -1
        found = sorted((one for one in records if one["id"] > begin), key=lambda one: one["id"])
        page = found[:size]
        cursor = b64encode(json.dumps(page[-1]["id"]).encode()).decode() if page else None
        return {name: page, "meta": {"has_more": len(found) > size, "after_cursor": cursor}}

    def _read(self, cursor):
        if self.forgets_places:
            self.forgets_places = False
            raise Refused(400, "InvalidPaginationParameter", "cursor is not known")
        found = json.loads(b64decode(cursor))
        return tuple(found) if isinstance(found, list) else found

    def _stamp(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _write(self, kind, record, late):
        seen = self.now + timedelta(seconds=late)
        whole = {
            **record,
            "updated_at": self._stamp(),
            "generated_timestamp": int(seen.timestamp()),
        }
        heapq.heappush(self._pending, (seen, next(self._writes), kind, whole))
        self._settle()

    def _settle(self):
        while self._pending and self._pending[0][0] <= self.now:
            _, _, kind, record = heapq.heappop(self._pending)
            self.records[kind][record["id"]] = record


def _limit(asked):
    limit = int(asked.get("per_page", 1000))
    if not 1 <= limit <= 1000:
        raise Refused(422, "InvalidValue", "per_page must be from 1 to 1000")
    return limit


def _place(record):
    return record["generated_timestamp"], record["id"]
