"""The NetSuite source on the fake account, as the suite for sources wants it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

from storage.sources._http import Http
from storage.sources.netsuite import Settings, open_netsuite
from tests.storage.sources.fake_netsuite import ACCOUNT, CONSUMER, SECRETS, TOKEN, FakeNetSuite
from tests.storage.sources.fake_suiteql import MARK
from tests.storage.sources.loopback import transport

PAGE = 80
# An hour before clocks go back in Los Angeles.
NEAR_FOLD = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def netsuite(fake, **settings):
    """The source on the fake; waiting moves the fake's clock."""
    given = {"account": ACCOUNT, "client": CONSUMER, "login": "token", "token": TOKEN,
             "secret": " ".join(SECRETS), "page_rows": PAGE, **settings}  # fmt: skip
    made = Settings(key="netsuite:main", kind="netsuite", **given)
    return open_netsuite(made, partial(Http, sleep=fake.advance, seed=1, transport=transport(fake)))


class NetSuiteHarness:
    """Lines of purchases, with a stamp of their own, or (`has_stamp`) only with their order's."""

    stream, table = "purchase_lines", "purchaseline"
    page_rows = PAGE
    faults = ("429", "429_retry_after", "429_absurd", "busy", "500", "html", "drop", "401")

    def __init__(self, has_stamp=True, now=NEAR_FOLD):
        without = () if has_stamp else ("transactionline.linelastmodifieddate",)
        self.fake = FakeNetSuite(now, without=without)
        self.lines, self.bad = {}, set()
        self.orders = self.turn = 0

    def open(self):
        return netsuite(self.fake)

    def now(self):
        return self.fake.now

    def advance(self, seconds):
        self.fake.advance(seconds)

    def create(self, n):
        """An order of so many lines."""
        self.orders += 1
        order, stamp = 9 + self.orders, MARK + self.fake.local
        self.fake.put(
            "transaction", {"id": order}, type="PurchOrd", tranid=f"PO{order}", status="B",
            trandate=stamp, lastmodifieddate=stamp,
        )  # fmt: skip
        made = []
        for line in range(1, n + 1):
            self.turn += 1
            key = f"{order}/{line}"
            self.lines[key] = 95 + self.turn  # numbers of two digits and of three
            self.fake.put(
                "transactionline", {"uniquekey": self.lines[key]}, transaction=order, id=line,
                linesequencenumber=line, item=7, quantity=3, mainline="F", taxline="F",
                isclosed="F", **self._changing(),
            )  # fmt: skip
            made.append(key)
        return made

    def change(self, ids, visible_after=0.0):
        """The line alone: its order does not notice."""
        for one in ids:
            self.turn += 1
            key = {"uniquekey": self.lines[one]}
            self.fake.put("transactionline", key, visible_after, **self._changing())

    def delete(self, ids):
        """Some are taken out of their orders, which leaves no trace."""
        for one in ids:
            self.fake.remove("transactionline", uniquekey=self.lines.pop(one))

    def spoil(self):
        made = self.create(3)
        for one in made:
            self.fake.put("transactionline", {"uniquekey": self.lines[one]}, quantity="many")
        self.bad |= set(made)
        return made

    def truth(self):
        rows = self.fake.db.connection.execute("SELECT * FROM transactionline").fetchall()
        seen = {row["uniquekey"]: (row["rate"], row["expectedreceiptdate"]) for row in rows}
        for *_, key, values in sorted(self.fake.pending, key=lambda one: one[1]):
            seen[key["uniquekey"]] = (values["rate"], values["expectedreceiptdate"])
        return {
            one: {"unit_price": Decimal(seen[key][0]), "qty": Decimal(3),
                  "promised_on": date.fromisoformat(seen[key][1][1:11])}
            for one, key in self.lines.items() if one not in self.bad
        }  # fmt: skip

    def fail_next(self, kind):
        self.fake.fail_next(kind)

    def _changing(self):
        promise = date(2026, 12, 1) + timedelta(days=self.turn % 300)
        return {"rate": f"{self.turn}.25", "expectedreceiptdate": f"{MARK}{promise} 00:00:00",
                "linelastmodifieddate": MARK + self.fake.local}  # fmt: skip
