"""The Salesforce source on the fake organisation, as the suite for sources wants it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from storage.sources._http import Http
from storage.sources.salesforce import PARTS, Settings, open_salesforce
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.fake_salesforce_tokens import CLIENT, SECRET
from tests.storage.sources.loopback import transport

URL = "https://fake.my.salesforce.com"
PAGE = 80


def salesforce(fake, **settings):
    """The source on the fake; waiting moves the fake's clock."""
    fake.url = settings.get("url", URL)
    given = {"url": URL, "client": CLIENT, "secret": SECRET, "page_rows": PAGE, **settings}
    made = Settings(key="salesforce:main", kind="salesforce", **given)
    more = {} if "url" in settings else {"transport": transport(fake)}
    return open_salesforce(made, partial(Http, sleep=fake.advance, seed=1, **more))


class SalesforceHarness:
    """Opportunities of one organisation, read by query or (`by_job`) in bulk."""

    stream, table = "opportunities", "opportunity"
    faults = ("429", "429_retry_after", "429_absurd", "500", "html", "drop", "401", "quota")

    def __init__(self, by_job=False):
        self.fake = FakeSalesforce()
        self.settings = {"page_rows": PAGE // PARTS, "bulk_above": 20} if by_job else {}
        self.page_rows = PAGE
        self.turn = 0
        self.bad = set()

    def open(self):
        source = salesforce(self.fake, **self.settings)
        if self.settings:  # so that short windows are read by job too
            source.reader = replace(source.reader, long=timedelta(0))
        return source

    def now(self):
        return self.fake.now

    def advance(self, seconds):
        self.fake.advance(seconds)

    def create(self, n):
        return self.fake.put("Opportunity", [self._values() for _ in range(n)])

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self.turn += 1
            self.fake.change("Opportunity", one, visible_after, Amount=self.turn + 0.25)

    def delete(self, ids):
        """Into the bin all but the last, which leaves it too."""
        self.fake.end_transactions()
        self.fake.delete("Opportunity", ids[:-1])
        self.fake.delete("Opportunity", ids[-1:], is_hard=True)

    def spoil(self):
        made = self.fake.put("Opportunity", [{**self._values(), "Amount": 1e15}] * 3)
        self.bad |= set(made)
        return made

    def truth(self):
        return {
            id_: {
                "name": one["Name"],
                "amount": Decimal(str(one["Amount"])),
                "owner": "a@b.example",
            }
            for id_, one in self.fake.living("Opportunity").items()
            if id_ not in self.bad
        }

    def fail_next(self, kind):
        self.fake.fail_next(kind)

    def _values(self):
        self.turn += 1
        return {
            "Name": f"Deal {self.turn}", "StageName": "Prospecting", "Amount": self.turn + 0.25,
            "CloseDate": self.fake.now.date() + timedelta(days=30), "IsClosed": False,
            "IsWon": False, "Owner.Email": "a@b.example",
        }  # fmt: skip
