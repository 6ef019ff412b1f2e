"""Streams of one Business Central for the suite that all sources pass."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from tests.storage.sources.fake_business_central import (
    FakeBusinessCentral,
    business_central,
    guid,
)
from tests.storage.sources.harness import OnFake

FAULTS = ("429", "429_retry_after", "429_absurd", "500", "503", "504", "html", "drop", "401")


@dataclass
class Harness(OnFake):
    """What all three have in common. `count` numbers the records."""

    fake: FakeBusinessCentral = field(default_factory=FakeBusinessCentral)
    count: int = 100_000
    turn: int = 0

    page_rows = 100
    faults = FAULTS

    def open(self):
        return business_central(self.fake, page=self.page_rows)

    def create(self, n):
        return [self.new() for _ in range(n)]

    def _next(self):
        self.count += 1
        return self.count

    def _turn(self):
        self.turn += 1
        return self.turn


@dataclass
class Orders(Harness):
    """Purchase orders. Their people post them: they leave the list and stay what they were.

    That takes them three hours, in which nobody changes such an order: what was changed after the
    last look at an order and before it was posted can't be seen by anyone.
    """

    truths: dict = field(default_factory=dict)
    leaving: dict = field(default_factory=dict)

    stream, table = "purchases", "purchaseorder"

    def new(self, **head):
        number = f"P{self._next()}"
        self._write(number, **head)
        return number

    def _write(self, number, late=0.0, **head):
        buyer = f"B{self._turn()}"
        self.fake.order(number, [], late, purchaser=buyer, **head)
        self.truths[number] = {"number": number, "buyer": buyer, "supplier_ref": "vendor/10000"}

    def advance(self, seconds):
        super().advance(seconds)
        due = [one for one, at in self.leaving.items() if at <= self.now()]
        for one in due:
            if guid(one) in self.fake.sets["purchaseOrders"].rows:
                self.fake.delete("purchaseOrders", guid(one))

    def change(self, ids, visible_after=0.0):
        for one in ids:
            if one not in self.leaving:
                self._write(one, visible_after)

    def delete(self, ids):
        for one in ids:
            self.leaving.setdefault(one, self.now() + timedelta(hours=3))

    def spoil(self):
        number = self.new(orderDate="soon")
        del self.truths[number]
        return [number]

    def truth(self):
        return dict(self.truths)


@dataclass
class Lines(Harness):
    """Lines of purchase orders, one to an order; a deleted one leaves its order without lines."""

    truths: dict = field(default_factory=dict)

    stream, table = "purchase_lines", "purchaseline"

    def new(self, **line):
        number = f"P{self._next()}"
        self._write(number, **line)
        return f"{number}/10000"

    def _write(self, number, late=0.0, **more):
        qty = self._turn()
        line = {"sequence": 10000, "lineObjectNumber": "1896-S", "quantity": qty, **more}
        self.fake.order(number, [{**line, "expectedReceiptDate": "2026-04-01"}], late)
        self.truths[f"{number}/10000"] = {"order_ref": number, "qty": Decimal(qty)}

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self._write(one.partition("/")[0], visible_after)

    def delete(self, ids):
        for one in ids:
            self.fake.order(one.partition("/")[0], [])
            del self.truths[one]

    def spoil(self):
        id_ = self.new(quantity="many")
        del self.truths[id_]
        return [id_]

    def truth(self):
        return dict(self.truths)


@dataclass
class Ledger(Harness):
    """Entries of the item ledger, whose cost is known later; old ones can be compressed away."""

    bad: set = field(default_factory=set)

    stream, table = "stock_moves", "stockmove"

    def new(self, **more):
        number = self._next()
        self.fake.write("itemLedgerEntries", number, **{
            "id": guid(str(number)), "itemNumber": "1896-S", "entryType": "Purchase",
            "postingDate": "2026-03-01", "quantity": 2, "costAmountActual": 0, **more,
        })  # fmt: skip
        return str(number)

    def change(self, ids, visible_after=0.0):
        for one in ids:
            cost = self._turn() + 0.5
            self.fake.write("itemLedgerEntries", int(one), visible_after, costAmountActual=cost)

    def delete(self, ids):
        for one in ids:
            self.fake.delete("itemLedgerEntries", int(one))

    def spoil(self):
        id_ = self.new(quantity="many")
        self.bad.add(id_)
        return [id_]

    def truth(self):
        found = self.fake.sets["itemLedgerEntries"]
        rows = {str(key): found.latest(key) for key in found.rows if str(key) not in self.bad}
        return {
            key: {"item_ref": "1896-S", "from_ref": "supplier", "to_ref": "company",
                  "qty": Decimal(2),
                  "value": Decimal(str(row["costAmountActual"])) or None}
            for key, row in rows.items()
        }  # fmt: skip
