"""Types of goods movements: between which places goods go, by SAP's standard codes."""

from dataclasses import dataclass

from storage.sources import BadRow

SUPPLIER, CUSTOMER, PRODUCTION, INVENTORY, TRANSIT = (
    "supplier", "customer", "production", "inventory", "transit",
)  # fmt: skip
OUTSIDE = frozenset({SUPPLIER, CUSTOMER, PRODUCTION, INVENTORY, TRANSIT})
PLANT, OTHER = "plant", "other plant"

# By the first of a pair; the next code takes it back.
_PAIRS = {
    "101": (SUPPLIER, PLANT), "105": (SUPPLIER, PLANT), "107": (SUPPLIER, PLANT),
    "122": (PLANT, SUPPLIER), "161": (PLANT, SUPPLIER), "131": (PRODUCTION, PLANT),
    "201": (PLANT, PRODUCTION), "221": (PLANT, PRODUCTION), "241": (PLANT, PRODUCTION),
    "261": (PLANT, PRODUCTION), "281": (PLANT, PRODUCTION), "291": (PLANT, PRODUCTION),
    "231": (PLANT, CUSTOMER), "251": (PLANT, CUSTOMER),
    "301": (PLANT, OTHER), "303": (PLANT, TRANSIT), "305": (TRANSIT, PLANT),
    "351": (PLANT, TRANSIT), "641": (PLANT, TRANSIT), "643": (PLANT, TRANSIT),
    "501": (SUPPLIER, PLANT), "503": (SUPPLIER, PLANT), "505": (SUPPLIER, PLANT),
    "521": (PRODUCTION, PLANT), "523": (PRODUCTION, PLANT), "525": (PRODUCTION, PLANT),
    "531": (PRODUCTION, PLANT), "543": (PLANT, PRODUCTION),
    "551": (PLANT, INVENTORY), "553": (PLANT, INVENTORY), "555": (PLANT, INVENTORY),
    "561": (INVENTORY, PLANT), "563": (INVENTORY, PLANT), "565": (INVENTORY, PLANT),
    "601": (PLANT, CUSTOMER), "651": (CUSTOMER, PLANT), "653": (CUSTOMER, PLANT),
    "655": (CUSTOMER, PLANT), "657": (CUSTOMER, PLANT),
    "701": (INVENTORY, PLANT), "703": (INVENTORY, PLANT), "707": (INVENTORY, PLANT),
    "711": (PLANT, INVENTORY), "713": (PLANT, INVENTORY), "715": (PLANT, INVENTORY),
    "717": (PLANT, INVENTORY),
}  # fmt: skip
WAYS = _PAIRS | {str(int(code) + 1): (there, here) for code, (here, there) in _PAIRS.items()}
# Into and out of blocked stock that is not ours yet, and changes within a plant.
STILL = frozenset(
    str(code)
    for span in (
        range(103, 105), range(109, 111), range(124, 126), range(309, 327), range(341, 351),
        range(411, 417), range(541, 543),
    )
    for code in span
)  # fmt: skip
# Components of a production order; what comes back is negative.
USED = {"261": 1, "262": -1}


@dataclass(frozen=True)
class Ends:
    """What tells where a posted item came from and went to.

    `is_made`: for a production order; `is_bought`: for a purchase, which of another plant of
    ours has no supplier.
    """

    kind: str
    plant: str
    other: str
    is_made: bool = False
    is_bought: bool = False
    has_supplier: bool = True


def ends(moved: Ends) -> tuple[str, str] | None:
    """From which place to which: a plant, or what is outside; null where nothing left a plant.

    A type that nobody told of is a `BadRow`.
    """
    if moved.kind in STILL:
        return None
    way = WAYS.get(moved.kind)
    if way is None:
        raise BadRow(
            f"movement type {moved.kind} is not known: say in movement_types which standard one"
            " it is like"
        )
    if not moved.plant:
        return None
    names = {PLANT: moved.plant, OTHER: moved.other, SUPPLIER: _supplier(moved)}
    here, there = (names.get(one, one) for one in way)
    return (here, there) if here and there and here != there else None


def _supplier(moved: Ends) -> str:
    """Who stands at the other end of a receipt: our own production, or another plant of ours."""
    if moved.kind in ("101", "102") and moved.is_made and not moved.is_bought:
        return PRODUCTION
    if moved.is_bought and not moved.has_supplier:
        return TRANSIT
    return SUPPLIER
