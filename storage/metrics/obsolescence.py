"""Obsolescence: stock that does not move, or would last far too long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from storage.known.rates import Amount
from storage.links import Key
from storage.metrics import Metric
from storage.metrics.days_of_cover import Cover

METRIC = Metric(
    id="obsolescence",
    version=1,
    title="Obsolescence",
    formula=(
        "The value at cost of items on hand of which nothing came or went in the last 180 days, or"
        " which would last more than 365 days at the rate of the last 90."
    ),
    unit="money",
    better="lower",
    needs=("stocklevel", "stockmove", "item"),
    dimensions=("item", "category", "site"),
    caveats=(
        "An item that first moved within 180 days is not old.",
        "Not moved is only known as far back as moves are kept; before that it is n/a.",
    ),
    synonyms=("obsolete stock", "dead stock", "slow movers", "excess stock"),
)

STILL_DAYS, LONGEST_COVER = 180, 365


@dataclass(frozen=True)
class Old:
    """An item that does not move (`still`) or lasts too long (`long`), and what it is worth."""

    cover: Cover
    why: Literal["still", "long"]
    moved_on: date | None
    worth: tuple[Amount, ...]


def obsolete(
    covers: Iterable[Cover], last_days: Mapping[Key, date], known_from: Mapping[Key, date]
) -> list[Old]:
    """The items on hand that are old; `last_days`: when each last came or went.

    An item that never moved is told to be still only where moves are kept since long enough,
    `known_from`.
    """
    found = []
    for cover in covers:
        why = _why(cover, last_days.get(cover.key), known_from.get(cover.key))
        if cover.on_hand > 0 and why:
            found.append(Old(cover, why, last_days.get(cover.key), worth(cover)))
    return found


def worth(cover: Cover) -> tuple[Amount, ...]:
    """What the item's stock is worth, site by site."""
    return tuple(Amount(one.value, one.currency, cover.today) for one in cover.stock)


def _why(
    cover: Cover, moved_on: date | None, known_from: date | None
) -> Literal["still", "long"] | None:
    before = cover.today - timedelta(days=STILL_DAYS)
    since = moved_on or known_from
    if since is not None and since < before:
        return "still"
    return "long" if cover.days is not None and cover.days > LONGEST_COVER else None
