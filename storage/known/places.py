"""Places: at which site stock lies, and what goods are for that leave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import Named
from storage.links import Key
from storage.models._types import int_to_instant

OUTSIDE = frozenset({"transit", "supplier", "customer", "production", "inventory"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place: the site that it is in, its kind, and the zone in which its days are counted."""

    site: Named
    kind: str | None
    zone: ZoneInfo | None

    @property
    def holds_stock(self) -> bool:
        """Whether what lies here is on hand at its site; goods between two sites are at none."""
        return self.kind not in OUTSIDE

    @property
    def is_dock(self) -> bool:
        """Whether what lies here is not put away yet."""
        return self.kind == "input"


class Places:
    """All places by (source, reference). One that nobody described is a site of its own."""

    def __init__(self, known: Mapping[Key, Place], zone: ZoneInfo) -> None:
        self._known, self._zone = dict(known), zone

    def at(self, source: str, ref: str) -> Place:
        found = self._known.get((source, ref))
        if found is None:
            found = self._known[source, ref] = Place(Named("site", source, ref, ref), None, None)
        return found

    def site(self, source: str, ref: str | None) -> Named | None:
        """The site at which goods at a place are on hand; null where they are at none."""
        place = self.at(source, ref) if ref else None
        return place.site if place and place.holds_stock else None

    def use(self, source: str, ref: str | None) -> str | None:
        """What is outside at an end of a move: customer, production and so on; null: unknown."""
        place = self.at(source, ref) if ref else None
        return place.kind if place and not place.holds_stock else None

    def day(self, source: str, ref: str | None, at: int) -> date:
        """The local day at a place of an instant in microseconds."""
        place = self.at(source, ref) if ref else None
        zone = (place.zone if place else None) or self._zone
        return int_to_instant(at).astimezone(zone).date()


def places(session: Session, zone: ZoneInfo) -> Places:
    """All places that ever were; days at one without a zone of its own are counted in `zone`."""
    rows = session.execute(text("SELECT source, source_id, name, kind, site_ref, tz FROM location"))
    found = {(row.source, row.source_id): row for row in rows}
    known = {}
    for key, row in found.items():
        home = found.get((row.source, row.site_ref)) or row
        site = Named("site", home.source, home.source_id, home.name)
        tz = row.tz or home.tz
        known[key] = Place(site, row.kind, ZoneInfo(tz) if tz else None)
    return Places(known, zone)
