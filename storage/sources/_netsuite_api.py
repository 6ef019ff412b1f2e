"""The queries (SuiteQL) to one NetSuite account, and its errors in words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.sources import SourceError
from storage.sources._answers import refusal
from storage.sources._http import Http, Reply, TryLater
from storage.sources._keyset import Chunk
from storage.sources._naive import FORMAT, reading
from storage.sources._netsuite_login import Signer
from storage.sources._oauth import utc_now

SUITEQL = "services/rest/query/v1/suiteql"
TIME = "YYYY-MM-DD HH24:MI:SS"  # never left to the account, which may write dates in any way
BUSY = frozenset({
    "SSS_REQUEST_LIMIT_EXCEEDED", "CONCURRENCY_LIMIT_EXCEEDED", "REQUEST_LIMIT_EXCEEDED",
    "WS_CONCUR_SESSION_DISALLWD",
})  # fmt: skip
BUSY_WAIT = timedelta(minutes=5)
UNKNOWN = re.compile(r"Unknown identifier '(?:\w+\.)?(\w+)'|Field '(\w+)' for record")
ABSENT = re.compile(r"Record '\w+' was not found|Invalid search type")
CLOCK = f"SELECT SESSIONTIMEZONE AS zone, TO_CHAR(CURRENT_TIMESTAMP, '{TIME}') AS now FROM DUAL"
AWRY = timedelta(minutes=14)  # less than any two zones differ by


class QueryError(SourceError):
    """NetSuite refused a query. `unknown` is the field that it does not know, if it names one;
    `is_absent`: the table is not there, or this role may not see it."""

    def __init__(self, message: str, unknown: str, is_absent: bool) -> None:
        super().__init__(message, permanent=True)
        self.unknown, self.is_absent = unknown, is_absent


@dataclass
class Api:
    """One account. `signer` signs requests where no token does. `zone` is that of the settings;
    `rows`: the most of one query, of which NetSuite gives no more than a thousand."""

    http: Http
    zone: ZoneInfo
    rows: int
    signer: Signer | None = None

    def chunk(self, query: str) -> Chunk:
        """The first rows of a query. The rest is behind a key: further pages of NetSuite's own
        shift while records change, and end at a hundred thousand rows."""
        reply = self._sent({"limit": self.rows, "offset": 0}, {"q": query})
        if reply.status >= 300:
            raise _refused(reply)
        body = reply.json()
        items = body.get("items") if isinstance(body, dict) else None
        if not isinstance(items, list):
            raise SourceError(f"{reply.place} answers a query without items")
        return Chunk(items, not body.get("hasMore"))

    def among(self, expression: str, table: str, ids: Sequence[str]) -> set[str]:
        """Which of the ids are there."""
        found: set[str] = set()
        for part in parts(ids, self.rows):
            query = f"SELECT {expression} AS id FROM {table} WHERE {expression} IN ({part})"
            found |= {str(one["id"]) for one in self.chunk(query).records}
        return found

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone in which the account shows times, asked once; that of the settings where it
        does not say. A `SourceError` where its clock shows that it is another."""
        try:
            said = self.chunk(CLOCK).records[0]
        except QueryError:
            return self.zone
        shown = datetime.strptime(str(said["now"]), FORMAT)  # noqa: DTZ007 - it has no zone
        for zone in (_zone(str(said.get("zone") or "")), self.zone):
            if zone and abs(reading(self.now, zone) - shown) < AWRY:
                return zone
        raise SourceError(
            f"{self.http.base.host} shows {shown:%H:%M} when it is {self.now:%H:%M} UTC, which is"
            f" not {self.zone}: set zone to that of the account's user",
            permanent=True,
        )

    @property
    def now(self) -> datetime:
        """The server's clock, once it has answered."""
        return self.http.now()

    def _sent(self, params: Mapping[str, Any], body: Any) -> Reply:
        """A signed request that was tried again is refused, for its number was used: signed anew
        it is let in."""
        for _ in range(2):
            headers = {"Prefer": "transient", **self._signature(params)}
            reply = self.http.send("POST", SUITEQL, params=params, body=body, headers=headers)
            if reply.status != 401 or self.signer is None:
                break
        return reply

    def _signature(self, params: Mapping[str, Any]) -> Mapping[str, str]:
        if self.signer is None:
            return {}
        url = f"{str(self.http.base).rstrip('/')}/{SUITEQL}"
        return self.signer.header("POST", url, params, self.http.server_now or utc_now())


def parts(ids: Sequence[str], size: int) -> Iterator[str]:
    """The ids, which are numbers, as lists that one query can hold."""
    for begin in range(0, len(ids), size):
        yield ", ".join(str(int(one)) for one in ids[begin : begin + size])


def literal(shown: datetime) -> str:
    return f"TO_TIMESTAMP('{shown.strftime(FORMAT)}', '{TIME}')"


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if "/" in name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _refused(reply: Reply) -> SourceError:
    details = _details(reply)
    code = str(details.get("o:errorCode") or "")
    message = str(details.get("detail") or "")
    if code in BUSY:
        return TryLater(f"{reply.place} is busy with other requests: {message}", BUSY_WAIT)
    if reply.status == 401:
        return SourceError(
            f"{reply.place} lets us not in (401): {message or 'renew the key'}. Its login audit"
            " trail says more",
            permanent=True,
        )
    if not message:
        reply.checked()
    known = UNKNOWN.search(message)
    unknown = (known.group(1) or known.group(2)).lower() if known else ""
    words = f"{reply.place} answers {reply.status} {code}: {message}"
    is_absent = bool(ABSENT.search(message)) or code == "INSUFFICIENT_PERMISSION"
    return QueryError(words, unknown, is_absent)


def _details(reply: Reply) -> Mapping[str, Any]:
    """The first of the error's details; none where the body is not theirs."""
    said = refusal(reply)
    found = said.get("o:errorDetails") if isinstance(said, dict) else None
    first = found[0] if isinstance(found, list) and found else {}
    return first if isinstance(first, dict) else {}
