"""The Pipedrive source on the fake account, as the suite for sources wants it."""

from decimal import Decimal
from functools import partial

import httpx

from storage.sources._http import Http
from storage.sources.pipedrive import MOST, Settings, open_pipedrive
from tests.storage.sources.fake_pipedrive import CLIENT, REFRESH, SECRET, TOKEN
from tests.storage.sources.harness import OnFake


def pipedrive(fake, opened=None, **settings):
    """The source on the fake; waiting moves the fake's clock. `opened` gathers what to close."""
    entry = (
        {"client": CLIENT, "secret": f"{SECRET}:{REFRESH}"} if fake.is_app else {"secret": TOKEN}
    )
    made = Settings(
        key="pipedrive:main", kind="pipedrive", url="https://acme.pipedrive.com", **entry,
        **settings,
    )  # fmt: skip
    clients = []

    def http(*args, **options):
        clients.append(
            Http(*args, transport=httpx.MockTransport(fake), sleep=fake.advance, seed=1, **options)
        )
        return clients[-1]

    source = open_pipedrive(made, http)
    if opened is not None:
        opened.extend(clients)
    return source


class DealHarness(OnFake):
    """Deals, of which one in ten is archived; the last that are deleted leave no trace."""

    stream = "deals"
    table = "opportunity"
    page_rows = MOST
    faults = ("429", "429_retry_after", "429_absurd", "quota", "500", "html", "drop")

    def __init__(self, fake, opened, folder):
        self.fake = fake
        self.open = partial(pipedrive, fake, opened, folder=str(folder))
        self.turn = 0
        if fake.is_app:
            self.faults = (*self.faults, "401")

    def create(self, n):
        made = [self.fake.create("deals", self._values()) for _ in range(n)]
        self.advance(1)  # the clock that a server shows has whole seconds
        return [str(one) for one in made]

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self.fake.change("deals", int(one), visible_after, **self._values())

    def delete(self, ids):
        for one in ids[:-1]:
            self.fake.delete("deals", int(one))
        self.fake.purge("deals", int(ids[-1]))

    def spoil(self):
        made = self.create(3)
        for one in made:
            self.fake.records["deals"][int(one)]["value"] = "a lot"
        return made

    def truth(self):
        return {
            str(one["id"]): {"name": one["title"], "amount": Decimal(str(one["value"])),
                             "stage": "Proposal", "owner": "ann@ours.example"}
            for one in self.fake.newest("deals").values()
            if not one["is_deleted"] and one["value"] != "a lot"
        }  # fmt: skip

    def _values(self):
        self.turn += 1
        return {
            "title": f"Deal {self.turn}", "value": self.turn + 0.25, "currency": "EUR",
            "status": ("open", "won", "lost")[self.turn % 3], "stage_id": 3, "org_id": 5,
            "is_archived": self.turn % 10 == 0,
        }  # fmt: skip
