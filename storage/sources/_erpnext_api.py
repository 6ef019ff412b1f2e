"""The requests to a Frappe site: lists of documents by key, its fields, its zone, its errors."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from storage.sources import Row, SourceError
from storage.sources._http import Http
from storage.sources._rest import Listed, Refused, good, records_of
from storage.sources._window import Window

Filter = list[Any]
# every document has these, whatever its type
STANDARD = frozenset({
    "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent",
    "parentfield", "parenttype",
})  # fmt: skip
# names in one filter: an address may not be longer than 8 kB
NAMES, LETTERS = 100, 3_000
# longer than a change of clocks and what may be written while it happens
FOLD = timedelta(hours=3)
SYSTEM = "System Settings"


@dataclass
class Site:
    """One Frappe site. `zone` is that of leadline.toml, for a site that does not tell its own."""

    http: Http
    page: int
    zone: ZoneInfo
    _fields: dict[str, frozenset[str]] = field(default_factory=dict)

    def listed(
        self,
        doctype: str,
        fields: Iterable[str],
        filters: Sequence[Filter] = (),
        *,
        either: Sequence[Filter] = (),
        order: str = "name asc",
        limit: int = 0,
        parent: str = "",
    ) -> list[Row]:
        """Documents of a type; of those in a table of others, `parent` is the type of these."""
        asked = {
            "fields": _json(list(fields)),
            "filters": _json(list(filters)),
            "order_by": order,
            "limit_page_length": limit or self.page,
        }
        if either:
            asked["or_filters"] = _json(list(either))
        if parent:
            asked["parent"] = parent
        reply = self.http.get(f"api/resource/{quote(doctype)}", asked)
        hint = f": give its user a role that reads {parent or doctype}"
        body = good(reply, said, hint)
        return records_of(body, "data", self.http.base.host)

    def all(
        self, doctype: str, fields: Iterable[str], filters: Sequence[Filter] = (), parent: str = ""
    ) -> Iterator[list[Row]]:
        """All documents of a type in order of names, by the page; at least one, if an empty one."""
        after: Any = None
        wanted = list(dict.fromkeys(["name", *fields]))
        while True:
            behind = [*filters, ["name", ">", after]] if after is not None else filters
            found = self.listed(doctype, wanted, behind, parent=parent)
            yield found
            if len(found) < self.page:
                return
            after = _onward(found[-1]["name"], after, self.http.base.host)

    def named(
        self,
        doctype: str,
        fields: Iterable[str],
        by: str,
        names: Iterable[str],
        filters: Sequence[Filter] = (),
        parent: str = "",
    ) -> Iterator[Row]:
        """The documents of which the field `by` is one of the names."""
        for some in _some(sorted({name for name in names if name})):
            for found in self.all(doctype, fields, [[by, "in", some], *filters], parent):
                yield from found

    def changed(
        self,
        doctype: str,
        fields: Iterable[str],
        filters: Sequence[Filter],
        window: Window,
        after: Any,
        stamp: str = "modified",
    ) -> Listed:
        """A page of what changed in a window, behind a stamp and a name.

        Two conditions make the key: stamps from the last one on, and of these either a later one
        or a later name. The site compares names, as it sorts them, by its own alphabet.
        """
        start, end = self.bounds(window)
        within: list[Filter] = [*filters, [stamp, "<", end]]
        either: list[Filter] = []
        if after is not None:
            within.append([stamp, ">=", after[0]])
            either = [[stamp, ">", after[0]], ["name", ">", after[1]]]
        elif start is not None:
            within.append([stamp, ">=", start])
        wanted = list(dict.fromkeys(["name", stamp, *fields]))
        order = f"{stamp} asc, name asc"
        found = self.listed(doctype, wanted, within, either=either, order=order)
        if after is not None and found and [found[0][stamp], found[0]["name"]] == list(after):
            raise SourceError(
                f"{self.http.base.host}: this version can't page by or_filters: upgrade it",
                permanent=True,
            )
        last = [found[-1][stamp], found[-1]["name"]] if len(found) == self.page else None
        return Listed(found, last)

    def fields(self, doctype: str) -> frozenset[str]:
        """The fields of a type of documents; asked once."""
        if doctype not in self._fields:
            body = self.call("frappe.desk.form.load.getdoctype", doctype=doctype, with_parent=0)
            for one in body.get("docs") or []:
                names = {str(row.get("fieldname")) for row in one.get("fields") or []}
                self._fields[str(one.get("name"))] = STANDARD | names
        if doctype not in self._fields:
            raise SourceError(f"{self.http.base.host} does not tell the fields of {doctype}")
        return self._fields[doctype]

    def call(self, method: str, **asked: Any) -> Row:
        return good(self.http.get(f"api/method/{method}", asked), said, f" ({method})")

    @cached_property
    def told_zone(self) -> str | None:
        """The zone in which the site writes its times; null where it does not tell."""
        for path, name in (
            (f"api/resource/{quote(SYSTEM)}/{quote(SYSTEM)}", "data"),
            ("api/method/frappe.client.get_time_zone", "message"),
        ):
            try:
                told = good(self.http.get(path), said).get(name)
            except Refused as error:
                if error.status == 401:
                    raise
                continue
            zone = told.get("time_zone") if isinstance(told, dict) else None
            if zone in available_timezones():
                return str(zone)
        return None

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.told_zone) if self.told_zone else self.zone

    def bounds(self, window: Window) -> tuple[str | None, str]:
        """The window in the site's own time, wide enough where clocks went back in it.

        Then an hour is written twice, and what is behind the end may bear a time before it.
        """
        start = window.start
        before = window.end - FOLD if start is None else min(start, window.end - FOLD)
        twice = max(timedelta(0), self._offset(before) - self._offset(window.end))
        end = self._local(window.end + twice) if twice else self._local(window.end)
        return (None if start is None else self._local(start - twice)), end

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.tz).utcoffset() or timedelta(0)

    def _local(self, at: datetime) -> str:
        return at.astimezone(self.tz).strftime("%Y-%m-%d %H:%M:%S.%f")


@lru_cache(1024)  # rows of one document bear one stamp, and so do batches
def is_twice(at: datetime, zone: ZoneInfo) -> bool:
    """Whether an instant lies in the hour that is written twice, so that nobody knows which."""
    local = at.astimezone(zone).replace(tzinfo=None)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first < second


def said(body: Row) -> str | None:
    """What Frappe says of an error: the messages meant for people, else the exception."""
    words: list[str] = []
    try:
        for one in msgspec.json.decode(str(body.get("_server_messages") or "[]")):
            told = msgspec.json.decode(one)
            words.append(str(told.get("message")) if isinstance(told, dict) else str(told))
    except (msgspec.DecodeError, TypeError):
        words = []
    found = "; ".join(words) or body.get("exception") or body.get("exc_type")
    return str(found)[:300] if found else None


def _some(names: Sequence[str]) -> Iterator[list[str]]:
    """The names in lists that an address can hold."""
    part: list[str] = []
    letters = 0
    for name in names:
        long = len(quote(name)) + 9
        if part and (len(part) == NAMES or letters + long > LETTERS):
            yield part
            part, letters = [], 0
        part.append(name)
        letters += long
    if part:
        yield part


def _onward(name: Any, after: Any, place: str) -> Any:
    if name == after:
        raise SourceError(f"{place}: a list does not go on behind {after!r}", permanent=True)
    return name


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
