"""Business Central, online, over its API v2.0: orders, goods, the item ledger and invoices.

Delta links are not used: they are deprecated there since 2023 and lag by minutes. What changed
comes in windows of its stamp, which is UTC to the millisecond; days are the company's own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from storage.sources import Ask, Health, Kind, Page, SourceError, State, StreamSpec, event
from storage.sources import _business_central_map as m
from storage.sources import _business_central_sets as sets
from storage.sources._business_central_lines import Open
from storage.sources._business_central_map import Part
from storage.sources._business_central_reader import Reader
from storage.sources._entity import EntitySettings, with_own
from storage.sources._http import Http
from storage.sources._oauth import Bearer, client_credentials, utc_now
from storage.sources._odata4 import Refused, Service
from storage.sources._odata4_read import Facts, facts, named
from storage.sources._skip import check_skip
from storage.sources._turns import by_turns
from storage.sources._window import Window, open_window

API = "api/v2.0"
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
# A change bears the time it was made and shows when it is committed; a posting can take minutes.
LOOKBACK = timedelta(minutes=30)


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`client` is the id of the app registered in Entra ID and the secret its own; `company` is the
    company's name or id. `production` names an API page of one's own for production orders, as
    API v2.0 has none: "publisher/group/version/entity". Its fields are named in `fields.makeorder`.
    `page`: records to a page; fewer where the server answers 504 or 413.
    """

    tenant: str
    client: str
    company: str
    environment: str = "Production"
    production: str = ""
    page: int = 500
    url: str = "https://api.businesscentral.dynamics.com"
    login: str = "https://login.microsoftonline.com"


def _spec(name: str, table: str, mode: Any = "incremental", **more: Any) -> StreamSpec:
    return StreamSpec(name, (table,), mode, lookback=LOOKBACK, **more)


# An order leaves the list when it is posted in whole, or when somebody deletes it; nobody says
# which. It stays as it was last seen, and what was posted for it completes it.
STREAMS: Sequence[tuple[StreamSpec, tuple[Part, ...]]] = (
    (_spec("partners", "party", sweep_every=WEEK), (sets.VENDORS, sets.CUSTOMERS)),
    (_spec("items", "item", sweep_every=WEEK), (sets.ITEMS,)),
    (_spec("locations", "location", "snapshot"), (sets.LOCATIONS,)),
    (_spec("purchases", "purchaseorder", keeps_absent=True), (sets.PURCHASES,)),
    (_spec("purchase_lines", "purchaseline", "snapshot", keeps_absent=True),
     (sets.PURCHASE_LINES,)),
    (_spec("receipts", "receipt", keeps_absent=True), (sets.RECEIPTS,)),
    (_spec("sales", "salesorder", keeps_absent=True), (sets.SALES,)),
    (_spec("sale_lines", "salesline", "snapshot", keeps_absent=True), (sets.SALE_LINES,)),
    (_spec("shipments", "shipment", keeps_absent=True), (sets.SHIPMENTS,)),
    (_spec("stock_levels", "stocklevel", "snapshot"), (sets.ITEMS,)),
    (_spec("stock_moves", "stockmove", "append", sweep_every=MONTH), (sets.MOVES,)),
    (_spec("invoices", "invoice", sweep_every=WEEK), sets.INVOICES),
    (_spec("make_orders", "makeorder", sweep_every=WEEK), ()),
)  # fmt: skip
# What a posted document is matched with: the open orders that it was for.
ORDERED = {"receipts": sets.PURCHASE_LINES, "shipments": sets.SALE_LINES}


class BusinessCentral:
    """One company of one environment."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        self.parts = _parts(settings)
        check_skip(settings.key, settings.skip, self.parts)
        self.streams: Sequence[StreamSpec] = [
            spec for spec, _ in STREAMS
            if spec.name not in settings.skip and self.parts[spec.name]
        ]  # fmt: skip

    @cached_property
    def reader(self) -> Reader:
        settings, custom = self.settings, {}
        if settings.production:
            *root, name = settings.production.split("/")
            custom[name] = Service(self.http, "/".join(["api", *root]), settings.page)
        return Reader(
            Service(self.http, API, settings.page),
            settings.company,
            settings.tz,
            settings.fields,
            custom,
        )

    def check(self) -> Health:
        """What can't be read, and fields that are not there, each by name."""
        missing: dict[str, None] = {}
        for part in (part for spec in self.streams for part in self.parts[spec.name]):
            try:
                self.reader.try_one(part)
                missing |= dict.fromkeys(self.reader.absent(part))
            except Refused as error:
                missing[f"{part.set}: {error}"] = None
        return Health("v2.0", self.settings.zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        if stream.name == "stock_levels":
            return self._levels(stream, state)
        read = self._snapshot if stream.mode == "snapshot" else self._by_parts
        return read(stream, state)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        if stream.keeps_absent:
            return
        (table,) = stream.tables
        yield table, [row["source_id"] for row in self._places(table)]
        if stream.name == "stock_levels":
            for page in self._levels(stream, None):
                yield table, [row["source_id"] for row in page.rows[table]]
            return
        for part in self.parts[stream.name]:
            for records, _ in self.reader.pages(part, Window(None, self.reader.now())):
                yield table, named(part.entity, self.reader.flat(part, records), self.settings.tz)

    def _by_parts(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        """The sets of a stream one after the other, each in a window of its own."""
        by_name = {part.set: part for part in self.parts[stream.name]}
        return by_turns(
            list(by_name), state, lambda name, kept: self._changes(by_name[name], stream, kept)
        )

    def _changes(self, part: Part, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        window = open_window(state, self.reader.now(), stream.lookback, stream.settle)
        for records, place in self.reader.pages(part, window):
            if stream.name in ORDERED:
                records = self.reader.for_lines(ORDERED[stream.name], part, records)
            made = facts(part.entity, self.reader.flat(part, records), self.settings.tz)
            gone = made.gone if window.start else {}
            yield replace(_page(made, window, place, len(records)), deletes=gone)

    def _snapshot(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        """All records there are; of orders also which of their lines were deleted."""
        (part,), table = self.parts[stream.name], stream.tables[0]
        window = replace(open_window(state, self.reader.now(), stream.lookback), start=None)
        known, begins = Open.of(state), window.after is None
        for records, place in self.reader.pages(part, window):
            made = facts(part.entity, self.reader.flat(part, records), self.settings.tz)
            page = replace(_page(made, window, place, len(records)), begins=begins)
            if part.lines:
                gone = [id_ for record in records for id_ in known.met(
                    str(record["number"]), (line["sequence"] for line in record[part.lines])
                )]  # fmt: skip
                kept = {**page.state, **known.state(is_over=place is None)}
                page = replace(page, state=kept, deletes={table: gone} if gone else {})
            elif place is None:
                page = replace(page, rows={table: [*made.rows[table], *self._places(table)]})
            yield page
            begins = False

    def _levels(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        """What lay there at the end of yesterday: the ledger dates its entries by the day."""
        zone = self.settings.tz
        window = replace(open_window(state, self.reader.now(), stream.lookback), start=None)
        on = self.reader.now().astimezone(zone).date() - timedelta(days=1)
        at, since = event("x", on, zone)["x_at"], self.reader.moved_since(on.isoformat())
        begins = window.after is None
        for records, place in self.reader.stocked(window):
            rows = [m.stock(one, since.get(str(one["number"]), Decimal(0)), at, zone)
                    for one in records]  # fmt: skip
            made = Facts({"stocklevel": [row for row in rows if row]}, (), {})
            yield replace(_page(made, window, place, len(records)), begins=begins)
            begins = False

    def _places(self, table: str) -> list[Any]:
        return list(self.reader.places()) if table == "location" else []


def _parts(settings: Settings) -> dict[str, tuple[Part, ...]]:
    """The sets of each stream, with the fields of one's own."""
    found = {spec.name: parts for spec, parts in STREAMS}
    if settings.production:
        if settings.production.count("/") != 3:
            raise SourceError(
                f"{settings.key}: production is publisher/group/version/entity, not"
                f" {settings.production!r}",
                permanent=True,
            )
        name = settings.production.rpartition("/")[2]
        found["make_orders"] = (Part(replace(sets.MAKE_ORDERS, name=name)),)
    every = [part for parts in found.values() for part in parts]
    own = iter(with_own([part.entity for part in every], settings.fields, settings.key))
    return {
        name: tuple(replace(part, entity=next(own)) for part in parts)
        for name, parts in found.items()
    }


def _page(made: Facts, window: Window, place: Any, received: int) -> Page:
    return Page(
        made.rows,
        window.finished() if place is None else window.at(place),
        rejected=made.rejected,
        received=received,
        high=window.end if place is None else window.high,
    )


def open_business_central(settings: Settings, http: Callable[..., Http]) -> BusinessCentral:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    secrets = (settings.secret,)
    login = http(settings.login, secrets=secrets)
    fetch = client_credentials(
        login, f"{settings.tenant}/oauth2/v2.0/token", settings.client, settings.secret,
        scope=f"{settings.url}/.default",
    )  # fmt: skip
    url = f"{settings.url}/v2.0/{settings.tenant}/{settings.environment}"
    return BusinessCentral(settings, http(url, secrets=secrets, auth=Bearer(fetch, utc_now)))


ASKS = (
    Ask("tenant", "The tenant: its id or its domain (contoso.onmicrosoft.com)"),
    Ask("environment", "The environment", "Production"),
    Ask("company", "The company: its name or its id"),
    Ask("client", "The id of the app in Entra ID that may read it"),
    Ask("secret", "A client secret of that app", is_secret=True),
)
SOURCE = Kind("business_central", Settings, open_business_central, ASKS)
