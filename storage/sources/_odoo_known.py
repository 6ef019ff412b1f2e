"""What a record of Odoo means only together with others: places, units and orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.sources import BadRow
from storage.sources._odoo_values import Record, link, shown


@dataclass(frozen=True)
class Known:
    """What a record means only together with others. `zone` is that of days at no known site.

    `zones`: that of a site by our reference. By id: the `usage` of a location; the `place` (our
    reference) of a location; the `depot` (our reference) that a picking type delivers to; the
    `factor` of a unit in its category; the `base` unit of a product as (id, name); the `orders`
    of the lines at hand.
    """

    zone: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    usage: Mapping[int, str] = field(default_factory=dict)
    place: Mapping[int, str] = field(default_factory=dict)
    depot: Mapping[int, str] = field(default_factory=dict)
    factor: Mapping[int, Decimal] = field(default_factory=dict)
    base: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    orders: Mapping[int, Record] = field(default_factory=dict)

    def at(self, place: str | None) -> ZoneInfo:
        """The zone in which the days of a site are counted."""
        return self.zones.get(place or "", self.zone)

    def depot_of(self, order: Record) -> str | None:
        """The site that a purchase is delivered to."""
        return self.depot.get(link(order.get("picking_type_id")) or 0)


def scale(record: Record, known: Known) -> Decimal:
    """How many of the item's own unit one of the record's unit is."""
    base = known.base.get(link(record.get("product_id")) or 0)
    unit = link(record.get("product_uom"))
    if unit is None or base is None or unit == base[0]:
        return Decimal(1)
    factor, base_factor = known.factor.get(unit), known.factor.get(base[0])
    if not factor or not base_factor:
        raise BadRow(f"unit {shown(record['product_uom'])!r} can't be converted")
    return factor / base_factor
