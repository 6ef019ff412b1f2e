"""The ERPNext source on the fake site, as the suite for sources wants it."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import httpx

from storage.sources._http import Http
from storage.sources.erpnext import Settings, open_erpnext
from tests.storage.sources.fake_frappe import TOKEN
from tests.storage.sources.harness import OnFake

TOO_MUCH = 1e15


def erpnext(fake, opened=None, **settings):
    """The source on the fake; waiting moves the fake's clock. `opened` gathers what to close."""
    made = Settings(
        key="erpnext:main", kind="erpnext", url="https://erp.example", secret=TOKEN, **settings
    )
    http = partial(Http, transport=httpx.MockTransport(fake), sleep=fake.advance, seed=1)
    source = open_erpnext(made, http)
    if opened is not None:
        opened.append(source)
    return source


class _Harness(OnFake):
    """One stream of a fake site; names are of two cases, which its database does not tell apart."""

    page_rows = 200
    faults = ("429", "429_retry_after", "429_absurd", "500", "502", "html", "drop")

    def __init__(self, fake, opened):
        self.fake, self.opened = fake, opened
        self.made = self.turn = 0

    def open(self):
        return erpnext(self.fake, self.opened, page=self.page_rows)

    def names(self, n, prefix):
        first, self.made = self.made, self.made + n
        return [
            f"{prefix if one % 2 else prefix.lower()}-{one:05}" for one in range(first, first + n)
        ]


class PurchaseHarness(_Harness):
    """Orders of one line each; the ids are those of the lines."""

    stream = "purchases"
    table = "purchaseline"

    def create(self, n):
        names = self.names(n, "PUR-ORD")
        for name in names:
            self._save(name)
        self.advance(1)  # the clock that a server shows has whole seconds
        return [f"{name}-row" for name in names]

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self._save(one.removesuffix("-row"), visible_after)

    def delete(self, ids):
        for one in ids:
            self.fake.delete("Purchase Order", one.removesuffix("-row"))

    def spoil(self):
        ids = self.create(3)
        for one in ids:
            self.fake.tables["Purchase Order Item"][one]["stock_qty"] = TOO_MUCH
        return ids

    def truth(self):
        rows = {row["name"]: row for row in self._rows() if row["stock_qty"] != TOO_MUCH}
        return {
            name: {
                "order_ref": row["parent"], "qty": Decimal(str(row["stock_qty"])),
                "promised_on": date.fromisoformat(row["expected_delivery_date"]),
            }
            for name, row in rows.items()
        }  # fmt: skip

    def _rows(self):
        """The rows as they will be when all writes are seen."""
        found = dict(self.fake.tables["Purchase Order Item"])
        for _, _, rows in sorted(self.fake._pending, key=lambda one: one[:2]):
            found |= {row["name"]: row for kind, row in rows if kind == "Purchase Order Item"}
        return found.values()

    def _save(self, name, late=0.0):
        self.turn += 1
        order = {
            "name": name, "docstatus": 1, "status": "To Receive and Bill", "supplier": "Acme",
            "transaction_date": "2026-02-01", "currency": "EUR", "company": "Ours",
        }  # fmt: skip
        on = date(2026, 3, 1) + timedelta(days=self.turn % 300)
        line = {
            "name": f"{name}-row", "item_code": "BOLT", "qty": self.turn, "uom": "Nos",
            "stock_uom": "Nos", "conversion_factor": 1.0, "stock_qty": float(self.turn),
            "net_rate": 1.5, "schedule_date": "2026-03-10", "received_qty": 0.0,
            "expected_delivery_date": on.isoformat(), "warehouse": "Stores - O",
        }  # fmt: skip
        self.fake.save("Purchase Order", order, late, **{"Purchase Order Item": [line]})


class LedgerHarness(_Harness):
    """Entries of the stock ledger: one is deleted by a cancellation, which stamps it anew."""

    stream = "stock_moves"
    table = "stockmove"

    def create(self, n):
        names = self.names(n, "MAT-SLE")
        for name in names:
            self._save(name)
        self.advance(1)
        return names

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self._save(one, visible_after)

    def delete(self, ids):
        for one in ids[:-1]:
            self.fake.touch("Stock Ledger Entry", one, is_cancelled=1)
        self.fake.delete("Stock Ledger Entry", ids[-1])

    def spoil(self):
        names = self.create(3)
        for one in names:
            self.fake.tables["Stock Ledger Entry"][one]["posting_date"] = "soon"
        return names

    def truth(self):
        rows = [self.fake._newest("Stock Ledger Entry", name)
                for name in {*self.fake.tables["Stock Ledger Entry"], *self._coming()}]  # fmt: skip
        return {
            row["name"]: {"qty": Decimal(str(row["actual_qty"])), "doc": row["voucher_no"],
                          "to_ref": "Stores - O"}
            for row in rows
            if not row["is_cancelled"] and row["posting_date"] != "soon"
        }  # fmt: skip

    def _coming(self):
        return [row["name"] for _, _, rows in self.fake._pending for _, row in rows]

    def _save(self, name, late=0.0):
        self.turn += 1
        entry = {
            "name": name, "docstatus": 1, "item_code": "BOLT", "warehouse": "Stores - O",
            "posting_date": "2026-02-20", "posting_time": "9:05:01.250000", "is_cancelled": 0,
            "actual_qty": float(self.turn), "stock_value_difference": 1.5 * self.turn,
            "voucher_type": "Purchase Receipt", "voucher_no": f"PR-{self.turn}", "company": "Ours",
        }  # fmt: skip
        self.fake.save("Stock Ledger Entry", entry, late)
