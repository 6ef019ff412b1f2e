"""The one HTTP client of all sources: bounded in time and size, and quiet about secrets."""

import random
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
import msgspec

from storage.sources import SourceError
from storage.sources._host import origin
from storage.sources._http_clock import http_date, retry_after

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
MAX_BYTES = 20 * 1024 * 1024
LONGEST_WAIT = 60.0
HIDDEN = "[hidden]"
FORM = "application/x-www-form-urlencoded"


class Auth(Protocol):
    """The headers that let a request in; `refused` are those that a server just did not take."""

    def __call__(self, refused: Mapping[str, str] | None = None) -> Mapping[str, str]: ...


class TryLater(SourceError):
    """The source is busy or away; `after`, where it said so, is how long it wants to be left."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class _Retry(Exception):
    """One try failed in a way that another may not."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True)
class Reply:
    """An answer of the server, whole. `json()` is strict: no NaN, no HTML, no bad UTF-8."""

    status: int
    headers: httpx.Headers
    body: bytes
    place: str

    def json(self) -> Any:
        try:
            return msgspec.json.decode(self.body.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise TryLater(f"{self.place} did not answer with JSON: {self._begin()}") from error

    def checked(self) -> "Reply":
        """Itself when the status is good; else a `SourceError` in words a person can act on."""
        if self.status < 300:
            return self
        if self.status == 401:
            raise SourceError(f"{self.place} refuses the key (401): renew it", permanent=True)
        if self.status == 403:
            raise SourceError(f"{self.place}: the key may not read this (403)", permanent=True)
        if self.status < 400:
            target = origin(self.headers.get("location", ""))  # the rest may let one in
            raise SourceError(
                f"{self.place} sends us to {target}: set that url if you trust it", permanent=True
            )
        raise SourceError(f"{self.place} answers {self.status}: {self._begin()}", permanent=True)

    def _begin(self) -> str:
        return self.body[:120].decode("utf-8", "replace").replace("\n", " ")


class Http:
    """Requests to one origin. Every request is a read, so a passing failure is tried again.

    `deadline` (seconds) bounds one request with its body; `budget` the number of requests, so
    that no run goes on for ever. `server_now` is the source's clock, from its last Date header.
    `on_busy` sees a failed reply before it is asked again, and raises where that is in vain; it may
    say how many seconds to wait where the server does not.
    `auth` gives the headers that change as time goes by; where they are refused (401) it is asked
    once for new ones. `busy` tells how long (seconds) a reply that looks good asks us to wait in
    its words before the next try; null where it is good.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        transport: httpx.BaseTransport | None = None,
        deadline: float = 60.0,
        max_bytes: int = MAX_BYTES,
        tries: int = 5,
        budget: int = 100_000,
        sleep: Callable[[float], None] = time.sleep,
        seed: int | None = None,
        on_busy: Callable[["Reply", datetime | None], float | None] = lambda reply, now: None,
        auth: Auth | None = None,
        busy: Callable[["Reply"], float | None] = lambda reply: None,
    ) -> None:
        self.base = httpx.URL(base_url)
        if self.base.scheme not in ("http", "https") or not self.base.host:
            raise SourceError(f"url must be http or https, not {base_url!r}", permanent=True)
        self.headers = dict(headers or {})
        self.server_now: datetime | None = None
        self.skew: timedelta | None = None
        self._secrets = [s for s in secrets if s]
        self._deadline, self._max_bytes, self._tries = deadline, max_bytes, tries
        self._budget, self._sleep = budget, sleep
        self._on_busy, self._auth, self._busy = on_busy, auth, busy
        self._random = random.Random(seed)  # noqa: S311 - jitter, not a secret
        self._client = httpx.Client(
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            headers={"Accept-Encoding": "gzip", "User-Agent": "leadline"},
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Reply:
        return self.send("GET", path, params=params)

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
        return self.send("POST", path, body=body, headers=headers)

    def now(self, ask: Callable[[], object] = lambda: None) -> datetime:
        """The source's clock; `ask` makes the request that tells it, where none did yet."""
        if self.server_now is None:
            ask()
        if self.server_now is None:
            raise SourceError(
                f"{self.base.host} sends no Date header: its clock is unknown", permanent=True
            )
        return self.server_now

    def pause(self, seconds: float) -> None:
        """Waits for a server that works on what it was asked for, as between two tries."""
        self._sleep(min(seconds, LONGEST_WAIT))

    def form(self, path: str, fields: Mapping[str, str]) -> Reply:
        """Posts fields as a form, which is how tokens are asked for."""
        return self.send("POST", path, body=fields, headers={"Content-Type": FORM})

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The reply, whatever its status, once it is not a passing failure; else `TryLater`.

        `path` is joined to the base url; an absolute one must be of the same origin.
        """
        if self._auth is None:
            return self._tried(method, path, params, body, headers)
        shown = self._shown(self._auth())
        reply = self._tried(method, path, params, body, {**shown, **(headers or {})})
        if reply.status != 401:
            return reply
        shown = self._shown(self._auth(shown))
        return self._tried(method, path, params, body, {**shown, **(headers or {})})

    def _shown(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers, whose secrets are ours from now on."""
        for value in headers.values():
            secret = value.rpartition(" ")[2]
            if secret and secret not in self._secrets:
                self._secrets.append(secret)
        return headers

    def _tried(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Any,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        url = self._url(path)
        for attempt in range(1, self._tries + 1):
            try:
                return self._once(method, url, params, body, headers)
            except _Retry as problem:
                message = self.redact(f"{self.base.host}: {problem}")
                wait = self._wait(problem.after, attempt)
                if attempt == self._tries or wait > LONGEST_WAIT:
                    raise TryLater(message, timedelta(seconds=wait)) from problem
                self._sleep(wait)
        raise AssertionError("the loop above returns or raises")

    def redact(self, text: str) -> str:
        """The text without any of our secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _hidden(self, raw: bytes) -> bytes:
        for secret in self._secrets:
            raw = raw.replace(secret.encode(), HIDDEN.encode())
        return raw

    def _url(self, path: str) -> httpx.URL:
        if "://" in path:
            url = httpx.URL(path)
            if (url.scheme, url.host, url.port) != (
                self.base.scheme, self.base.host, self.base.port,
            ):  # fmt: skip
                raise SourceError(f"{self.base.host} points to another host: {url.host}")
            return url
        return httpx.URL(str(self.base).rstrip("/") + "/" + path.lstrip("/"))

    def _once(
        self,
        method: str,
        url: httpx.URL,
        params: Mapping[str, Any] | None,
        body: Any,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        self._budget -= 1
        if self._budget < 0:
            raise TryLater(f"{self.base.host}: this run's budget of requests is used up")
        ends = time.monotonic() + self._deadline
        sent = {**self.headers, **(headers or {})}
        content = None if body is None else _encoded(body, sent.get("Content-Type", ""))
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        request = self._client.build_request(
            method, url, params=params, content=content, headers=sent, timeout=self._deadline
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                raw = b"".join(_capped(response, self._max_bytes, ends))
            finally:
                response.close()
        except httpx.TransportError as error:
            raise _Retry(f"did not answer ({type(error).__name__})") from error
        self._read_clock(response.headers)
        if response.status_code >= 300:  # a refusal is quoted to people, and some repeat the key
            raw = self._hidden(raw)
        reply = Reply(response.status_code, response.headers, raw, self.base.host)
        if response.status_code in RETRIED:
            wait = self._on_busy(reply, self.server_now)
            asked = retry_after(response.headers, self.server_now)
            raise _Retry(f"answers {response.status_code}", wait if asked is None else asked)
        if (after := self._busy(reply)) is not None:
            raise _Retry("wants to be asked less", after)
        return reply

    def _read_clock(self, headers: httpx.Headers) -> None:
        if stamp := http_date(headers.get("date", "")):
            self.server_now = stamp
            self.skew = stamp - datetime.now(UTC)

    def _wait(self, asked: float | None, attempt: int) -> float:
        own: float = self._random.uniform(0.5, 1.0) * 2.0**attempt
        return max(1.0, own if asked is None else asked)


def _encoded(body: Any, content_type: str) -> bytes:
    return urlencode(body).encode() if content_type == FORM else msgspec.json.encode(body)


def _capped(response: httpx.Response, max_bytes: int, ends: float) -> Iterator[bytes]:
    """The body, unpacked by us so that neither its size nor its slowness is unbounded."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", ""):
        raise SourceError(f"{response.url.host} answers in an encoding we did not ask for")
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding == "gzip" else None
    left = max_bytes
    for chunk in response.iter_raw():
        if time.monotonic() > ends:
            raise _Retry("is too slow")
        try:
            data = unzip.decompress(chunk, left + 1) if unzip else chunk
        except zlib.error as error:
            raise _Retry("sent a broken body") from error
        left -= len(data)
        if left < 0:
            most = f"more than {max_bytes // 1_048_576} MB"
            raise SourceError(f"{response.url.host} sent {most} at once", permanent=True)
        yield data
    if unzip and not unzip.eof:
        raise _Retry("cut its answer short")
