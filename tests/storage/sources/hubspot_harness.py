"""The HubSpot source on the fake account, as the suite for sources wants it."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial

from storage.models._types import EPOCH
from storage.sources._http import Http
from storage.sources.hubspot import HubSpot, Settings, open_hubspot
from tests.storage.sources.fake_hubspot import INDEX_LAG, TOKEN
from tests.storage.sources.fake_hubspot_server import Server


@contextmanager
def served(fake):
    """The fake account on a port of its own."""
    server = Server(fake)
    try:
        yield server
    finally:
        server.stop()


def hubspot(url, fake, opened=None, tries=5, **settings) -> HubSpot:
    """The source on the fake; waiting moves the fake's clock. `opened` gathers what to close."""
    made = Settings(key="hubspot:main", kind="hubspot", url=url, secret=TOKEN, **settings)
    source = open_hubspot(made, partial(Http, sleep=fake.advance, seed=1, tries=tries))
    if opened is not None:
        opened.append(source)
    return source


AT = {"hs_timestamp": "2026-02-01T10:00:00Z"}  # an activity needs no more
TABLES = {"deals": "opportunity", "contacts": "contact", "activities": "activity"}
WRONG = {"deals": {"amount": "a lot"}, "contacts": {"hs_email_optout": "perhaps"},
         "activities": {"hs_timestamp": "soon"}}  # fmt: skip


class HubSpotHarness:
    """Records of one stream with a company: contacts, whose stamp has another name, or others.

    Those of the activities are calls; a record is good unless it says what `WRONG` does.
    """

    page_rows = 200
    faults = ("429", "429_retry_after", "500", "502", "html", "drop")

    def __init__(self, stream, server, opened):
        self.stream, self.server, self.opened = stream, server, opened
        self.table = TABLES[stream]
        self.kind = "calls" if stream == "activities" else stream
        self.prefix = "calls-" if stream == "activities" else ""
        self.fake = server.fake
        self.turn = 0

    def open(self):
        return hubspot(self.server.url, self.fake, self.opened)

    def now(self):
        return self.fake.now

    def advance(self, seconds):
        self.fake.advance(seconds)

    def create(self, n):
        made = self.fake.create(self.kind, [self._properties() for _ in range(n)])
        for record_id in made:
            self.fake.link(self.kind, record_id, str(70_000 + int(record_id) % 7))
        return self._named(made)

    def change(self, ids, visible_after=INDEX_LAG):
        changes = {one.removeprefix(self.prefix): self._properties() for one in ids}
        self.fake.change(self.kind, changes, visible_after)

    def delete(self, ids):
        """Archives all but the last, which goes without a trace."""
        own = [one.removeprefix(self.prefix) for one in ids]
        self.fake.archive(self.kind, own[:-1])
        self.fake.purge(self.kind, own[-1:])

    def spoil(self):
        spoilt = {**self._properties(), **WRONG[self.stream]}
        return self._named(self.fake.create(self.kind, [spoilt] * 3))

    def truth(self):
        living = self.fake.living(self.kind)
        return {
            f"{self.prefix}{key}": {**self._row(one), "account_ref": str(70_000 + int(key) % 7)}
            for key, one in living.items()
            if not WRONG[self.stream].items() <= one.items()
        }

    def fail_next(self, kind):
        self.fake.fail_next(kind)

    def _named(self, ids):
        return [f"{self.prefix}{one}" for one in ids]

    def _properties(self):
        self.turn += 1
        return {
            "contacts": {"email": f"p{self.turn}@example.com", "hs_email_optout": "false"},
            "activities": {"hs_timestamp": str(1_772_000_000_000 + self.turn)},
            "deals": {
                "dealname": f"Deal {self.turn}", "amount": f"{self.turn}.25", "dealstage": "won",
                "closedate": "2026-05-01T00:00:00Z", "deal_currency_code": "",
            },
        }[self.stream]  # fmt: skip

    def _row(self, one):
        if self.stream == "contacts":
            return {"email": one["email"], "may_contact": True}
        if self.stream == "activities":
            at = EPOCH + timedelta(milliseconds=int(one["hs_timestamp"]))
            return {"kind": "call", "happened_at": at}
        return {"name": one["dealname"], "amount": Decimal(one["amount"]), "currency": None}
