"""An OData V4 service with its token server: sets, windows, links, delta links, and refusals.

Written from the protocol and the vendors' pages; it shares no code with ours. It knows what it was
taught and refuses the rest: unknown options, fields and operators, a value of the wrong type.
"""

import itertools
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import httpx

from tests.storage.sources.fake_odata4_filter import Refused, matching

REQUEST_SECONDS = 0.05
TOKEN_SECONDS = 3599
BUSY = {"error": {"code": "TooManyRequests", "message": "Too many requests reached."}}
# Fault -> status, headers, body. "drop" hangs up and "401" is a token that ran out.
FAULTS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "429": (429, {}, json.dumps(BUSY).encode()),
    "429_retry_after": (429, {"Retry-After": "7"}, json.dumps(BUSY).encode()),
    "429_absurd": (429, {"Retry-After": "31536000"}, json.dumps(BUSY).encode()),
    "500": (500, {}, b'{"error":{"code":"Internal_ServerError","message":"oh"}}'),
    "503": (503, {}, b"Service Unavailable"),
    "504": (504, {}, b"Gateway Timeout"),
    "html": (200, {"Content-Type": "text/html"}, b"<html>down for maintenance</html>"),
}


@dataclass
class Set:
    """Records by key. `types` are their fields with their Edm types; `lists` the sets within one.

    `log` holds what was committed, in order: the key, or the key of what was deleted.
    """

    types: dict[str, str]
    key: str
    stamp: str = ""
    lists: dict[str, dict[str, str]] = field(default_factory=dict)
    is_tracked: bool = False
    rows: dict[Any, dict[str, Any]] = field(default_factory=dict)
    pending: list[tuple[datetime, Any, dict[str, Any]]] = field(default_factory=list)
    log: list[tuple[Any, bool]] = field(default_factory=list)

    def settle(self, now: datetime) -> None:
        """Commits what is due."""
        due = [one for one in self.pending if one[0] <= now]
        self.pending = [one for one in self.pending if one[0] > now]
        for _, key, row in due:
            self.commit(key, row)

    def commit(self, key: Any, row: dict[str, Any]) -> None:
        self.rows[key] = row
        self.log.append((key, True))

    def latest(self, key: Any) -> dict[str, Any]:
        """As its writer sees it: what is not committed yet too."""
        found = [row for _, one, row in self.pending if one == key]
        return found[-1] if found else self.rows[key]


class FakeOData:
    """The service and its clock, which only `advance` and requests move.

    `fail_next` queues faults; `forgets_links` refuses so many links with a status; `denied` are
    sets that the key may not read. `between` is called before each request is answered.
    """

    stamp_digits = "milliseconds"
    largest_page = 20_000

    def __init__(self, api: str, login: str, secret: str) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.api, self.login, self.secret = api, login, secret
        self.sets: dict[str, Set] = {}
        self.denied: set[str] = set()
        self.requests: list[tuple[str, dict[str, str], str]] = []
        self.grants = 0
        self.token: str | None = None
        self.token_until = self.now
        self.forgets_links: deque[int] = deque()
        self.between: Callable[[], None] = lambda: None
        self._faults: deque[str] = deque()
        self._links = itertools.count(1)
        self._kept: dict[str, dict[str, Any]] = {}

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def fail_next(self, *kinds: str) -> None:
        self._faults.extend(kinds)

    def write(self, name: str, key: Any, visible_after: float = 0.0, /, **values: Any) -> None:
        """Makes or changes a record, stamped now, and shown when it is committed."""
        found = self.sets[name]
        found.settle(self.now)
        old = found.latest(key) if key in found.rows else {found.key: key}
        row = {**old, **values}
        if found.stamp:
            row[found.stamp] = self.now
        if visible_after:
            found.pending.append((self.now + timedelta(seconds=visible_after), key, row))
        else:
            found.commit(key, row)

    def delete(self, name: str, key: Any) -> None:
        found = self.sets[name]
        found.settle(self.now)
        del found.rows[key]
        found.log.append((key, False))

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        self.advance(REQUEST_SECONDS)
        fault = self._faults.popleft() if self._faults else None
        if fault == "drop":
            raise httpx.ReadError("dropped", request=request)
        if fault == "401":
            self.token = None
        elif fault:
            return self._response(*FAULTS[fault])
        self.between()
        try:
            status, body = self._routed(request)
        except Refused as refused:
            status, body = (
                refused.status,
                json.dumps({"error": {"code": refused.code, "message": str(refused)}}).encode(),
            )
        return self._response(status, {}, body)

    def _response(self, status: int, headers: dict[str, str], body: bytes) -> httpx.Response:
        shown = {"Date": format_datetime(self.now, usegmt=True), **headers}
        return httpx.Response(status, headers=shown, stream=httpx.ByteStream(body))

    def _routed(self, request: httpx.Request) -> tuple[int, bytes]:
        raw = request.url.raw_path.decode()
        path, _, query = raw.partition("?")
        if request.url.host == httpx.URL(self.login).host:
            return self._grant(request)
        if request.headers.get("Authorization") != f"Bearer {self.token}" or (
            self.token is None or self.now >= self.token_until
        ):
            raise Refused(401, "Authentication_InvalidCredentials", "The token is not valid.")
        asked = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        prefer = request.headers.get("Prefer", "")
        name = unquote(path).removeprefix(httpx.URL(self.api).path.rstrip("/")).strip("/")
        self.requests.append((name, asked, prefer))
        answer = self.answer(name, asked, prefer)
        if isinstance(answer, bytes):
            return 200, answer
        return 200, json.dumps(answer).encode()

    def _grant(self, request: httpx.Request) -> tuple[int, bytes]:
        asked = dict(parse_qsl(request.content.decode()))
        if asked.get("grant_type") != "client_credentials" or "scope" not in asked:
            return 400, b'{"error":"invalid_request"}'
        if asked.get("client_secret") != self.secret:
            return 401, json.dumps(
                {"error": "invalid_client", "error_description": "AADSTS7000215"}
            ).encode()
        self.grants += 1
        self.token = f"token-{self.grants}-of-a-test"
        self.token_until = self.now + timedelta(seconds=TOKEN_SECONDS)
        return 200, json.dumps(
            {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "access_token": self.token}
        ).encode()

    def answer(self, name: str, asked: dict[str, str], prefer: str) -> Any:
        """The body for a path below the root; a subclass has paths of its own."""
        if name.endswith("$metadata"):
            return self.edmx()
        set_name = name.rpartition("/")[2]
        if set_name not in self.sets:
            raise Refused(404, "BadRequest_NotFound", f"no segment {set_name!r}")
        if set_name in self.denied:
            raise Refused(403, "Authorization_Denied", f"no permission to read {set_name}")
        self.sets[set_name].settle(self.now)
        return self.listed(name, set_name, asked, prefer)

    def listed(self, path: str, name: str, asked: dict[str, str], prefer: str) -> Any:
        """A page of a query, or the one that a link leads to."""
        link = asked.get("$skiptoken") or asked.get("$deltatoken")
        if link and self.forgets_links:
            raise Refused(self.forgets_links.popleft(), "LinkExpired", "the link has expired")
        if "$deltatoken" in asked:
            return self._changes(path, name, self._link(link), prefer)
        if link:
            kept = self._link(link)
            if "upto" in kept:
                return self._changes(path, name, kept, prefer)
            return self._page(path, name, kept["asked"], prefer, kept["after"], kept["tracked"])
        is_tracked = "track-changes" in prefer
        if is_tracked and not self.sets[name].is_tracked:
            raise Refused(400, "NotTracked", f"change tracking is not enabled for {name}")
        if is_tracked and {*asked} & {"$filter", "$orderby", "$expand", "$top"}:
            raise Refused(400, "NotSupported", "not supported when Change Tracking is enabled")
        return self._page(path, name, asked, prefer, None, is_tracked)

    def _link(self, token: str) -> dict[str, Any]:
        if token not in self._kept:
            raise Refused(410, "Gone", f"no such link: {token}")
        return self._kept[token]

    def _page(
        self, path: str, name: str, asked: dict[str, str], prefer: str, after: Any, tracked: bool
    ) -> Any:
        found = self.sets[name]
        if unknown := {*asked} - {"$select", "$filter", "$orderby", "$expand", "$top"}:
            raise Refused(400, "BadRequest", f"unknown option {min(unknown)}")
        if asked.get("$orderby", found.key) != found.key:
            raise Refused(400, "BadRequest", "this service is only taught to order by the key")
        fits = matching(asked.get("$filter", ""), found.types)
        keys = sorted(key for key, row in found.rows.items()
                      if (after is None or key > after) and fits(row))  # fmt: skip
        size = int(asked.get("$top") or self.page_size(prefer))
        body = {"@odata.context": f"{self.api}/$metadata#{name}",
                "value": [self.shown(name, found.rows[key], asked, prefer)
                          for key in keys[:size]]}  # fmt: skip
        if len(keys) > size and "$top" not in asked:
            kept = {"asked": asked, "after": keys[size - 1], "tracked": tracked}
            body["@odata.nextLink"] = self.link(path, asked, "$skiptoken", kept)
        elif tracked:
            body["@odata.deltaLink"] = self._delta_link(path, asked)
        return body

    def _delta_link(self, path: str, asked: dict[str, str]) -> str:
        """It stands for the page that it comes with, not for the begin of the read."""
        name = path.rpartition("/")[2]
        kept = {"asked": asked, "after": len(self.sets[name].log), "at": self.now}
        return self.link(path, {}, "$deltatoken", kept)

    def _changes(self, path: str, name: str, kept: dict[str, Any], prefer: str) -> Any:
        """What was committed behind a link: changes in their order, then deletions."""
        found = self.sets[name]
        upto = kept.get("upto", len(found.log))
        last = {key: at for at, (key, _) in enumerate(found.log[:upto]) if at >= kept["after"]}
        order = sorted(last, key=lambda key: (key not in found.rows, last[key]))
        skip, size = kept.get("skip", 0), self.page_size(prefer)
        some = order[skip : skip + size]
        context = f"{self.api}/$metadata#{name}/$deletedEntity"
        value = [self.shown(name, found.rows[key], kept["asked"], prefer) if key in found.rows
                 else {"@odata.context": context, "id": key, "reason": "deleted"}
                 for key in some]  # fmt: skip
        body: dict[str, Any] = {"value": value}
        if skip + size < len(order):
            more = {**kept, "upto": upto, "skip": skip + size}
            body["@odata.nextLink"] = self.link(path, {}, "$skiptoken", more)
        else:
            body["@odata.deltaLink"] = self._delta_link(path, kept["asked"])
        return body

    def link(self, path: str, asked: dict[str, str], kind: str, kept: dict[str, Any]) -> str:
        token = f"<cookie {next(self._links)}>%"
        self._kept[token] = kept
        shown = "&".join(f"{one}={quote(value, safe='')}" for one, value in asked.items())
        return f"{self.api}/{path}?{shown}{'&' if shown else ''}{kind}={quote(token, safe='')}"

    def page_size(self, prefer: str) -> int:
        size = re.search(r"maxpagesize=(\d+)", prefer)
        return min(int(size[1]), self.largest_page) if size else self.largest_page

    def shown(self, name: str, row: dict[str, Any], asked: dict[str, str], prefer: str) -> Any:
        """A record as it is written, with the fields that were asked for."""
        found = self.sets[name]
        names = asked["$select"].split(",") if "$select" in asked else list(found.types)
        self._known(names, found.types, name)
        body = {"@odata.etag": 'W/"1"'}
        body |= {one: self.written(row.get(one), found.types[one]) for one in names}
        body.setdefault(found.key, row[found.key])
        for part in re.findall(r"(\w+)\(\$select=([\w,]+)\)", asked.get("$expand", "")):
            fields = part[1].split(",")
            if part[0] not in found.lists:
                raise Refused(400, "BadRequest", f"no list {part[0]!r}")
            types = found.lists[part[0]]
            self._known(fields, types, part[0])
            body[part[0]] = [{one: self.written(line.get(one), types[one]) for one in fields}
                             for line in row.get(part[0], ())]  # fmt: skip
        return body

    def _known(self, names: list[str], types: dict[str, str], where: str) -> None:
        if unknown := [one for one in names if one not in types]:
            raise Refused(
                400, "BadRequest",
                f"Could not find a property named '{unknown[0]}' on type '{where}'.",
            )  # fmt: skip

    def written(self, value: Any, kind: str) -> Any:
        if isinstance(value, datetime):
            text = value.astimezone(UTC).isoformat(timespec=self.stamp_digits)
            return text.replace("+00:00", "Z")
        return value.isoformat() if isinstance(value, date) else value

    def edmx(self) -> bytes:
        """What `$metadata` says."""
        types, sets = [], []
        every = {name: one.types for name, one in self.sets.items()}
        for one in self.sets.values():
            every |= one.lists
        for name, fields in every.items():
            lists = self.sets[name].lists if name in self.sets else {}
            shown = "".join(f'<Property Name="{n}" Type="Edm.{t}"/>' for n, t in fields.items())
            shown += "".join(f'<NavigationProperty Name="{n}" Type="x"/>' for n in lists)
            types.append(f'<EntityType Name="{name}_" BaseType="NS.base">{shown}</EntityType>')
            sets.append(f'<EntitySet Name="{name}" EntityType="NS.{name}_"/>')
        return (
            '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0"'
            ' xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
            '<Schema Namespace="NS" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
            f'<EntityType Name="base" Abstract="true"/>{"".join(types)}'
            f'<EntityContainer Name="C">{"".join(sets)}</EntityContainer>'
            "</Schema></edmx:DataServices></edmx:Edmx>"
        ).encode()
