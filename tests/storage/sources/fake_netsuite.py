"""A NetSuite account: local times, lines that change without their order, a log of deletions.

Written from Oracle's pages on SuiteQL, REST web services and token-based authentication; it shares
no code with ours.
"""

import base64
import hashlib
import heapq
import hmac
import itertools
import json
import re
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from zoneinfo import ZoneInfo

import jwt

from tests.storage.sources.fake_suiteql import MARK, Database, Refused

ACCOUNT, CONSUMER, TOKEN = "1234567_SB1", "consumer-of-a-test", "token-of-a-test"
SECRETS = ("consumer-secret", "token-secret")
HOST = "https://1234567-sb1.suitetalk.api.netsuite.com"
SUITEQL = "/services/rest/query/v1/suiteql"
JSON = "application/vnd.oracle.resource+json; type=collection"
REQUEST_SECONDS = 0.6
MOST_ROWS = 100_000
ENTITY = (
    "id entityid companyname altname vatregnumber url email category isinactive lastmodifieddate"
)
SCHEMA = {
    "vendor": ENTITY, "customer": f"{ENTITY} salesrep parent",
    "item": "id itemid displayname itemtype class stockunit averagecost isinactive"
            " lastmodifieddate custitem_family",
    "location": "id name parent timezone",
    "currency": "id name symbol",
    "transaction": "id type tranid entity status trandate duedate shipdate startdate enddate"
                   " closedate createddate employee currency shipmethod voided"
                   " actualproductionstartdate actualproductionenddate lastmodifieddate"
                   " custbody_promise",
    "transactionline": "uniquekey transaction id linesequencenumber item location quantity units"
                       " rate isclosed mainline taxline iscogs foreignamount quantityshiprecv"
                       " expectedreceiptdate expectedshipdate requesteddate linelastmodifieddate"
                       " custcol_promise",
    "nexttransactionlinelink": "previousdoc previousline previoustype nextdoc nextline nexttype"
                               " linktype",
    "aggregateitemlocation": "item location quantityonhand quantitycommitted quantityonorder"
                             " onhandvaluemli lastquantityavailablechange",
    "deletedrecord": "recordid deleteddate",
}  # fmt: skip
FAULTS = {
    "429": (429, {}, "CONCURRENCY_LIMIT_EXCEEDED"),
    "429_retry_after": (429, {"Retry-After": "7"}, "CONCURRENCY_LIMIT_EXCEEDED"),
    "429_absurd": (429, {"Retry-After": "31536000"}, "CONCURRENCY_LIMIT_EXCEEDED"),
    "busy": (400, {}, "SSS_REQUEST_LIMIT_EXCEEDED"),
    "500": (500, {}, "UNEXPECTED_ERROR"),
    "401": (401, {}, "INVALID_LOGIN"),
}


class FakeNetSuite:
    """The account and its clock. `without`: columns ("table.column") or tables that it has not."""

    def __init__(self, now, zone="America/Los_Angeles", without=(), says_zone=True):
        self.now, self.zone = now, ZoneInfo(zone)
        schema = {table: [one for one in columns.split() if f"{table}.{one}" not in without]
                  for table, columns in SCHEMA.items() if table not in without}  # fmt: skip
        self.db = Database(schema, lambda: self.local, zone if says_zone else "+00:00")
        for table, column in (("transaction", "id"), ("transactionline", "uniquekey"),
                              ("transactionline", "transaction")):  # fmt: skip
            self.db.index(table, column)
        self.pending, self.arrivals, self.keys = [], itertools.count(), itertools.count(1)
        self.faults, self.nonces, self.queries = deque(), set(), []
        self.key, self.token = None, None

    @property
    def local(self):
        return self.now.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def put(self, table, key, late=0.0, **values):
        """Writes columns of a record, which others see so many seconds later."""
        values = {name: one for name, one in values.items() if name in self.db.schema[table]}
        at = self.now + timedelta(seconds=late)
        heapq.heappush(self.pending, (at, next(self.arrivals), table, key, values))
        if not late:
            self.show()

    def show(self, until=None):
        while self.pending and self.pending[0][0] <= (until or self.now):
            _, _, table, key, values = heapq.heappop(self.pending)
            self.write(table, key, values)

    def write(self, table, key, values):
        names = {**key, **values}
        where = " AND ".join(f"[{name}] = ?" for name in key)
        sets = ", ".join(f"[{name}] = ?" for name in values)
        done = self.db.connection.execute(
            f"UPDATE [{table}] SET {sets} WHERE {where}", [*values.values(), *key.values()]
        )
        if not done.rowcount:
            columns = ", ".join(f"[{name}]" for name in names)
            marks = ", ".join("?" * len(names))
            self.db.connection.execute(
                f"INSERT INTO [{table}] ({columns}) VALUES ({marks})", list(names.values())
            )

    def remove(self, table, **key):
        self.show(datetime.max.replace(tzinfo=UTC))
        where = " AND ".join(f"[{name}] = ?" for name in key)
        self.db.connection.execute(f"DELETE FROM [{table}] WHERE {where}", list(key.values()))

    def delete(self, table, id_):
        """A whole record, which the log then names."""
        self.remove(table, id=id_)
        if table == "transaction":
            self.remove("transactionline", transaction=id_)
        if "deletedrecord" in self.db.schema:
            self.write("deletedrecord", {"recordid": id_}, {"deleteddate": MARK + self.local})

    def fail_next(self, *kinds):
        self.faults.extend(kinds)

    def answer(self, method, url, headers, body):
        """Status (0: hang up), headers and body; `url` is the path with its query."""
        self.advance(REQUEST_SECONDS)
        split = urlsplit(url)
        told = {"Date": format_datetime(self.now.astimezone(UTC), usegmt=True),
                "Content-Type": JSON}  # fmt: skip
        if split.path == "/services/rest/auth/oauth2/v1/token":
            return self.grant(dict(parse_qsl(body.decode())), told)
        fault = self.faults.popleft() if self.faults else None
        if fault == "drop":
            return 0, {}, b""
        if fault == "html":
            return 200, {**told, "Content-Type": "text/html"}, b"<html>Scheduled maintenance</html>"
        if fault:
            status, more, code = FAULTS[fault]
            return status, {**told, **more}, error(status, code, "try again")
        try:
            params = dict(parse_qsl(split.query))
            self.admit(method, split.path, params, headers)
            return (
                200,
                told,
                json.dumps(self.query(method, split.path, params, headers, body)).encode(),
            )
        except Refused as refused:
            return refused.status, told, error(refused.status, refused.code, refused.message)

    def query(self, method, path, params, headers, body):
        if (method, path) != ("POST", SUITEQL):
            raise Refused("not found", "NONEXISTENT_PATH", 404)
        if headers.get("prefer") != "transient":
            raise Refused("the header Prefer: transient is required", "INVALID_HEADER")
        limit, offset = int(params.get("limit", 1000)), int(params.get("offset", 0))
        if not 1 <= limit <= 1000 or offset % limit or offset + limit > MOST_ROWS:
            raise Refused("Invalid limit or offset", "INVALID_PARAMETER")
        self.show()
        query = json.loads(body)["q"]
        self.queries.append(query)
        rows = self.db.run(query)
        items = [{"links": [], **row} for row in rows[offset : offset + limit]]
        return {"links": [], "count": len(items), "hasMore": offset + limit < len(rows),
                "items": items, "offset": offset, "totalResults": len(rows)}  # fmt: skip

    def admit(self, method, path, params, headers):
        given = headers.get("authorization", "")
        if self.token is not None and given == f"Bearer {self.token}":
            return
        said = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', given)}
        good = given.startswith("OAuth ") and said.pop("realm", "") == ACCOUNT
        signature, nonce = said.pop("oauth_signature", ""), said.get("oauth_nonce", "")
        good = good and (said.get("oauth_consumer_key"), said.get("oauth_token")) == (
            CONSUMER,
            TOKEN,
        )
        fresh = abs(int(said.get("oauth_timestamp", 0)) - self.now.timestamp()) < 300
        expected = sign(method, HOST + path, {**params, **said})
        if not good or not fresh or nonce in self.nonces or signature != expected:
            raise Refused("Invalid login attempt.", "INVALID_LOGIN", 401)
        self.nonces.add(nonce)

    def grant(self, asked, told):
        try:
            assertion = asked["client_assertion"]
            claims = jwt.decode(assertion, self.key, ["ES256"], audience=HOST + (
                "/services/rest/auth/oauth2/v1/token"), options={"verify_exp": False,
                "verify_iat": False})  # fmt: skip
            good = jwt.get_unverified_header(assertion)["kid"] == "certificate-1"
            good = good and claims["exp"] - claims["iat"] <= 3600
            good = good and claims["scope"] == ["rest_webservices"] and claims["iss"] == CONSUMER
        except (KeyError, jwt.PyJWTError):
            good = False
        if not good:
            return 400, told, json.dumps({"error": "invalid_grant"}).encode()
        self.token = f"bearer-{next(self.keys)}"
        said = {"access_token": self.token, "expires_in": "3600", "token_type": "bearer"}
        return 200, told, json.dumps(said).encode()


def sign(method, url, params):
    """The signature of RFC 5849, by HMAC-SHA256."""
    pairs = sorted(
        (quote(str(name), "~"), quote(str(value), "~")) for name, value in params.items()
    )
    text = "&".join((method, quote(url, "~"), quote("&".join(map("=".join, pairs)), "~")))
    digest = hmac.new("&".join(SECRETS).encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def error(status, code, message):
    return json.dumps({
        "type": "about:blank", "title": "Bad Request",
        "status": status, "o:errorDetails": [
            {"detail": message, "o:errorQueryParam": "q", "o:errorCode": code}],
    }).encode()  # fmt: skip
