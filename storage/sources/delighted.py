"""Delighted: what customers answered, with the kind of survey and its scale."""

import base64
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Ask, Health, Kind, Page, Row, State, StreamSpec
from storage.sources._answers import answered
from storage.sources._entity import Entity, EntitySettings, needed, of, text, unknown, with_own
from storage.sources._entity import Record as Given
from storage.sources._http import Http
from storage.sources._seconds import seconds
from storage.sources._sliced import Sliced
from storage.sources._slices import SECOND, Part, Record

PAGE = 100
BEGINNING = datetime(2012, 1, 1, tzinfo=UTC)  # Delighted is younger than that
# Kinds of surveys, and the highest score of each. Others are no answers of customers about us.
SCALES = {"nps": 10, "csat": 5, "csat3": 3, "ces": 5, "ces7": 7}


def _answer(row: Row, record: Given, zone: ZoneInfo) -> Row | None:
    """The kind without what tells its steps; null for a survey of another kind."""
    said = str(row["kind"]).lower()
    if said not in SCALES:
        return None
    stamp = seconds(record.get("updated_at"), zone)
    kind = said.rstrip("0123456789")
    return {**row, "kind": kind, "scale": SCALES[said], "source_updated_at": stamp}


RESPONSE = Entity(
    "survey_response", "survey_responses", "surveyresponse", ("id",),
    {
        "kind": needed("survey_type"), "score": needed("score"), "comment": of("comment"),
        "responded": needed("created_at", read=seconds), "account_ref": of("person", read=text),
    },
    finish=_answer,
)  # fmt: skip
RESPONSES = StreamSpec(
    "survey_responses", ("surveyresponse",), sweep_every=timedelta(days=7)
)  # fmt: skip


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is the API key of one project. Who answered is Delighted's own id of a person;
    where people are sent with the id of their company, name that:
    `fields.surveyresponse.account_ref = "person_properties.company_id"`."""

    url: str = "https://api.delighted.com"


class Delighted:
    """One project. Its pages are counted from the first response, so it is read in slices."""

    streams: Sequence[StreamSpec] = (RESPONSES,)

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        (self.entity,) = with_own((RESPONSE,), settings.fields, settings.key)

    def check(self) -> Health:
        """Fields of one's own that the newest response does not have."""
        found = self._listed({"per_page": 1})
        own = self.settings.fields.get("surveyresponse", {})
        missing = unknown(self.entity, own, found[0]) if found else []
        return Health("v1", "UTC", self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        return self._sliced().pages(stream, state, self._server_now())

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        return self._sliced().ids(stream, self._server_now())

    def _sliced(self) -> Sliced:
        def rows(record: Record) -> list[tuple[str, Row]]:
            return list(self.entity.rows(record, self.settings.tz))

        return Sliced(self._ask, rows, _id, _id, BEGINNING)

    def _ask(self, start: datetime, end: datetime, cursor: str | None) -> Part:
        """A page of those updated on or after a second, and on or before another."""
        page, until = int(cursor or 1), end - SECOND
        found = self._listed({
            "per_page": PAGE, "page": page, "order": "asc:updated_at",
            "updated_since": int(start.timestamp()), "updated_until": int(until.timestamp()),
        })  # fmt: skip
        return Part(found, str(page + 1) if len(found) == PAGE else None)

    def _listed(self, asked: dict[str, Any]) -> list[Record]:
        found: list[Record] = answered(self.http.get("v1/survey_responses.json", asked))
        return found

    def _server_now(self) -> datetime:
        return self.http.now(lambda: self._listed({"per_page": 1}))


def _id(response: Record) -> str:
    return str(response.get("id"))


def open_delighted(settings: Settings, http: Callable[..., Http]) -> Delighted:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    known = base64.b64encode(f"{settings.secret}:".encode()).decode()
    headers, secrets = {"Authorization": f"Basic {known}"}, (settings.secret, known)
    return Delighted(settings, http(settings.url, headers=headers, secrets=secrets))


ASKS = (Ask("secret", "The API key of the project", is_secret=True),)
SOURCE = Kind("delighted", Settings, open_delighted, ASKS)
