"""A Tryton that is a dict: sessions, domains, dotted fields, errors with status 200."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import httpx

from storage.sources._http import Http
from storage.sources._tryton_fields import (
    BILLS,
    BOOKED,
    COMPANIES,
    LEVELS,
    LOCATIONS,
    OUTPUTS,
    STREAMS,
    UNITS,
)
from storage.sources.tryton import Settings, Tryton

URL = "http://erp.example"
SETTINGS = Settings(
    key="tryton:main", kind="tryton", url=URL, database="erp", user="ann", secret="a secret word"
)
LINKS = {
    "purchase": "purchase.purchase", "sale": "sale.sale", "product": "product.product",
    "template": "product.template", "default_uom": "product.uom", "currency": "currency.currency",
    "tax_identifier": "party.identifier", "moves": "stock.move",
}  # fmt: skip
LINKS |= {"outputs": "stock.move"}
OWN = {"language": "en", "pet": "cat"}
READS = (*STREAMS.values(), LOCATIONS, UNITS, LEVELS, BILLS, OUTPUTS, BOOKED, COMPANIES)
ACTIVE = ("party.party", "product.product", "stock.location", "product.uom")


class FakeTryton:
    """One database. `records` by model and id; instants and days are Python's own in there.

    `stock` is what a call finds at (place, product); `context` that of the last call.
    """

    def __init__(self):
        self.now = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)
        self.records = {model: {} for model in LINKS.values()}
        for reads in READS:
            self.records.setdefault(reads.model, {})
        self.records["company.company"] = {1: {"id": 1, "timezone": "Europe/Berlin", "currency": 1}}
        self.records["currency.currency"] = {1: {"id": 1, "code": "EUR"}}
        self.company = 1
        self.stock = {}
        self.context = {}
        self.fields = {}
        self.later = []
        self.faults = []
        self.asked = []
        self.sessions = {}

    def put(self, model, record, visible_after=0.0):
        """A new or changed record, stamped now; seen from outside so many seconds later."""
        record = {"active": True, **record, "last_modified_at": self.now}
        visible_at = self.now + timedelta(seconds=visible_after)
        self.later.append((visible_at, model, record))
        if not visible_after:
            self.show()

    def show(self):
        """Lets all be seen that is due."""
        for entry in [one for one in self.later if one[0] <= self.now]:
            self.records[entry[1]][entry[2]["id"]] = entry[2]
            self.later.remove(entry)

    def open(self, settings=SETTINGS):
        http = Http(
            URL,
            transport=httpx.MockTransport(self.answer),
            secrets=(settings.secret,),
            sleep=lambda seconds: None,
            seed=1,
        )
        return Tryton(settings, http)

    def answer(self, request):
        self.show()
        if self.faults:
            return self._fault(self.faults.pop(0), request)
        body = json.loads(request.content)
        self.asked.append(body)
        method, params = body["method"], body["params"]
        if set(body) != {"id", "method", "params"}:
            return self._reply({"unknown": "protocol"})
        if method == "common.server.version":
            return self._reply({"id": 1, "result": "8.2"})
        if request.url.path != f"/{SETTINGS.database}/rpc/":
            return self._status(404)
        if method == "common.db.login":
            return self._login(*params)
        if request.headers.get("Authorization") not in self.sessions.values():
            return self._status(401)
        return self._call(method, params)

    def _login(self, user, given, language):
        if (user, given["password"]) != (SETTINGS.user, SETTINGS.secret):
            return self._status(401)
        key = f"key{len(self.sessions)}"
        token = base64.b64encode(f"{user}:7:{key}".encode()).decode()
        self.sessions[key] = f"Session {token}"
        return self._reply({"id": 1, "result": [7, key, None]})

    def _call(self, method, params):
        model, _, name = method.removeprefix("model.").rpartition(".")
        if model == "res.user":
            return self._reply({"id": 1, "result": {**OWN, "company": self.company}})
        if model not in self.records:
            return self._reply({"id": 1, "error": [repr(model), ""]})
        self.context = params[-1]
        found = getattr(self, f"_{name}")(model, *params[:-1])
        return self._reply({"id": 1, "result": found})

    def _fields_get(self, model, names):
        reads = [one for one in READS if one.model == model]
        known = {name.partition(".")[0] for one in reads for name in one.asked}
        return {name: {} for name in self.fields.get(model, known)}

    def _search(self, model, domain, offset, limit, order):
        assert order == [["id", "ASC"]]
        found = [
            row["id"] for row in self.records[model].values() if self._fits(model, row, domain)
        ]
        return sorted(found)[offset : offset + limit]

    def _search_count(self, model, domain):
        return len(self._search(model, domain, 0, 1_000_000, [["id", "ASC"]]))

    def _search_read(self, model, domain, offset, limit, order, fields):
        ids = self._search(model, domain, offset, limit, order)
        return [self._read(self.records[model][id_], fields) for id_ in ids]

    def _read(self, row, fields):
        """The fields of a record; `a.b` is b of what a links to, under the key `a.`."""
        row = self._counted(row)
        shown, linked = {"id": row["id"]}, {}
        for name in fields:
            head, dot, rest = name.partition(".")
            if dot:
                linked.setdefault(head, []).append(rest)
            else:
                shown[name] = _told(row.get(name))
        for head, names in linked.items():
            to = row.get(head)
            shown[f"{head}."] = to and self._read(self.records[LINKS[head]][to], names)
        return shown

    def _fits(self, model, row, domain):
        if model in ACTIVE and "active" not in str(domain) and not row["active"]:
            return False
        return self._is_true(self._counted(row), domain)

    def _counted(self, row):
        """A product with what lies at the places of the context."""
        if "locations" not in self.context:
            return row
        found = [self.stock.get((place, row["id"]), 0.0) for place in self.context["locations"]]
        cost = {"__class__": "Decimal", "decimal": str(sum(found) * 3)}
        return {**row, "quantity": sum(found), "cost_value": cost}

    def _is_true(self, row, domain):
        if domain and domain[0] == "OR":
            return any(self._is_true(row, part) for part in domain[1:])
        if domain and isinstance(domain[0], str):
            return self._holds(row, *domain)
        return all(self._is_true(row, part) for part in domain)

    def _holds(self, row, path, operator, value):
        head, dot, rest = path.partition(".")
        if operator == "where":
            several = [self.records[LINKS[path]][one] for one in row[path]]
            return any(self._is_true(one, value) for one in several)
        if dot:
            to = row.get(head)
            return bool(to) and self._holds(self.records[LINKS[head]][to], rest, operator, value)
        return _compared(row.get(head), operator, _meant(value))

    def _fault(self, kind, request):
        if kind == "drop":
            raise httpx.ReadError("gone", request=request)
        if kind == "html":
            return self._status(200, b"<h1>Back soon</h1>")
        more = {"Retry-After": "2"} if kind == "429_retry_after" else {}
        return self._status(int(kind[:3]), b"", more)

    def _status(self, status, body=b"", headers=None):
        # a stream, since a ready body can't be read raw a second time
        return httpx.Response(
            status, stream=httpx.ByteStream(body), headers={**self._headers(), **(headers or {})}
        )

    def _reply(self, body):
        return self._status(200, json.dumps(body).encode())

    def _headers(self):
        return {"Date": format_datetime(self.now.replace(microsecond=0), usegmt=True)}


def _compared(found, operator, value):
    if operator == "in":
        return found in value
    if operator == "like":
        return str(found or "").startswith(value.removesuffix("%"))
    if operator == "=":
        return found == value
    if operator == "!=":
        return found != value
    if found is None:
        return False
    return {">": found > value, ">=": found >= value, "<": found < value, "<=": found <= value}[
        operator
    ]


def _meant(value):
    """A value of a domain as Python's own."""
    if isinstance(value, dict) and value["__class__"] == "date":
        return date(value["year"], value["month"], value["day"])
    if isinstance(value, dict):
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return datetime(*(value[name] for name in parts), tzinfo=UTC)
    return value


def _told(value):
    """Days and instants as Tryton's JSON has them."""
    if isinstance(value, datetime):
        names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{name: getattr(value, name) for name in names}}
    if hasattr(value, "isoformat"):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    return value
