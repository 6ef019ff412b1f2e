"""A Frappe site: documents in tables, lists with filters, tombstones, and a clock in its own zone.

Written from the documentation of Frappe and what its source does; it shares no code with ours.
"""

import heapq
import itertools
import json
from collections import deque
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote
from zoneinfo import ZoneInfo

import httpx

from tests.storage.sources.fake_frappe_query import Refused, check, condition, ordered, shown
from tests.storage.sources.fake_frappe_types import CHILDREN, TYPES
from tests.storage.sources.fake_rest import dated

TOKEN = "key4711:secret0815"
DELETED = "Deleted Document"
REQUEST_SECONDS = 0.02
# Fault -> status, headers, body. "drop" hangs up.
FAULTS = {
    "429": (429, {}, b'{"exc_type":"RateLimitExceededError"}'),
    "429_retry_after": (429, {"Retry-After": "7"}, b"{}"),
    "429_absurd": (429, {"Retry-After": "31536000"}, b"{}"),
    "500": (500, {}, b'{"exc_type":"OperationalError","exception":"Lost connection"}'),
    "502": (502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"),
    "html": (200, {"Content-Type": "text/html"}, b"<html>This site is updating</html>"),
}


class FakeFrappe:
    """The site and its clock, which only `advance` and requests move; a `MockTransport` handler.

    A write shows so many seconds later as told. `refused`: types of documents that the user may
    not read. `knows_either`: whether lists know or_filters. `fail_next` queues faults.
    """

    def __init__(self, now=datetime(2026, 3, 2, 9, tzinfo=UTC), zone="Europe/Berlin"):
        self.now, self.zone = now, ZoneInfo(zone)
        self.tables = {name: {} for name in (*TYPES, DELETED)}
        self.types = {name: set(fields) for name, fields in TYPES.items()}
        self.refused, self.absent = set(), set()
        self.requests = []
        self.knows_either = True
        self._pending, self._writes = [], itertools.count()
        self._faults = deque()
        self._numbers = itertools.count(1)

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def fail_next(self, kind):
        self._faults.append(kind)

    def local(self):
        """The wall clock of the site, as it stamps documents: naive, with microseconds."""
        return self.now.astimezone(self.zone).replace(tzinfo=None)

    def save(self, doctype, doc, late=0.0, **tables):
        """A document with the rows of its tables, all stamped now; `tables` are by their type."""
        stamp = self.local()
        old = self.tables[doctype].get(doc["name"], {"creation": stamp, "owner": "a@example.com"})
        whole = {"docstatus": 0, "idx": 0, **old, **doc, "modified": stamp, "doctype": doctype}
        rows = [
            (kind, {"creation": stamp, "docstatus": whole["docstatus"], "idx": number + 1, **row,
                    "modified": stamp, "parent": doc["name"], "parenttype": doctype,
                    "doctype": kind})
            for kind, some in tables.items()
            for number, row in enumerate(some)
        ]  # fmt: skip
        heapq.heappush(
            self._pending,
            (self.now + timedelta(seconds=late), next(self._writes), [(doctype, whole), *rows]),
        )
        self._settle()

    def touch(self, doctype, name, late=0.0, **values):
        """Some fields of a document, with a new stamp; one to be seen late is whole by then."""
        newest = self._newest(doctype, name)
        self.save(doctype, {**newest, **values}, late)

    def db_set(self, doctype, name, **values):
        """Some fields in the database alone: the stamp stays as it is."""
        self.tables[doctype][name] |= values

    def cancel(self, doctype, name):
        self.touch(doctype, name, docstatus=2, status="Cancelled")
        for row in self.rows_of(doctype, name):
            row["docstatus"] = 2

    def rows_of(self, doctype, name):
        return [
            row for kind in CHILDREN.get(doctype, ())
            for row in self.tables[kind].values()
            if row["parent"] == name and row["parenttype"] == doctype
        ]  # fmt: skip

    def delete(self, doctype, name):
        """As a person deletes a document: its tombstone keeps what it was."""
        self._settle()
        rows = self.rows_of(doctype, name)
        for row in rows:
            del self.tables[row["doctype"]][row["name"]]
        self._bury(doctype, name, {**self.tables[doctype].pop(name), "items": rows})

    def take_out(self, doctype, name):
        """As a person takes a row out of an order that is booked ("Update Items")."""
        self._settle()
        row = self.tables[doctype].pop(name)
        self._bury(doctype, name, row)
        self.touch(row["parenttype"], row["parent"])

    def _bury(self, doctype, name, was):
        number = f"{next(self._numbers):010x}"
        stamp = self.local()
        self.tables[DELETED][number] = {
            "name": number, "deleted_doctype": doctype, "deleted_name": name, "restored": 0,
            "data": json.dumps(was, default=str), "creation": stamp, "modified": stamp,
        }  # fmt: skip

    def __call__(self, request):
        self.advance(REQUEST_SECONDS)
        fault = self._faults.popleft() if self._faults else None
        if fault == "drop":
            raise httpx.ReadError("the connection was closed", request=request)
        status, headers, body = FAULTS[fault] if fault else self._answer(request)
        return dated(self.now, status, headers, body)

    def _answer(self, request):
        path = unquote(request.url.raw_path.decode().partition("?")[0])
        asked = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        self.requests.append((path, asked))
        try:
            if request.headers.get("Authorization") != f"token {TOKEN}":
                raise Refused(401, "AuthenticationError", "Invalid key")
            if len(str(request.url)) > 8_000:
                return 414, {"Content-Type": "text/html"}, b"<html>Request-URI Too Large</html>"
            found = self._route(path.removeprefix("/api/").split("/"), asked)
        except Refused as refused:
            return refused.status, {}, json.dumps(refused.body).encode()
        return 200, {}, json.dumps(found).encode()

    def _route(self, parts, asked):
        self._settle()
        match parts:
            case ["resource", "System Settings", "System Settings"]:
                self._permitted("System Settings")
                return {"data": {"name": "System Settings", "time_zone": self.zone.key}}
            case ["resource", doctype]:
                return {"data": self._list(doctype, asked)}
            case ["method", "frappe.client.get_time_zone"]:
                self._permitted("get_time_zone")
                return {"message": {"time_zone": self.zone.key}}
            case ["method", "frappe.utils.change_log.get_versions"]:
                return {"message": {"frappe": {"version": "15.40.0"},
                                    "erpnext": {"version": "15.38.2"}}}  # fmt: skip
            case ["method", "frappe.desk.form.load.getdoctype"]:
                return {"docs": [self._meta(asked["doctype"])]}
        raise Refused(404, "DoesNotExistError", "/".join(parts))

    def _meta(self, doctype):
        self._there(doctype)
        fields = [{"fieldname": name, "fieldtype": "Data"} for name in sorted(self.types[doctype])]
        return {"doctype": "DocType", "name": doctype, "fields": fields}

    def _list(self, doctype, asked):
        self._there(doctype)
        parents = [name for name, kinds in CHILDREN.items() if doctype in kinds]
        if parents and asked.get("parent") not in parents:
            raise Refused(403, "PermissionError", f"{doctype} is a part of others")
        self._permitted(asked["parent"] if parents else doctype)
        known = self.types.get(doctype)
        wanted = json.loads(asked.get("fields", '["name"]'))
        for name in wanted:
            check(name, known)
        rows = self.tables[doctype].values()
        if filters := json.loads(asked.get("filters", "[]")):
            rows = filter(condition(filters, known, all), rows)
        either = json.loads(asked.get("or_filters", "[]")) if self.knows_either else []
        if either:
            rows = filter(condition(either, known, any), rows)
        limit = int(asked.get("limit_page_length", 20))
        found = ordered(rows, asked.get("order_by", "modified desc"), known)
        start = int(asked.get("limit_start", 0))
        return [shown(row, wanted) for row in found[start : start + limit]]

    def _there(self, doctype):
        if doctype in self.absent or doctype not in self.tables:
            raise Refused(404, "DoesNotExistError", f"DocType {doctype} not found")

    def _permitted(self, doctype):
        if doctype in self.refused:
            raise Refused(403, "PermissionError", f"No permission for {doctype}")

    def _newest(self, doctype, name):
        """The document as it will be when all writes are seen."""
        found = self.tables[doctype].get(name)
        for _, _, rows in sorted(self._pending, key=lambda one: one[:2]):
            for kind, row in rows:
                if (kind, row["name"]) == (doctype, name):
                    found = row
        return found

    def _settle(self):
        while self._pending and self._pending[0][0] <= self.now:
            _, _, rows = heapq.heappop(self._pending)
            for kind, row in rows:
                self.tables[kind][row["name"]] = row
