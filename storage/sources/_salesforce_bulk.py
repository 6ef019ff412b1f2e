"""Large results of Salesforce: a job makes them, and they are fetched as CSV by the part."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._keyset import PlaceLost
from storage.sources._salesforce_api import Api, ApiError

JOBS = "jobs/query"
WORKING = frozenset({"UploadComplete", "InProgress"})
FIRST_WAIT, LONGEST_WAIT = 1.0, 20.0  # seconds
WAITS = 90  # about half an hour


@dataclass(frozen=True)
class Part:
    """A part of a result; `locator` is where the next one begins, null behind the last."""

    records: list[dict[str, Any]]
    locator: str | None


@dataclass(frozen=True)
class Bulk:
    """The jobs of one organisation, which are kept for seven days; `rows`: the most in a part."""

    api: Api
    rows: int

    def begin(self, soql: str) -> str:
        """The id of a new job for a query that sees deleted and archived records too."""
        return str(self.api.post(JOBS, {"operation": "queryAll", "query": soql})["id"])

    def waits(self, job: str) -> Iterator[None]:
        """Something for each time that it was waited for, until the job is done.

        `PlaceLost` where there is no such job any more, or it came to nothing.
        """
        wait = FIRST_WAIT
        for _ in range(WAITS):
            state = self._asked(job)
            if state == "JobComplete":
                return
            if state not in WORKING:
                raise PlaceLost
            self.api.http.pause(wait)
            wait = min(2 * wait, LONGEST_WAIT)
            yield
        raise TryLater(f"{self.api.http.base.host}: a bulk job is not done after half an hour")

    def part(self, job: str, locator: str | None) -> Part:
        asked = {"maxRecords": self.rows, **({"locator": locator} if locator else {})}
        try:
            reply = self.api.reply("GET", f"{JOBS}/{job}/results", params=asked)
        except ApiError as error:
            raise _lost(error) from error
        if not reply.headers.get("content-type", "").startswith("text/csv"):
            reply.json()  # says what it is instead
            raise SourceError(f"{reply.place} answers a bulk job with something else than CSV")
        following = reply.headers.get("sforce-locator", "null")
        return Part(
            records(reply.body.decode("utf-8-sig")), None if following == "null" else following
        )

    def _asked(self, job: str) -> str:
        try:
            return str(self.api.get(f"{JOBS}/{job}").get("state"))
        except ApiError as error:
            raise _lost(error) from error


def _lost(error: ApiError) -> Exception:
    """A job that is not known any more, or a part of it, is begun anew; the rest is an error."""
    return PlaceLost() if error.status in (400, 404, 410) else error


def records(text: str) -> list[dict[str, Any]]:
    """The rows of a CSV as records as the other interface gives them: `Owner.Name` within Owner.

    An empty cell is null; all others are text.
    """
    return [_record(row) for row in csv.DictReader(StringIO(text, newline=""))]


def _record(row: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in row.items():
        *path, last = name.split(".")
        place = made
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value or None
    return made
