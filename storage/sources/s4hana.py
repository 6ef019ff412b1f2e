"""SAP S/4HANA, cloud or on premise, over its OData V2 services: a table of contents."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from storage.sources import Ask, Health, Kind, Page, SourceError, State, StreamSpec
from storage.sources._entity import EntitySettings, with_own
from storage.sources._http import Http
from storage.sources._oauth import Bearer, granted, utc_now
from storage.sources._odata2 import NOT_THERE, Client, Refused
from storage.sources._odata2_reader import Reader
from storage.sources._odata2_reading import Reading
from storage.sources._s4hana_goods import (
    CONSUMPTIONS,
    RECEIPTS,
    SHIPMENTS,
    STOCK_LEVELS,
    stock_levels,
    stock_moves,
)
from storage.sources._s4hana_make import INVOICES, MAKE_ORDERS
from storage.sources._s4hana_master import ITEM_READING, PARTNER_READING
from storage.sources._s4hana_movements import OUTSIDE
from storage.sources._s4hana_orders import READINGS
from storage.sources._skip import check_skip
from storage.sources._window import Window

PATH = "/sap/opu/odata/sap"
WEEK = timedelta(days=7)
A_DAY_BACK = timedelta(hours=24)
PURCHASES, PURCHASE_LINES, SALES, SALE_LINES = READINGS


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is the server's, as https://my300000-api.s4hana.cloud.sap; `zone` that in which it
    counts its days.

    `user` is a communication user and the secret its password; with `token_url` they are a client
    of OAuth 2.0 and its secret. `client`: the number of the client of a server on premise.
    `plants`: the zone of each plant that is in another than `zone`. `movement_types`: for each
    type of movement of one's own the standard one that it is like. In `fields` a field of the
    order's header is named with `header.` before it where a row is one of its items.
    """

    user: str
    token_url: str = ""
    client: str = ""
    plants: dict[str, str] = msgspec.field(default_factory=dict)
    movement_types: dict[str, str] = msgspec.field(default_factory=dict)


class S4Hana:
    """One client of one S/4HANA.

    Posted documents never change and are read by the day they were made; archiving takes them
    from the server, and not from us. Orders are read by the stamp of their header, and their open
    lines again every hour, for schedule lines do not always move it.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        check_skip(settings.key, settings.skip, SPECS)
        self.zones = {plant: _zone(zone) for plant, zone in settings.plants.items()}
        self.streams: Sequence[StreamSpec] = [
            one for name, one in SPECS.items() if name not in settings.skip
        ]
        readings = {**BY_STREAM, "stock_moves": stock_moves(settings.movement_types)}
        self.readings = self._with_own(readings)
        fixed = {"sap-client": settings.client} if settings.client else {}
        self.reader = Reader(Client(http, fixed), settings.tz, self._zone_of)

    def check(self) -> Health:
        """What the user may not read, and fields that are not there, by service and name."""
        missing: list[str] = []
        for stream in self.streams:
            reading = self.readings.get(stream.name)
            if reading is not None:
                own = list(self.settings.fields.get(stream.tables[0], {}).values())
                missing += self.reader.missing(reading, own)
        found = tuple(dict.fromkeys(missing))
        return Health("OData V2", self.settings.zone, self.http.skew, found)

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        try:
            if stream.name == "locations":
                yield self._locations()
            else:
                yield from self.reader.pull(self._reading(stream), stream, state)
        except Refused as error:
            raise self._explained(stream, error) from error

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        if stream.name == "locations":
            yield "location", [row["source_id"] for row in self._places()]
        else:
            yield from self.reader.ids(self._reading(stream), stream)

    def _reading(self, stream: StreamSpec) -> Reading:
        reading = self.readings[stream.name]
        if stream.name != "stock_levels":
            return reading
        own = stock_levels(self._now(reading).astimezone(self.settings.tz).date())
        return replace(reading, entities=own.entities)

    def _locations(self) -> Page:
        """The plants that settings tell of, and what is outside of all."""
        rows, now = self._places(), self._now(PURCHASES)
        state = Window(None, now).finished()
        return Page({"location": rows}, state, received=len(rows), high=now, begins=True)

    def _places(self) -> list[dict[str, Any]]:
        outside = [{"source_id": one, "name": one, "kind": one} for one in sorted(OUTSIDE)]
        plants = [
            {"source_id": plant, "name": plant, "code": plant, "kind": "warehouse", "tz": zone.key}
            for plant, zone in self.zones.items()
        ]
        return outside + plants

    def _now(self, reading: Reading) -> datetime:
        """The server's clock, which any answer of it shows."""
        self.reader.client.types(reading.service, reading.set)
        return self.reader.now()

    def _zone_of(self, record: Mapping[str, Any]) -> ZoneInfo:
        return self.zones.get(str(record.get("Plant") or ""), self.settings.tz)

    def _with_own(self, readings: Mapping[str, Reading]) -> dict[str, Reading]:
        """The readings with the fields of one's own, whose tables and columns must be there."""
        every = [one for reading in readings.values() for one in reading.entities]
        own = iter(with_own(every, self.settings.fields, self.settings.key))
        return {
            name: replace(reading, entities=tuple(next(own) for _ in reading.entities))
            for name, reading in readings.items()
        }

    def _explained(self, stream: StreamSpec, error: Refused) -> SourceError:
        if error.status not in NOT_THERE:
            return error
        return SourceError(
            f"{error}: let {self.settings.user} read it, or add {stream.name!r} to skip",
            permanent=True,
        )


BY_STREAM: dict[str, Reading] = {
    "partners": PARTNER_READING,
    "items": ITEM_READING,
    "purchases": PURCHASES,
    "purchase_lines": PURCHASE_LINES,
    "receipts": RECEIPTS,
    "sales": SALES,
    "sale_lines": SALE_LINES,
    "shipments": SHIPMENTS,
    "make_orders": MAKE_ORDERS,
    "consumptions": CONSUMPTIONS,
    "stock_moves": stock_moves({}),
    "stock_levels": STOCK_LEVELS,
    "invoices": INVOICES,
}


def _spec(name: str, table: str) -> tuple[str, StreamSpec]:
    return name, StreamSpec(name, (table,), sweep_every=WEEK)


def _by_day(name: str, table: str, **more: Any) -> tuple[str, StreamSpec]:
    """A stream whose stamps are days: those a day back are read again, from their midnight on."""
    return name, StreamSpec(name, (table,), lookback=A_DAY_BACK, **more)


SPECS = dict(
    (
        _by_day("partners", "party", sweep_every=WEEK),
        _spec("items", "item"),
        ("locations", StreamSpec("locations", ("location",), "snapshot")),
        _spec("purchases", "purchaseorder"),
        _spec("purchase_lines", "purchaseline"),
        # what was posted is not swept: archiving is no deletion
        _by_day("receipts", "receipt"),
        _spec("sales", "salesorder"),
        _spec("sale_lines", "salesline"),
        _by_day("shipments", "shipment"),
        _spec("make_orders", "makeorder"),
        _by_day("consumptions", "consumption"),
        _by_day("stock_moves", "stockmove"),
        ("stock_levels", StreamSpec("stock_levels", ("stocklevel",), "snapshot", sweep_limit=0.5)),
        _by_day("invoices", "invoice"),
    )
)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError) as error:
        raise SourceError(f"plants: no time zone {name!r}", permanent=True) from error


def open_s4hana(settings: Settings, http: Callable[..., Http]) -> S4Hana:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    basic = "Basic " + b64encode(f"{settings.user}:{settings.secret}".encode()).decode()
    secrets = (settings.secret, basic.removeprefix("Basic "))
    headers = {"Authorization": basic}
    auth = None
    if settings.token_url:
        place = urlsplit(settings.token_url)
        tokens = http(f"{place.scheme}://{place.netloc}", headers=headers, secrets=secrets)
        asked = {"grant_type": "client_credentials"}
        auth = Bearer(lambda: granted(tokens, place.path, asked), utc_now)
        headers = {}
    url = settings.url.rstrip("/")
    base = url if PATH in url else url + PATH
    return S4Hana(settings, http(base, headers=headers, secrets=secrets, auth=auth))


ASKS = (
    Ask("url", "The address of the server (https://my300000-api.s4hana.cloud.sap)"),
    Ask("user", "The communication user, or the client of OAuth 2.0"),
    Ask("token_url", "Where OAuth 2.0 gives tokens (Enter: the user has a password)", ""),
    Ask("client", "The number of the client, for a server on premise (Enter: none)", ""),
    Ask("secret", "The user's password, or the secret of the client of OAuth 2.0", is_secret=True),
)
SOURCE = Kind("s4hana", Settings, open_s4hana, ASKS)
