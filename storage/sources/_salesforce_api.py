"""The requests to Salesforce, how much of the day's requests they may take, and its errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from storage.sources import SourceError
from storage.sources._answers import refusal
from storage.sources._http import Http, Reply, TryLater
from storage.sources._keyset import Chunk, PlaceLost

# The limit is of the last 24 hours at any time: some of it comes back within the hour.
QUOTA_WAIT = timedelta(hours=1)
QUOTA = "REQUEST_LIMIT_EXCEEDED"
LOST = frozenset({"INVALID_QUERY_LOCATOR", "INVALID_LOCATOR"})
ABSENT = frozenset({"NOT_FOUND", "INVALID_TYPE", "INVALID_TYPE_FOR_OPERATION"})
PASSING = frozenset({"QUERY_TIMEOUT", "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"})
SLOW = frozenset({"QUERY_TIMEOUT", "OPERATION_TOO_LARGE"})


class ApiError(SourceError):
    """Salesforce refused a request; `code` is its own, `status` that of HTTP."""

    def __init__(self, message: str, code: str, status: int) -> None:
        super().__init__(message, permanent=code not in PASSING)
        self.code, self.status = code, status


@dataclass(frozen=True)
class Described:
    """What an object is made of, as far as the user may see it: what is hidden is not there."""

    fields: frozenset[str]
    filterable: frozenset[str]
    is_replicated: bool

    @property
    def names(self) -> list[str]:
        return sorted(self.fields)


@dataclass
class Api:
    """The data of one organisation; `share`: how much of the day's requests may be used up."""

    http: Http
    version: str
    share: float
    _used: float = 0.0
    _described: dict[str, Described] = field(default_factory=dict)

    def queried(self, soql: str) -> Any:
        """The answer to a query that sees deleted and archived records too."""
        return self.get("queryAll", {"q": soql})

    def chunk(self, soql: str) -> Chunk:
        return _chunk(self.queried(soql))

    def more(self, url: str) -> Chunk:
        """What follows; `PlaceLost` where Salesforce forgot the result, after two days or less."""
        try:
            return _chunk(self.get(url))
        except ApiError as error:
            if error.code in LOST or error.status in (404, 410):
                raise PlaceLost from error
            raise

    def count(self, table: str, where: str) -> int | None:
        """How many records there are; null where they are too many to be counted in time."""
        try:
            found = self.queried(f"SELECT COUNT() FROM {table} WHERE {where}").get("totalSize")
        except ApiError as error:
            if error.code in SLOW:
                return None
            raise
        return found if isinstance(found, int) else None

    def described(self, name: str) -> Described:
        """An object's fields and the names of the records that it points to, asked once a run."""
        if name not in self._described:
            body = self.get(f"sobjects/{name}/describe")
            fields = body["fields"]
            names = {one["name"] for one in fields}
            names |= {one["relationshipName"] for one in fields if one.get("relationshipName")}
            usable = {one["name"] for one in fields if one["filterable"] and one["sortable"]}
            self._described[name] = Described(
                frozenset(names), frozenset(usable), bool(body.get("replicateable"))
            )
        return self._described[name]

    def deleted(self, name: str, start: datetime, end: datetime) -> Any:
        """The log of what was deleted, of the last fifteen days at most."""
        asked = {"start": start.isoformat(), "end": end.isoformat()}
        return self.get(f"sobjects/{name}/deleted/", asked)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self.reply("GET", path, params=params).json()

    def post(self, path: str, body: Any) -> Any:
        return self.reply("POST", path, body=body).json()

    def reply(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, body: Any = None
    ) -> Reply:
        """The good reply to a request; `path` is one of the version, or begins with a slash."""
        if self._used > self.share:
            raise TryLater(
                f"{self.http.base.host}: {self._used:.0%} of the day's requests are used up and"
                f" {self.share:.0%} may be; set limit_share to use more",
                QUOTA_WAIT,
            )
        full = path if path.startswith("/") else f"services/data/{self.version}/{path}"
        reply = self.http.send(method, full, params=params, body=body)
        self._used = _usage(reply.headers.get("sforce-limit-info", "")) or self._used
        if reply.status >= 300:
            raise _refused(reply)
        return reply

    @property
    def now(self) -> datetime:
        """The server's clock, once it has answered."""
        return self.http.now()


def _chunk(body: Any) -> Chunk:
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list):
        raise SourceError("Salesforce answers a query without records")
    is_done = bool(body.get("done", True))
    return Chunk(records, is_done, None if is_done else body.get("nextRecordsUrl"))


def _usage(header: str) -> float | None:
    """The share of the day's requests that is used up, of "api-usage=18/5000"."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        used, _, total = value.partition("/")
        if name == "api-usage" and used.isdigit() and total.isdigit() and int(total):
            return int(used) / int(total)
    return None


def _refused(reply: Reply) -> SourceError:
    said = _said(reply)
    code, message = str(said.get("errorCode") or ""), str(said.get("message") or "")
    if code == QUOTA:
        return TryLater(f"{reply.place}: the day's requests are used up: {message}", QUOTA_WAIT)
    if not code:
        reply.checked()
    words = f"{reply.place} answers {reply.status} {code}: {message}"
    if reply.status == 401:
        words = f"{reply.place} refuses the token (401): renew it. It says: {message}"
    return ApiError(words, code, reply.status)


def _said(reply: Reply) -> Mapping[str, Any]:
    """The first of the errors, of which an answer is a list; none where it is not theirs."""
    said = refusal(reply)
    first = said[0] if isinstance(said, list) and said else {}
    return first if isinstance(first, dict) else {}
