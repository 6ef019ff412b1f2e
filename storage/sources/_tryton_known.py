"""What records of Tryton mean only together, and the parts that all facts of it share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row
from storage.sources._tryton_values import Record, changed, day, part

Facts = Iterable[tuple[str, Row]]


@dataclass(frozen=True)
class Known:
    """What records mean only together.

    `units`: how many of the reference unit one of a unit is; `place`: a location's site, `type`
    its type; `moves` of the page's lines by id; `supply`, `demand`: parties bought from, sold to;
    `recipes`: what a bill makes of each item that is made by it; `due`: the day of a line to pay,
    `booked` that of any line; `currency` is the company's, in which costs are.
    """

    zone: ZoneInfo
    units: Mapping[int, Decimal] = field(default_factory=dict)
    place: Mapping[int, str] = field(default_factory=dict)
    type: Mapping[int, str] = field(default_factory=dict)
    moves: Mapping[int, Record] = field(default_factory=dict)
    supply: frozenset[int] = frozenset()
    demand: frozenset[int] = frozenset()
    recipes: Mapping[int, Mapping[int, Decimal]] = field(default_factory=dict)
    due: Mapping[int, date] = field(default_factory=dict)
    booked: Mapping[int, date] = field(default_factory=dict)
    currency: str | None = None


def effective(record: Record) -> date:
    found = day(record["effective_date"])
    if found is None:
        raise BadRow("a done move without a day")
    return found


def sign(record: Record, known: Known, outside: str) -> int:
    """1 for a move from outside, -1 for one to the outside, 0 for one that is neither."""
    ends = [known.type.get(record[name]) for name in ("from_location", "to_location")]
    if None in ends:
        raise BadRow("a location of the move can't be seen")
    return (ends[0] == outside) - (ends[1] == outside)


def scale(record: Record, known: Known) -> Decimal:
    """How many of the item's own unit one of the record's unit is."""
    own = part(record, "product").get("default_uom")
    if record["unit"] == own or own is None or record["unit"] is None:
        return Decimal(1)
    try:
        return known.units[record["unit"]] / known.units[own]
    except KeyError as error:
        raise BadRow(f"its unit {error} can't be seen") from error


def base(record: Record, *more: Record) -> Row:
    return {"source_id": str(record["id"]), "source_updated_at": changed(record, *more)}
