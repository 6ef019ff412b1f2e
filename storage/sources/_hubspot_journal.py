"""HubSpot's journal: what changed, was merged or is gone, for apps that have subscribed to it.

The journal is a hint: it says which records to read again, and nothing is taken from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from storage.sources import SourceError
from storage.sources._http import Http, Reply, TryLater

JOURNAL = "webhooks-journal/journal/2026-03"
SCOPE = "developer.webhooks_journal.read"
TOKEN = "oauth/2026-03/token"  # noqa: S105 - where tokens are had
BEGIN = ""  # in place of an offset: from the first entry that is there
# What the journal calls the types of objects.
TYPES = {
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets", "0-19":
    "feedback_submissions", "0-46": "notes", "0-47": "meetings", "0-48": "calls", "0-49": "emails",
    "0-69": "subscriptions",
}  # fmt: skip


class Lost(Exception):
    """The journal does not reach back to the offset: it keeps three days."""


@dataclass(frozen=True)
class Entry:
    """One file of the journal: its offset, and by type the ids of the records it speaks of."""

    offset: str
    touched: Mapping[str, frozenset[str]]


@dataclass
class Journal:
    """The journal of an app in one account; each file of it is read once a run.

    `http` is let in as the app; `elsewhere` opens the address of a file, which needs no key.
    `portal` is the account's number, 0 for the only one.
    """

    http: Http
    elsewhere: Callable[[str], Http]
    portal: int = 0
    _read: dict[str, Entry] = field(default_factory=dict)

    def latest(self) -> str:
        """The offset behind which what happens from now on will stand."""
        found = self._asked("latest")
        return BEGIN if found is None else str(found["currentOffset"])

    def after(self, offset: str) -> Entry | None:
        """The entry behind an offset, null where there is none yet; `Lost` if that is forgotten."""
        if offset not in self._read:
            found = self._asked(f"offset/{offset}/next" if offset else "earliest")
            if found is None:
                return None
            events = self._events(str(found["url"]))
            self._read[offset] = Entry(str(found["currentOffset"]), _touched(events, self.portal))
        return self._read[offset]

    def _asked(self, what: str) -> Mapping[str, Any] | None:
        asked = {"installPortalId": self.portal} if self.portal else None
        reply = self.http.get(f"{JOURNAL}/{what}", asked)
        if reply.status == 204 or (reply.status == 200 and not reply.body):
            return None
        if reply.status == 404 and what.startswith("offset/"):
            raise Lost(what)
        return _object(reply.checked())

    def _events(self, address: str) -> list[Any]:
        url = httpx.URL(address)
        if url.scheme not in ("https", self.http.base.scheme):
            raise SourceError(f"the journal of {self.http.base.host} is at a place without TLS")
        file = self.elsewhere(str(url.copy_with(raw_path=b"/")))
        reply = file.get(str(url))
        if reply.status >= 300:  # its address holds for minutes
            raise TryLater(f"{url.host}: a file of the journal answers {reply.status}")
        events = _object(reply).get("journalEvents")
        return events if isinstance(events, list) else []


def _touched(events: list[Any], portal: int) -> dict[str, frozenset[str]]:
    """The records that events speak of, those that were merged away included."""
    found: dict[str, set[str]] = {}
    for one in events:
        kind = TYPES.get(str(one.get("objectTypeId")))
        if kind is None or (portal and one.get("portalId") not in (portal, str(portal))):
            continue
        ids = [one.get("objectId"), *(one.get("mergedObjectIds") or ())]
        found.setdefault(kind, set()).update(str(id_) for id_ in ids if str(id_).isdecimal())
    return {kind: frozenset(ids) for kind, ids in found.items()}


def _object(reply: Reply) -> Mapping[str, Any]:
    said = reply.json()
    if not isinstance(said, dict):
        raise TryLater(f"{reply.place} did not answer with a JSON object")
    return said
