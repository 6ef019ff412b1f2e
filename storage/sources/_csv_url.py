"""Files at URLs: fetched once a run, and only where the server does not say they are as before."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath

import httpx

from storage.sources import SourceError
from storage.sources._csv_files import File
from storage.sources._http import Http, Reply, TryLater
from storage.sources._http_clock import http_date

Tags = Mapping[str, str]
# the header that tells a version, and the one that asks whether it is still that
VERSIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
PLACE = "{secret}"
NOT_MODIFIED = 304


def is_url(name: str) -> bool:
    return "://" in name


class Web:
    """Files by URL. `secret` takes the place of {secret} in one, or else is shown as a token."""

    def __init__(self, http: Callable[..., Http], secret: str) -> None:
        self._http, self._secret = http, secret
        self._had: dict[str, tuple[File, Tags]] = {}

    def file(self, url: str, tags: Tags | None = None) -> tuple[File, Tags] | None:
        """The file and the tags of its version; null where it is still the one of `tags`.

        Without tags it is the one that this run has fetched already.
        """
        if tags is None and url in self._had:
            return self._had[url]
        asked = {VERSIONS[name]: tag for name, tag in (tags or {}).items() if name in VERSIONS}
        reply = self._get(url, asked)
        if reply is None:
            return None
        found = {name: reply.headers[name] for name in VERSIONS if name in reply.headers}
        name = PurePosixPath(httpx.URL(url).path).name
        self._had[url] = File(name, _at(reply), partial(io.BytesIO, reply.body)), found
        return self._had[url]

    def _get(self, url: str, asked: Mapping[str, str]) -> Reply | None:
        where = httpx.URL(url.replace(PLACE, self._secret))
        if where.scheme != "https":
            raise SourceError(f"{url}: only https is read", permanent=True)
        shown = {} if PLACE in url or not self._secret else {
            "Authorization": f"Bearer {self._secret}"
        }  # fmt: skip
        origin = f"{where.scheme}://{where.netloc.decode()}"
        client = self._http(origin, headers=shown, secrets=(self._secret,))
        reply: Reply = client.send("GET", str(where), headers=asked)
        if reply.status == NOT_MODIFIED and asked:
            return None
        if "html" in reply.checked().headers.get("content-type", ""):
            raise TryLater(f"{where.host} answers with a page and not with a file")
        return reply


def _at(reply: Reply) -> datetime:
    """When the file was last written, or when it was sent, by the server's clock."""
    for name in ("last-modified", "date"):
        if at := http_date(reply.headers.get(name, "")):
            return at.astimezone(UTC)
    raise TryLater(f"{reply.place} does not say what time it is")
