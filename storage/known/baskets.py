"""What customers bought, as known at `now`: items by company, day by day, and what a line was
worth; a column each, as there may be very many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from storage.known import columns
from storage.known._kept_rows import NO_AMOUNT, NO_DAY, Flags, Ints
from storage.known._rows import Named
from storage.links import Key
from storage.models._types import MONEY_SCALE, QTY_SCALE

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Taken:
    """Lines with an item that were not called off, services left out.

    `whose` is a place in `companies`, `item` one in `items`, and `on` the day of the order (an
    ordinal). `value` is net money, nan without a price; `currency` a place in `currencies`, -1
    where nobody said.
    """

    whose: Ints
    item: Ints
    on: Ints
    value: Floats
    currency: Ints
    companies: Sequence[Key]
    items: Sequence[Named]
    currencies: Sequence[str]

    def __len__(self) -> int:
        return len(self.whose)

    @property
    def width(self) -> int:
        """How many items there are, 1 at least: by it a number of customer and item falls apart."""
        return max(1, len(self.items))

    @property
    def codes(self) -> Ints:
        """Of each line the number of its customer and item."""
        found: Ints = self.whose.astype(np.int64) * self.width + self.item
        return found

    def only(self, which: Flags) -> "Taken":
        """Some of the lines; companies and items keep their places."""
        return Taken(
            self.whose[which], self.item[which], self.on[which], self.value[which],
            self.currency[which], self.companies, self.items, self.currencies,
        )  # fmt: skip

    def between(self, start: int, end: int) -> "Taken":
        """The lines ordered on the days [start, end)."""
        return self.only((self.on >= start) & (self.on < end))


def taken(
    session: Session, now: datetime, who: Mapping[Key, Key], zone: ZoneInfo | None = None
) -> Taken:
    """All lines ordered before `now`; `who` is `identities`, without which nobody is known."""
    lines = columns.sales(session, now, zone=zone)
    whose, companies = whose_of(lines, who)
    kept = (lines["left_on"] == NO_DAY) & (whose >= 0) & (lines["item"] >= 0)
    lines = lines.only(kept)
    items = lines.by("item")
    price, qty = lines["price"], lines["qty"]
    value = np.where(price == NO_AMOUNT, np.nan, price / MONEY_SCALE * (qty / QTY_SCALE))
    return Taken(
        whose[kept], items.places, lines["ordered_on"], value,
        lines["currency"], tuple(companies),
        tuple(one for one in items.values if isinstance(one, Named)), lines.texts,
    )  # fmt: skip


def whose_of(lines: columns.Lines, who: Mapping[Key, Key]) -> tuple[Ints, dict[Key, int]]:
    """The number of the company of each line, -1 for one that nobody knows; and of each company
    its number."""
    companies: dict[Key, int] = {}
    numbers = []
    for key in lines.keys("customer"):
        company = who.get(key)
        numbers.append(-1 if company is None else companies.setdefault(company, len(companies)))
    return np.array([*numbers, -1], np.int64)[lines["party"]], companies
