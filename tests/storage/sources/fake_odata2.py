"""A server of OData V2 services as SAP's gateway is one: strict, paged by position, at times late.

Written from the protocol's and SAP's descriptions; it shares no code with ours.
"""

import heapq
import itertools
import json
from collections import defaultdict, deque
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from email.utils import format_datetime
from urllib.parse import parse_qsl, unquote

import httpx

from tests.storage.sources.fake_odata2_filter import BadFilter, parsed

PATH = "/sap/opu/odata/sap/"
DEFAULT_PAGE, LARGEST_PAGE = 1_000, 5_000
LONGEST_URL = 8_000
OPTIONS = {"$select", "$filter", "$orderby", "$top", "$format", "sap-client"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
XMLNS = {
    "edmx": "http://schemas.microsoft.com/ado/2007/06/edmx",
    "edm": "http://schemas.microsoft.com/ado/2008/09/edm",
}


class Refused(Exception):
    """An answer that is none: its status, and SAP's code and words."""

    def __init__(self, status, code, said):
        self.status = status
        message = {"lang": "en", "value": said}
        details = [{"code": code, "message": said, "severity": "error"}]
        self.body = {"error": {"code": code, "message": message,
                               "innererror": {"errordetails": details}}}  # fmt: skip


class Set:
    """One entity set: its records by their keys, with an index on each field that is asked so."""

    def __init__(self, keys, types):
        self.keys, self.types = keys, dict(types)
        self.records, self.pending, self._indexes = {}, [], {}

    def key_of(self, record):
        return tuple(record[name] for name in self.keys)

    def put(self, record):
        self.drop(self.key_of(record))
        self.records[self.key_of(record)] = record
        for name, index in self._indexes.items():
            index[record.get(name)][self.key_of(record)] = record

    def drop(self, key):
        old = self.records.pop(key, None)
        for name, index in self._indexes.items():
            if old is not None:
                index[old.get(name)].pop(key, None)

    def matching(self, text):
        by, test = parsed(text, self.types) if text else (None, lambda record: True)
        found = self.records.values()
        if by is not None:
            index = self._index(by.name)
            found = [one for value in by.values for one in index[value].values()]
        return [one for one in found if test(one)]

    def _index(self, name):
        if name not in self._indexes:
            index = self._indexes[name] = defaultdict(dict)
            for key, record in self.records.items():
                index[record.get(name)][key] = record
        return self._indexes[name]


class FakeOData2:
    """The server and its clock, which only `advance` and requests move.

    `services`: by name the sets, each as (keys, types by field). `page`: how many records it
    gives at most, whatever it is asked. `refused`: services or sets that the user may not read,
    with the status. A user has a password or, with `tokens`, a token, which runs out.
    """

    def __init__(self, services, user="LEADLINE", password="a secret", tokens=False):
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.services = {
            service: {name: Set(*described) for name, described in sets.items()}
            for service, sets in services.items()
        }
        self.user, self.password, self.tokens = user, password, tokens
        self.page, self.refused, self.requests = LARGEST_PAGE, {}, []
        self.token, self._made = None, itertools.count(1)
        self._faults, self._writes = deque(), itertools.count()

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def fail_next(self, kind):
        self._faults.append(kind)

    def set(self, name):
        return next(sets[name] for sets in self.services.values() if name in sets)

    def write(self, name, records, late=0.0):
        """New or changed records, shown so many seconds later."""
        found = self.set(name)
        self._settle(found)
        for record in records:
            if late:
                seen = self.now + timedelta(seconds=late)
                heapq.heappush(found.pending, (seen, next(self._writes), record))
            else:
                found.put(record)

    def erase(self, name, key):
        found = self.set(name)
        found.pending = [one for one in found.pending if found.key_of(one[2]) != key]
        heapq.heapify(found.pending)
        found.drop(key)

    def __call__(self, request):
        """What `httpx.MockTransport` calls."""
        self.advance(0.02)
        asks_token = request.url.path == "/oauth/token"
        # a token runs out where it is used
        is_due = self._faults and not (asks_token and self._faults[0] == "401")
        if is_due:
            return self._struck(self._faults.popleft(), request)
        if asks_token:
            return self._granted(request)
        try:
            if not self._is_let_in(request):
                return self._answer(401, b"<html>Logon failed</html>", "text/html")
            return self._served(request)
        except Refused as refused:
            return self._answer(refused.status, json.dumps(refused.body).encode())

    def _struck(self, fault, request):
        if fault == "drop":
            raise httpx.ReadError("dropped", request=request)
        if fault == "401":
            self.token = None  # it ran out in mid-run
            return self._answer(401, b"<html>Logon failed</html>", "text/html")
        waits = {"429_retry_after": "7", "429_absurd": str(365 * 86_400)}.get(fault)
        more = {"Retry-After": waits} if waits else {}
        status = {"html": 200, "500": 500}.get(fault, 429)
        return self._answer(status, b"<html><p>Please wait</p></html>", "text/html", more)

    def _granted(self, request):
        asked = dict(parse_qsl(request.content.decode()))
        good = self._is_basic(request) and asked == {"grant_type": "client_credentials"}
        if not good:
            said = {"error": "invalid_client", "error_description": "unknown client"}
            return self._answer(401, json.dumps(said).encode())
        self.token = f"token {next(self._made)}".replace(" ", "-")
        said = {"access_token": self.token, "token_type": "Bearer", "expires_in": 43_199}
        return self._answer(200, json.dumps(said).encode())

    def _is_basic(self, request):
        pair = httpx.BasicAuth(self.user, self.password)._auth_header
        return request.headers.get("Authorization") == pair

    def _is_let_in(self, request):
        if self.tokens:
            shown = request.headers.get("Authorization")
            return self.token is not None and shown == f"Bearer {self.token}"
        return self._is_basic(request)

    def _served(self, request):
        raw = request.url.raw_path.decode()
        path, _, query = raw.partition("?")
        if len(raw) > LONGEST_URL:
            raise Refused(414, "ICM", "URI too long")
        service, _, name = unquote(path).removeprefix(PATH).partition("/")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        self.requests.append((service, name, asked))
        if service in self.refused or service not in self.services:
            status = self.refused.get(service, 403)
            raise Refused(status, "/IWFND/MED/170", f"No service found for {service}")
        if name == "$metadata":
            xml = described(service, self.services[service])
            return self._answer(200, xml.encode(), "application/xml")
        name, _, count = name.partition("/")
        if name in self.refused:
            raise Refused(self.refused[name], "/IWBEP/CM_V2/403", f"You may not read {name}")
        found = self.services[service].get(name)
        if found is None:
            raise Refused(404, "/IWFND/CM_MGW/004", f"Resource not found for segment {name}")
        self._settle(found)
        return self._listed(found, asked, is_count=count == "$count")

    def _listed(self, found, asked, *, is_count):
        if unknown := asked.keys() - OPTIONS:
            raise Refused(400, "/IWBEP/CM_MGW_EXC/032", f"Invalid option {min(unknown)}")
        rows = self._chosen(found, asked)
        if is_count:
            return self._answer(200, str(len(rows)).encode(), "text/plain")
        if asked.get("$format") != "json":
            return self._answer(200, b"<feed/>", "application/atom+xml")
        top = int(asked.get("$top", DEFAULT_PAGE))
        order = [one for one in asked.get("$orderby", "").split(",") if one]
        for name in order:
            self._known(found, name)
        wanted = [self._known(found, name) for name in asked.get("$select", "").split(",")]
        limit = min(top, self.page)
        first = heapq.nsmallest(limit + 1, rows, key=lambda one: [one[name] for name in order])
        body = {"results": [shown(one, wanted, found.types) for one in first[:limit]]}
        if len(first) > limit and limit < top:
            body["__next"] = f"https://sap.example/?$skiptoken={limit}"
        return self._answer(200, json.dumps({"d": body}).encode())

    def _chosen(self, found, asked):
        text = asked.get("$filter", "")
        try:
            return found.matching(text)
        except BadFilter as error:
            raise Refused(400, "/IWBEP/CM_MGW_EXC/032", f"Invalid filter: {error}") from error

    def _known(self, found, name):
        if name not in found.types:
            raise Refused(400, "/IWFND/CM_MGW/004", f"Resource not found for segment '{name}'")
        return name

    def _settle(self, found):
        while found.pending and found.pending[0][0] <= self.now:
            found.put(heapq.heappop(found.pending)[2])

    def _answer(self, status, body, kind="application/json", more=()):
        date = format_datetime(self.now.astimezone(UTC).replace(microsecond=0), usegmt=True)
        headers = {"Date": date, "Content-Type": kind, **dict(more)}
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def shown(record, wanted, types):
    """A record as JSON, with what describes it and a link that nobody asked for."""
    values = {name: told(record.get(name), types[name]) for name in wanted}
    return {"__metadata": {"type": "x"}, **values, "to_More": {"__deferred": {"uri": "x"}}}


def told(value, kind):
    if isinstance(value, datetime):
        offset = "+0000" if kind == "Edm.DateTimeOffset" else ""
        at = value if value.tzinfo else value.replace(tzinfo=UTC)
        return f"/Date({int((at - EPOCH) / timedelta(milliseconds=1))}{offset})/"
    if isinstance(value, time):
        return f"PT{value.hour:02}H{value.minute:02}M{value.second:02}S"
    return str(value) if isinstance(value, Decimal) else value


def described(service, sets):
    """The $metadata of a service."""
    kinds = "".join(_kind(name, one) for name, one in sets.items())
    named = "".join(
        f'<EntitySet Name="{name}" EntityType="{service}.{name}Type"/>' for name in sets
    )
    return (
        f'<edmx:Edmx Version="1.0" xmlns:edmx="{XMLNS["edmx"]}"><edmx:DataServices>'
        f'<Schema Namespace="{service}" xmlns="{XMLNS["edm"]}">{kinds}'
        f'<EntityContainer Name="C">{named}</EntityContainer></Schema>'
        "</edmx:DataServices></edmx:Edmx>"
    )


def _kind(name, found):
    keys = "".join(f'<PropertyRef Name="{one}"/>' for one in found.keys)
    fields = "".join(f'<Property Name="{one}" Type="{kind}"/>' for one, kind in found.types.items())
    return f'<EntityType Name="{name}Type"><Key>{keys}</Key>{fields}</EntityType>'
