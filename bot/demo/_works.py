"""What the departments of the sample company share: books, store, agenda and chance."""

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo._agenda import Agenda
from bot.demo._books import Books
from bot.demo._stockroom import Stockroom


@dataclass(frozen=True)
class Works:
    """`begin` is when its history starts, `opened_at` when the demo was."""

    books: Books
    stock: Stockroom
    agenda: Agenda
    rng: random.Random
    begin: datetime
    opened_at: datetime

    def after(self, at: datetime, median: float, spread: float) -> datetime:
        """A time that lies about `median` days after another, log-normally spread."""
        return at + timedelta(days=median * math.exp(self.rng.gauss(0, spread)))

    def days_ago(self, days: float) -> datetime:
        """So many days before the demo was started."""
        return self.opened_at - timedelta(days=days)

    def picking(self, kind: str, code: str, planned: datetime, at: datetime, **of: object) -> int:
        """A transfer of some moves, named `WH/IN/00007`."""
        name = f"WH/{kind}/{self.books.number(kind):05}"
        return self.books.new("stock.picking", at, name=name, state="assigned",
                              picking_type_code=code, scheduled_date=planned, **of)  # fmt: skip
