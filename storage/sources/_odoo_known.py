"""What a record of Odoo means only together with others: places, units and orders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.sources import BadRow
from storage.sources._odoo_values import Record, link, shown


@dataclass(frozen=True)
class Recipe:
    """What one bill makes: by product, how many of its own unit the bill is for."""

    makes: Mapping[int, Decimal]
    choices: Mapping[int, frozenset[int]]
    attribute: Mapping[int, int]

    def needs(self, product: int, wanted: Collection[int]) -> bool:
        """Whether a line for these choices of attributes applies to a variant of the product.

        Of each attribute that the line names, the variant must have one of the choices.
        """
        by_attribute: dict[int, set[int]] = {}
        for choice in wanted:
            by_attribute.setdefault(self.attribute.get(choice, choice), set()).add(choice)
        has = self.choices.get(product, frozenset())
        return all(has & some for some in by_attribute.values())


@dataclass(frozen=True)
class Known:
    """What a record means only together with others. `zone` is that of days at no known site.

    `zones`: that of a site by our reference. By id: the `usage` of a location; the `place` (our
    reference) of a location; the `depot` (our reference) that a picking type delivers to; the
    `factor` of a unit in its category; the `base` unit of a product as (id, name); the `currency`
    of a company; the `recipes` of bills of material. `waiting`: locations whose goods are not put
    away yet. Of the page at hand, by id: the `orders` of its lines; the `moves` before or behind
    its moves; the `value` of a move; the production orders `made_for` a sales line; the day on
    which an invoice was last `paid`.
    """

    zone: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    usage: Mapping[int, str] = field(default_factory=dict)
    place: Mapping[int, str] = field(default_factory=dict)
    depot: Mapping[int, str] = field(default_factory=dict)
    factor: Mapping[int, Decimal] = field(default_factory=dict)
    base: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    currency: Mapping[int, str] = field(default_factory=dict)
    recipes: Mapping[int, Recipe] = field(default_factory=dict)
    waiting: frozenset[int] = frozenset()
    orders: Mapping[int, Record] = field(default_factory=dict)
    moves: Mapping[int, Record] = field(default_factory=dict)
    value: Mapping[int, Decimal] = field(default_factory=dict)
    made_for: Mapping[int, Sequence[Record]] = field(default_factory=dict)
    paid: Mapping[int, date] = field(default_factory=dict)

    def at(self, place: str | None) -> ZoneInfo:
        """The zone in which the days of a site are counted."""
        return self.zones.get(place or "", self.zone)

    def depot_of(self, order: Record) -> str | None:
        """The site that a purchase is delivered to."""
        return self.depot.get(link(order.get("picking_type_id")) or 0)

    def sign(self, move: Record, outside: str) -> int:
        """1 for a move from outside, -1 for one to the outside, 0 for one that is neither."""
        return (self._usage(move, "location_id") == outside) - (
            self._usage(move, "location_dest_id") == outside
        )

    def _usage(self, move: Record, end: str) -> str:
        usage = self.usage.get(link(move[end]) or 0)
        if usage is None:
            raise BadRow(f"its location {shown(move[end])} can't be seen")
        return usage


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
