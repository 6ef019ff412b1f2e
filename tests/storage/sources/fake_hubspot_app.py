"""The account as an app sees it that is installed by OAuth: tokens that run out, and a journal.

Written from HubSpot's descriptions: a refresh token is good once, access tokens for half an hour;
the journal has one entry for each file of events, and forgets after three days.
"""

import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.storage.sources.fake_hubspot import INDEX_LAG, TOKEN, Answer, FakeHubSpot
from tests.storage.sources.fake_hubspot_records import Properties, Refused, iso

CLIENT, SECRET, REFRESH = "an-app", "app-secret", "refresh-0"
LIVES = timedelta(minutes=30)
KEPT = timedelta(days=3)
PORTAL = 4711
TYPE_IDS = {
    "contacts": "0-1", "companies": "0-2", "deals": "0-3", "tickets": "0-5", "calls": "0-48",
}  # fmt: skip


@dataclass(frozen=True)
class Filed:
    """One file of the journal."""

    offset: str
    at: datetime
    events: list[dict[str, Any]]


class HubSpotApp(FakeHubSpot):
    """`follows` are the types that the app subscribed to; `elsewhere` where the files are."""

    def __init__(self) -> None:
        super().__init__()
        self.refresh, self.elsewhere = REFRESH, ""
        self.follows = set(TYPE_IDS)
        self.files: list[Filed] = []
        self._events: list[dict[str, Any]] = []
        self._tokens: dict[str, tuple[datetime, str]] = {}
        self._grants = itertools.count(1)

    def revoke(self) -> None:
        """All access tokens run out at once."""
        self._tokens.clear()

    def create(
        self, kind: str, properties: Iterable[Properties], late: float = INDEX_LAG
    ) -> list[str]:
        made = super().create(kind, properties, late)
        self._tell(kind, "CREATE", made)
        return made

    def change(self, kind: str, changes: Mapping[str, Properties], late: float = INDEX_LAG) -> None:
        super().change(kind, changes, late)
        self._tell(kind, "UPDATE", changes)

    def archive(self, kind: str, ids: Sequence[str], late: float = INDEX_LAG) -> None:
        super().archive(kind, ids, late)
        self._tell(kind, "DELETE", ids)

    def link(self, kind: str, record_id: str, company: str, label: str | None = None) -> None:
        super().link(kind, record_id, company, label)
        self._tell(kind, "ASSOCIATION_ADDED", [record_id])

    def merge(self, kind: str, gone: str, into: str) -> None:
        super().merge(kind, gone, into)
        self._tell(kind, "MERGE", [into], mergedObjectIds=[int(gone)])

    def tell_of(self, portal: int, ids: Sequence[str]) -> None:
        """Changes in another account that has the app."""
        self._tell("deals", "UPDATE", ids, portalId=portal)

    def _tell(self, kind: str, action: str, ids: Iterable[str], **more: Any) -> None:
        if kind not in self.follows:
            return
        self._events += [
            {"type": "crmObject", "portalId": PORTAL, "occurredAt": iso(self.now),
             "objectTypeId": TYPE_IDS[kind], "objectId": int(one), "action": action, **more}
            for one in ids
        ]  # fmt: skip

    def publish(self) -> None:
        """What happened since the last file becomes one."""
        if self._events:
            offset = str(uuid.UUID(int=len(self.files) + 1))
            self.files.append(Filed(offset, self.now, self._events))
            self._events = []

    def answer(self, method: str, path: str, asked: dict[str, Any], token: str) -> Answer:
        try:
            if path == "/oauth/2026-03/token":
                return 200, self._granted(asked)
            if path.startswith("/files/"):
                return 200, self._file(path.rpartition("/")[2])
            use = self._use_of(token)
            if path.startswith("/webhooks-journal/journal/2026-03/"):
                self.requests.append((method, path, asked))
                if use != "client_credentials":
                    raise Refused(403, "This journal is for the app itself")
                return self._entry(path.removeprefix("/webhooks-journal/journal/2026-03/"))
        except Refused as refused:
            return refused.status, refused.body
        is_good = use == "access_token"
        return super().answer(method, path, asked, f"Bearer {TOKEN}" if is_good else "none")

    def _granted(self, asked: dict[str, Any]) -> Any:
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            raise Refused(400, "missing or unknown client id", error="invalid_client")
        number, use = next(self._grants), "access_token"
        if asked["grant_type"] == "client_credentials":
            use = "client_credentials"
            if asked.get("scope") != "developer.webhooks_journal.read":
                raise Refused(400, "no such scope", error="invalid_scope")
        elif asked.get("refresh_token") != self.refresh:
            raise Refused(400, "missing or invalid refresh token", error="invalid_grant")
        token = f"access-{number}"
        self._tokens[token] = (self.now + LIVES, use)
        body = {"access_token": token, "token_type": "bearer", "token_use": use,
                "expires_in": int(LIVES.total_seconds())}  # fmt: skip
        if use == "access_token":
            self.refresh = f"refresh-{number}"
            body["refresh_token"] = self.refresh
        return body

    def _use_of(self, token: str) -> str:
        until, use = self._tokens.get(token.removeprefix("Bearer "), (self.now, ""))
        if until <= self.now:
            raise Refused(401, "The token used to make this request expired.")
        return use

    def _entry(self, asked: str) -> Answer:
        self.publish()
        files = [one for one in self.files if one.at > self.now - KEPT]
        if asked == "earliest":
            found = files[:1]
        elif asked == "latest":
            found = files[-1:]
        else:
            _, offset, _ = asked.split("/")
            offsets = [one.offset for one in files]
            if offset not in offsets:
                raise Refused(404, "the offset has expired")
            found = files[offsets.index(offset) + 1 :][:1]
        if not found:
            return 204, None
        return 200, {
            "url": f"{self.elsewhere}/files/{found[0].offset}", "currentOffset": found[0].offset,
            "expiresAt": iso(self.now + timedelta(minutes=5)),
        }  # fmt: skip

    def _file(self, offset: str) -> Any:
        [found] = [one for one in self.files if one.offset == offset]
        return {"offset": offset, "publishedAt": iso(found.at), "journalEvents": found.events}
