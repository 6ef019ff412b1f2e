"""OData version 4: what is asked of a set of records, what it answers, and how it says no."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from storage.sources import Row, SourceError
from storage.sources._edmx import sets_of
from storage.sources._http import Http, Reply

# A link that the server does not know any more, or that it no longer understands.
STALE = frozenset({400, 404, 410})
GONE = "/$deletedEntity"


class Refused(SourceError):
    """The service understood and said no: with a status, a code of its own and a reason."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message, permanent=True)
        self.status, self.code = status, code

    @property
    def is_stale(self) -> bool:
        return self.status in STALE


@dataclass(frozen=True)
class Reads:
    """A set of records and what is asked of each.

    Pages are in the order of `key`, which never changes: in that of the stamp, a record that is
    changed while we read would carry off the place from which we go on. `stamp` is empty where
    records bear none. `is_numbered`: the key is a number that grows, from which one can go on
    without a link. `expand`: lists within a record, and what is asked of their records. `only`: the
    condition of those that are read at all.
    """

    path: str
    fields: tuple[str, ...]
    key: str = "id"
    stamp: str = ""
    is_numbered: bool = False
    expand: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: str = ""

    def options(self, *conditions: str, is_tracked: bool = False) -> dict[str, str]:
        """The options of a query. Where changes are tracked there is no order and no condition."""
        found = {"$select": ",".join(self.fields)}
        if is_tracked:
            return found
        where = " and ".join(one for one in (self.only, *conditions) if one)
        lists = (f"{name}($select={','.join(fields)})" for name, fields in self.expand.items())
        found |= {"$filter": where, "$orderby": self.key, "$expand": ",".join(lists)}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Answer:
    """A page: records, ids of what was removed, and the link that leads on or to later changes."""

    records: Sequence[Row]
    removed: Sequence[str] = ()
    next: str | None = None
    delta: str | None = None


class Service:
    """A service root below the url of `http`. `size` is the number of records to a page.

    `annotations`: which annotations of a value it shall send, as `odata.include-annotations` says.
    """

    def __init__(self, http: Http, root: str, size: int, annotations: str = "") -> None:
        self.http, self.root = http, root.strip("/")
        self._prefer = [f"odata.maxpagesize={size}"]
        if annotations:
            self._prefer.append(f'odata.include-annotations="{annotations}"')
        self._sets: Mapping[str, Mapping[str, str]] | None = None

    def first(self, reads: Reads, *conditions: str, is_tracked: bool = False) -> Answer:
        """The first page of a query."""
        options = reads.options(*conditions, is_tracked=is_tracked)
        prefer = [*(["odata.track-changes"] if is_tracked else []), *self._prefer]
        return self._answer(self._ask(_with(f"{self.root}/{reads.path}", options), prefer))

    def follow(self, link: str) -> Answer:
        """The page that a link of an answer leads to; the link is used as it was given."""
        return self._answer(self._ask(link, self._prefer))

    def all(self, reads: Reads) -> Iterator[Sequence[Row]]:
        """All records of a query by the page, at least one page, if an empty one."""
        answer = self.first(reads)
        yield answer.records
        while answer.next:
            answer = self.follow(answer.next)
            yield answer.records

    def one(self, path: str, **options: str) -> Row:
        """Whatever stands at a path: a record, or a list in `value`."""
        asked = {f"${name}": value for name, value in options.items()}
        return self._ask(_with(f"{self.root}/{path}", asked), self._prefer)

    def fields(self, name: str) -> frozenset[str]:
        """The fields of a set's records by the service's own description; it is read once."""
        if self._sets is None:
            reply = self.http.send("GET", f"{self.root}/$metadata", headers={"Accept": XML})
            self._sets = sets_of(_checked(reply).body, reply.place)
        if name not in self._sets:
            raise SourceError(f"{self.http.base.host}: there is no {name!r}", permanent=True)
        return frozenset(self._sets[name])

    def now(self) -> datetime:
        """The clock of the service as it last showed it."""
        return self.http.now()

    def _ask(self, path: str, prefer: Sequence[str]) -> Row:
        headers = {**HEADERS, "Prefer": ",".join(prefer)}
        said = _checked(self.http.send("GET", path, headers=headers)).json()
        if not isinstance(said, dict):
            raise SourceError(f"{self.http.base.host} answered with no record and no list")
        return said

    def _answer(self, said: Row) -> Answer:
        found = said.get("value")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise SourceError(f"{self.http.base.host} answered without a list of records")
        removed: list[Row] = []
        records: list[Row] = []
        for one in found:
            is_gone = str(one.get("@odata.context", "")).endswith(GONE)
            (removed if is_gone else records).append(one)
        return Answer(
            records,
            [str(one["id"]).lower() for one in removed],
            said.get("@odata.nextLink"),
            said.get("@odata.deltaLink"),
        )


XML = "application/xml"
HEADERS = {"Accept": "application/json", "OData-Version": "4.0", "OData-MaxVersion": "4.0"}


def instant(at: datetime) -> str:
    """An instant as it stands in a condition, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def literal(text: str) -> str:
    """A text as it stands in a condition."""
    return "'" + text.replace("'", "''") + "'"


def _with(path: str, options: Mapping[str, str]) -> str:
    """The path with its options; a blank is %20, as not every server takes a plus for one."""
    query = "&".join(f"{name}={quote(value, safe=SAFE)}" for name, value in options.items())
    return f"{path}?{query}" if query else path


SAFE = "$,()':;=/"


def _checked(reply: Reply) -> Reply:
    if reply.status < 400 or reply.status == 401:
        return reply.checked()
    code, message = _said(reply)
    words = ": ".join(part for part in (f"answers {reply.status}", code, message) if part)
    raise Refused(f"{reply.place} {words}", reply.status, code)


def _said(reply: Reply) -> tuple[str, str]:
    """The code and the reason of a refusal, as far as it gives them."""
    try:
        error: Any = msgspec.json.decode(reply.body)["error"]
        return str(error.get("code") or ""), str(error.get("message") or "")[:300]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return "", reply.body[:120].decode("utf-8", "replace")
