"""A Salesforce organisation: records that show up late, a bin, a log of deletions, jobs and limits.

Written from Salesforce's guides to its REST and Bulk 2.0 interfaces; it shares no code with ours.
"""

import csv
import heapq
import itertools
import json
from collections import deque
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

from tests.storage.sources.fake_salesforce_schema import (
    COMMON,
    OBJECTS,
    PREFIXES,
    described,
    relation,
)
from tests.storage.sources.fake_salesforce_tokens import Tokens
from tests.storage.sources.fake_soql import Parser, Refused

VERSION = "v62.0"
BATCH = 2_000
REQUEST_SECONDS = 0.6
DAY_LIMIT = 100_000
LOG_KEPT = timedelta(days=15)
JSON = "application/json;charset=UTF-8"
BUSY = [{"message": "You have sent too many requests.", "errorCode": "TOO_MANY_REQUESTS"}]
QUOTA = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
FAULTS = {
    "429": (429, {}, json.dumps(BUSY).encode()),
    "429_retry_after": (429, {"Retry-After": "7"}, json.dumps(BUSY).encode()),
    "429_absurd": (429, {"Retry-After": "31536000"}, json.dumps(BUSY).encode()),
    "500": (500, {}, b"[]"),
    "html": (200, {"Content-Type": "text/html"}, b"<html>We are down for maintenance.</html>"),
    "quota": (403, {}, json.dumps(QUOTA).encode()),
    "drop": (0, {}, b""),
}


class FakeSalesforce:
    """The organisation and its clock. `hidden`: fields that the user may not see, by object;
    `absent`: objects that are not there. `polls`: how often a job says that it is not done.
    """

    def __init__(self, now=datetime(2026, 3, 2, 9, tzinfo=UTC)):
        self.now = now
        self.tables = {name: {} for name in OBJECTS}
        self.pending = []
        self.log = []
        self.earliest = now - LOG_KEPT
        self.hidden = {}
        self.absent = set()
        self.polls = 2
        self.batch = BATCH
        self.used = 0
        self.requests = []
        self.tokens = Tokens(self)
        self.faults = deque()
        self.forgets_places = False
        self.places, self.jobs = {}, {}
        self.numbers = itertools.count(1)
        self.arrivals = itertools.count()
        self.put("Organization", [{"Name": "Fake", "TimeZoneSidKey": "Europe/Berlin"}])

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def put(self, table, records, late=0.0):
        """New records, all stamped now; their ids."""
        made = []
        for values in records:
            id_ = f"{PREFIXES[table]}5g00000{next(self.numbers):07}AAA"
            new = {"Id": id_, "IsDeleted": False, "CreatedDate": self.stamp, **values}
            self.write(table, new, late)
            made.append(id_)
        return made

    def change(self, table, id_, late=0.0, **values):
        self.write(table, {**self.newest(table, id_), **values}, late)

    def delete(self, table, ids, is_hard=False):
        """Into the bin, or out of it too: then only the log knows."""
        for id_ in ids:
            self.log.append((table, id_, self.now))
            if is_hard:
                self.end_transactions()
                del self.tables[table][id_]
            else:
                self.change(table, id_, IsDeleted=True)

    def merge(self, table, gone, into):
        self.change(table, gone, MasterRecordId=into)
        self.delete(table, [gone])
        self.change(table, into)

    def write(self, table, record, late):
        record = {**record, "SystemModstamp": self.stamp, "LastModifiedDate": self.stamp}
        if late:
            at = self.now + timedelta(seconds=late)
            heapq.heappush(self.pending, (at, next(self.arrivals), table, record))
        else:
            self.tables[table][record["Id"]] = record

    @property
    def stamp(self):
        return self.now.replace(microsecond=0)

    def newest(self, table, id_):
        """The newest version of a record, of a transaction that is not over yet too."""
        mine = [one for _, _, kind, one in sorted(self.pending, key=lambda p: p[1])
                if kind == table and one["Id"] == id_]  # fmt: skip
        return mine[-1] if mine else self.tables[table][id_]

    def end_transactions(self):
        while self.pending:
            _, _, table, record = heapq.heappop(self.pending)
            self.tables[table][record["Id"]] = record

    def living(self, table):
        late = {one["Id"]: one for _, _, kind, one in sorted(self.pending, key=lambda p: p[1])
                if kind == table}  # fmt: skip
        every = {**self.tables[table], **late}
        return {id_: one for id_, one in every.items() if not one["IsDeleted"]}

    def fail_next(self, *kinds):
        self.faults.extend(kinds)

    def answer(self, method, url, headers, body):
        """Status (0: hang up), headers and body; `url` is the path with its query."""
        self.advance(REQUEST_SECONDS)
        split = urlsplit(url)
        params = dict(parse_qsl(split.query, keep_blank_values=True))
        date_ = {"Date": format_datetime(self.now.astimezone(UTC), usegmt=True)}
        if split.path == "/services/oauth2/token":
            status, said = self.tokens.answer(dict(parse_qsl(body.decode())))
            return status, {**date_, "Content-Type": JSON}, json.dumps(said).encode()
        self.requests.append((method, split.path, params))
        fault = self.faults.popleft() if self.faults else None
        if fault == "401":
            self.tokens.forget()
        elif fault:
            status, more, content = FAULTS[fault]
            return status, {**date_, "Content-Type": JSON, **more}, content
        self.used += 1
        more = {**date_, "Sforce-Limit-Info": f"api-usage={self.used}/{DAY_LIMIT}"}
        try:
            self.tokens.check(headers.get("authorization", ""))
            return self.route(method, split.path, params, body, more)
        except Refused as refused:
            said = [{"message": refused.message, "errorCode": refused.code}]
            return refused.status, {**more, "Content-Type": JSON}, json.dumps(said).encode()

    def route(self, method, path, params, body, headers):
        self.show()
        match [method, *path.strip("/").split("/")]:
            case ["GET", "services", "data"]:
                said = [{"label": one, "url": f"/services/data/v{one}", "version": one}
                        for one in ("61.0", VERSION[1:])]  # fmt: skip
            case ["GET", "services", "data", "v62.0", "queryAll" | "query" as how, *place]:
                said = self.query(how == "queryAll", params, place, how)
            case ["GET", "services", "data", "v62.0", "sobjects", name, "describe"]:
                said = described(name, self.schema(name, "NOT_FOUND", 404))
            case ["GET", "services", "data", "v62.0", "sobjects", name, "deleted"]:
                said = self.deleted(name, params)
            case ["POST", "services", "data", "v62.0", "jobs", "query"]:
                said = self.begin(json.loads(body))
            case ["GET", "services", "data", "v62.0", "jobs", "query", job]:
                said = self.state(job)
            case ["GET", "services", "data", "v62.0", "jobs", "query", job, "results"]:
                return self.results(job, params, headers)
            case _:
                raise Refused("NOT_FOUND", "The requested resource does not exist", 404)
        return 200, {**headers, "Content-Type": JSON}, json.dumps(said).encode()

    def show(self):
        while self.pending and self.pending[0][0] <= self.now:
            _, _, table, record = heapq.heappop(self.pending)
            self.tables[table][record["Id"]] = record

    def schema(self, name, code="INVALID_TYPE", status=400):
        if name not in OBJECTS or name in self.absent:
            raise Refused(code, f"sObject type '{name}' is not supported.", status)
        hidden = {*self.hidden.get(name, ())}
        hidden |= {relation(one) for one in hidden}
        fields = {**COMMON, **OBJECTS[name]}
        return {one: kind for one, kind in fields.items() if one.split(".")[0] not in hidden}

    def found(self, soql, sees_deleted):
        query = Parser(soql, self.schema).query()
        every = self.tables[query.table].values()
        return query, query.of(one for one in every if sees_deleted or not one["IsDeleted"])

    def query(self, sees_deleted, params, place, how):
        if not place:
            if "q" not in params:
                raise Refused("MALFORMED_QUERY", "a query is missing")
            query, found = self.found(params["q"], sees_deleted)
            if query.asks_count:
                return {"totalSize": len(found), "done": True, "records": []}
            return self.batch_of(query, [one["Id"] for one in found], 0, how)
        name, _, offset = place[0].partition("-")
        if name not in self.places or self.forgets_places:
            self.forgets_places = False
            raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self.batch_of(*self.places[name], int(offset), how, name)

    def batch_of(self, query, ids, offset, how, name=None):
        """What a mark leads to: the records that were found then, as they are now."""
        name = name or f"01g{next(self.numbers):012}"
        self.places[name] = (query, ids)
        rows = self.tables[query.table]
        told = [rest(query, rows[one]) for one in ids[offset : offset + self.batch] if one in rows]
        said = {"totalSize": len(ids), "done": offset + self.batch >= len(ids), "records": told}
        if not said["done"]:
            said["nextRecordsUrl"] = f"/services/data/{VERSION}/{how}/{name}-{offset + self.batch}"
        return said

    def deleted(self, name, params):
        self.schema(name)
        start, end = (datetime.fromisoformat(params[one]) for one in ("start", "end"))
        if end - start < timedelta(minutes=1) or start < self.now - LOG_KEPT:
            raise Refused("INVALID_REPLICATION_DATE", "startDate before org replication enabled")
        gone = [{"id": id_, "deletedDate": rest_value(at)} for table, id_, at in self.log
                if table == name and max(start, self.earliest) <= at < end]  # fmt: skip
        return {
            "deletedRecords": gone, "earliestDateAvailable": rest_value(self.earliest),
            "latestDateCovered": rest_value(min(end, self.now - timedelta(minutes=1))),
        }  # fmt: skip

    def begin(self, asked):
        if set(asked) != {"operation", "query"} or asked["operation"] not in ("query", "queryAll"):
            raise Refused("INVALIDJOB", "a job needs an operation and a query")
        query, found = self.found(asked["query"], asked["operation"] == "queryAll")
        if query.asks_count:
            raise Refused("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
        job = f"750{next(self.numbers):012}"
        found.sort(key=lambda one: one["Id"][::-1])  # in no order that helps
        self.jobs[job] = [self.polls, query, [dict(one) for one in found]]
        return {"id": job, "operation": asked["operation"], "object": query.table,
                "state": "UploadComplete", "contentType": "CSV", "apiVersion": 62.0}  # fmt: skip

    def state(self, job):
        if job not in self.jobs:
            raise Refused("NOT_FOUND", "Unable to find job", 404)
        self.jobs[job][0] -= 1
        return {"id": job, "state": "InProgress" if self.jobs[job][0] >= 0 else "JobComplete"}

    def results(self, job, params, headers):
        if job not in self.jobs:
            raise Refused("NOT_FOUND", "Unable to find job", 404)
        left, query, found = self.jobs[job]
        if left >= 0:
            raise Refused("INVALIDJOBSTATE", "the job is not complete")
        size, locator = int(params.get("maxRecords", 50_000)), params.get("locator", "0")
        if not locator.isdigit() or int(locator) > len(found):
            raise Refused("INVALID_LOCATOR", "invalid locator")
        part = found[int(locator) : int(locator) + size]
        after = int(locator) + size
        out = StringIO()
        rows = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        rows.writerow(query.fields)
        rows.writerows([bulk_value(one.get(name)) for name in query.fields] for one in part)
        more = {"Content-Type": "text/csv", "Sforce-NumberOfRecords": str(len(part)),
                "Sforce-Locator": str(after) if after < len(found) else "null"}  # fmt: skip
        return 200, {**headers, **more}, out.getvalue().encode()


def rest(query, record):
    made = {"attributes": {"type": query.table, "url": f"/services/data/{record['Id']}"}}
    for name in query.fields:
        *path, last = name.split(".")
        place = made
        for part in path:
            place = place.setdefault(part, {"attributes": {"type": "Name"}})
        place[last] = rest_value(record.get(name))
    return made


def rest_value(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return value.isoformat() if isinstance(value, date) else value


def bulk_value(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
