"""The HubSpot source on the fake account, as the suite for sources wants it."""

from contextlib import contextmanager
from decimal import Decimal
from functools import partial

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


class HubSpotHarness:
    """Deals with a company, or contacts: the type whose stamp has another name."""

    page_rows = 200
    faults = ("429", "429_retry_after", "500", "502", "html", "drop")

    def __init__(self, stream, server, opened):
        self.stream, self.server, self.opened = stream, server, opened
        self.table = {"deals": "opportunity", "contacts": "contact"}[stream]
        self.fake = server.fake
        self.turn = 0

    def open(self):
        return hubspot(self.server.url, self.fake, self.opened)

    def now(self):
        return self.fake.now

    def advance(self, seconds):
        self.fake.advance(seconds)

    def create(self, n):
        made = self.fake.create(self.stream, [self._properties() for _ in range(n)])
        for record_id in made:
            self.fake.link(self.stream, record_id, str(70_000 + int(record_id) % 7))
        return made

    def change(self, ids, visible_after=INDEX_LAG):
        changes = {one: self._properties() for one in ids}
        self.fake.change(self.stream, changes, visible_after)

    def delete(self, ids):
        """Archives all but the last, which goes without a trace."""
        self.fake.archive(self.stream, ids[:-1])
        self.fake.purge(self.stream, ids[-1:])

    def spoil(self):
        good = self._properties()
        wrong = {"deals": {"amount": "a lot"}, "contacts": {"hs_email_optout": "perhaps"}}
        return self.fake.create(self.stream, [{**good, **wrong[self.stream]}] * 3)

    def truth(self):
        living = self.fake.living(self.stream)
        return {
            key: {**self._row(one), "account_ref": str(70_000 + int(key) % 7)}
            for key, one in living.items()
            if one.get("amount") != "a lot" and one.get("hs_email_optout") != "perhaps"
        }

    def fail_next(self, kind):
        self.fake.fail_next(kind)

    def _properties(self):
        self.turn += 1
        if self.stream == "contacts":
            return {"email": f"p{self.turn}@example.com", "hs_email_optout": "false"}
        return {
            "dealname": f"Deal {self.turn}", "amount": f"{self.turn}.25", "dealstage": "won",
            "closedate": "2026-05-01T00:00:00Z", "deal_currency_code": "",
        }  # fmt: skip

    def _row(self, one):
        if self.stream == "contacts":
            return {"email": one["email"], "may_contact": True}
        return {"name": one["dealname"], "amount": Decimal(one["amount"]), "currency": None}
