"""How it is said what customers did after late deliveries, and what is published where own data
are thin."""

from dataclasses import dataclass

from commands._otif_words import percent
from storage.metrics._clustered import is_apart
from storage.metrics._due import Share
from storage.metrics._felt import DAYS, LOST_DAYS
from storage.metrics.after_delivery import BANDS, PUBLISHED, THIN, Outcome

FEW = 5
PUBLIC = "a public set of 96,000 Brazilian orders"


@dataclass(frozen=True)
class Told:
    """How an outcome is named, and said of a share of late orders: "{share} …"."""

    name: str
    late: str
    things: str
    in_time: str


BAD = Told(
    "bad answers", "**{share} of answers after late orders are bad**", "answers",
    "after orders in time",
)  # fmt: skip
TICKETS = Told(
    "tickets", f"A ticket follows {{share}} of late orders within {DAYS} days", "orders",
    "of orders in time",
)  # fmt: skip
LOST = Told(
    "no further order",
    f"No further order follows {{share}} of late orders within {LOST_DAYS} days", "orders",
    "of orders in time",
)  # fmt: skip


def compared(told: Told, found: Outcome) -> str:
    """What came of late orders beside those in time; of too few that it can't be told."""
    late, in_time = found.late, found.in_time
    if min(late.n, in_time.n) < FEW:
        few = f"{many(late, told)} after late orders, {in_time.n:,} after orders in time"
        return f"Too few to tell of {told.name}: {few}."
    text = (
        f"{told.late.format(share=percent(late.rate))} ({spanned(late)}),"
        f" {percent(in_time.rate)} {told.in_time} ({spanned(in_time)})"
    )
    return f"{text}." if is_apart(late, in_time) else f"{text}: no difference beyond chance."


def many(of: Share, told: Told) -> str:
    """Of how many a share is: "1 answer", "4 orders"."""
    return f"{of.n:,} {told.things if of.n != 1 else told.things.removesuffix('s')}"


def spanned(found: Share) -> str:
    """The interval of a share and of how many it is: "45 to 65 %, of 1,240"."""
    if found.low is None:
        return "of none"
    return f"{ranged(found.low, found.high)}, of {found.n:,}"


def ranged(low: float | None, high: float | None) -> str:
    """Two shares as one says them; one where both are said alike: "81 to 84 %"."""
    least, most = percent(low), percent(high)
    return least if least == most else f"{least.removesuffix(' %')} to {most}"


def thin(found: Outcome) -> list[str]:
    """The bands of which we have too few answers, and something is published."""
    return [
        band for band, one in zip(BANDS, found.by_band, strict=True)
        if band in PUBLISHED and one.n < THIN
    ]  # fmt: skip


def published(band: str) -> str:
    """The share of bad reviews that is published of a band: "74 %", "81 to 84 %"."""
    return ranged(*PUBLISHED[band])


def prior(found: Outcome) -> str | None:
    """What is published of the bands of which we have too few answers; labelled as not ours."""
    bands = thin(found)
    if not bands:
        return None
    told = ", ".join(f"{published(band)} at {band}" for band in bands)
    return (
        f"Where we have fewer than {THIN} answers, published figures, not of our customers: in"
        f" {PUBLIC} so many reviews were bad: {told}. That late orders lose customers is not borne"
        " out there."
    )
