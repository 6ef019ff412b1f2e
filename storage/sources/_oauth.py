"""Tokens that run out: fetched when needed, once for all threads, and kept where they rotate."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from storage.sources import SourceError
from storage.sources._answers import refusal
from storage.sources._http import Http, Reply

# a token is not used in its last minute, which a long page may take
EARLY = timedelta(minutes=1)
TOKENS = "leadline.tokens"


class Kept:
    """Refresh tokens that a server exchanged for new ones, in a file that only its owner reads.

    They are written before they are used: a token that was exchanged and lost locks us out. So
    does one that two exchange at once, and all sources share the file: see `alone`.
    """

    def __init__(self, folder: str, key: str) -> None:
        self.path, self.key = Path(folder) / TOKENS, key

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Meanwhile nobody else comes by here, neither a thread of ours nor another process.

        That the file can't be written is found out here, before a token is given away for it.
        """
        lock = self.path.with_name(f"{TOKENS}.lock")
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SourceError(
                f"{lock.absolute()} can't be written: {error.strerror}. Tokens that a server"
                " exchanges are kept there; set folder to another place",
                permanent=True,
            ) from error
        with os.fdopen(descriptor):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield

    def exchanged(self, given: str, ask: Callable[[str], Mapping[str, Any]]) -> Mapping[str, Any]:
        """What the server answers to `ask`, with the newest token; the one it gives is kept."""
        with self.alone():
            used = self.token(given)
            said = ask(used)
            rotated = said.get("refresh_token")
            if isinstance(rotated, str) and rotated not in ("", used):
                self.keep(given, rotated)
            return said

    def token(self, given: str) -> str:
        """The newest of those that came of the token in the settings; that one if none did."""
        kept = self._all().get(self.key) or {}
        return str(kept["now"]) if kept.get("given") == given else given

    def keep(self, given: str, token: str) -> None:
        every = {**self._all(), self.key: {"given": given, "now": token}}
        new = self.path.with_name(f"{TOKENS}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(every))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def _all(self) -> dict[str, Any]:
        try:
            found = msgspec.json.decode(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{self.path.name} can't be read: {error}", permanent=True) from error
        return found if isinstance(found, dict) else {}


class Bearer:
    """An `Auth` of a token that `fetch` brings.

    `fetch()` gives what the token server answered: `access_token`, and where it says so
    `expires_in` (seconds). It is asked again when that is over or the token was refused.
    """

    def __init__(self, fetch: Callable[[], Mapping[str, Any]], clock: Callable[[], datetime]):
        self.fetch, self.clock = fetch, clock
        self._lock = threading.Lock()
        self._headers: Mapping[str, str] = {}
        self._until: datetime | None = None

    def __call__(self, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        with self._lock:
            is_over = self._until is not None and self.clock() >= self._until
            if not self._headers or is_over or refused == self._headers:
                self._renew()
            return self._headers

    def _renew(self) -> None:
        said = self.fetch()
        self._headers = {"Authorization": f"Bearer {said['access_token']}"}
        lives = said.get("expires_in")
        self._until = self.clock() + timedelta(seconds=float(lives)) - EARLY if lives else None


def granted(http: Http, path: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """What a token server grants; a `SourceError` in its own words where it does not."""
    reply = http.form(path, fields)
    if reply.status in (400, 401, 403):
        raise SourceError(f"{reply.place} gives no token: {_why(http, reply)}", permanent=True)
    return given_token(reply)


def given_token(reply: Reply) -> Mapping[str, Any]:
    """What a token server answered, in which there must be a token."""
    said: Any = reply.checked().json()
    if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
        raise SourceError(f"{reply.place} answered a request for a token without one")
    return said


def client_credentials(
    http: Http, path: str, client: str, secret: str, **more: str
) -> Callable[[], Mapping[str, Any]]:
    """Fetches a token for an application's own id and secret."""
    fields = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    return lambda: granted(http, path, {**fields, **more})


def refreshed(
    http: Http, path: str, given: str, kept: Kept, **more: str
) -> Callable[[], Mapping[str, Any]]:
    """Fetches a token for a refresh token, and keeps the new one where the server rotates it."""

    def ask(used: str) -> Mapping[str, Any]:
        fields = {"grant_type": "refresh_token", "refresh_token": used, **more}
        return granted(http, path, fields)

    return lambda: kept.exchanged(given, ask)


def utc_now() -> datetime:
    return datetime.now(UTC)


def _why(http: Http, reply: Reply) -> str:
    said = refusal(reply)
    if not isinstance(said, dict):
        return f"it answers {reply.status}"
    words = [str(said[name]) for name in ("error", "error_description") if said.get(name)]
    return http.redact(": ".join(words) or f"it answers {reply.status}")
