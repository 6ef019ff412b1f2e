"""The Zendesk source on the fake account, as the suite for sources wants it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import httpx

from storage.sources._http import Http
from storage.sources.zendesk import Settings, open_zendesk
from tests.storage.sources.fake_zendesk import TOKEN, USER
from tests.storage.sources.harness import OnFake


def zendesk(fake, opened=None, **settings):
    """The source on the fake; waiting moves the fake's clock. `opened` gathers what to close."""
    made = Settings(
        key="zendesk:main", kind="zendesk", url="https://ours.zendesk.com",
        **{"user": USER, "secret": TOKEN, **settings},
    )  # fmt: skip
    http = partial(Http, transport=httpx.MockTransport(fake), sleep=fake.sleep, seed=1)
    source = open_zendesk(made, http)
    if opened is not None:
        opened.append(source.http)
    return source


class TicketHarness(OnFake):
    """Tickets with metrics; a deleted one stays in the export and says so."""

    stream = "tickets"
    table = "ticket"
    page_rows = 200
    faults = ("429", "429_edge", "429_retry_after", "429_absurd", "500", "html", "drop")

    def __init__(self, fake, opened):
        self.fake = fake
        self.open = partial(zendesk, fake, opened, page=self.page_rows)
        self.turn = 0

    def create(self, n):
        made = [self.fake.create("tickets", self._values()) for _ in range(n)]
        self.advance(62)  # what is younger than a minute is not in the export
        return [str(one) for one in made]

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self.fake.change("tickets", int(one), visible_after, **self._values())

    def delete(self, ids):
        for one in ids:
            self.fake.change("tickets", int(one), status="deleted")
        self.advance(62)

    def spoil(self):
        made = self.create(3)
        for one in made:
            self.fake.records["tickets"][int(one)]["created_at"] = "soon"
        return made

    def truth(self):
        return {
            str(one["id"]): {
                "subject": one["subject"], "status": one["status"],
                "account_ref": str(one["organization_id"]),
                "first_response_at": _read(one["created_at"])
                + timedelta(minutes=one["metric_set"]["reply_time_in_minutes"]["calendar"]),
            }
            for one in self.fake.newest("tickets").values()
            if one["status"] != "deleted" and one["created_at"] != "soon"
        }  # fmt: skip

    def _values(self):
        self.turn += 1
        return {
            "subject": f"Help {self.turn}", "status": ("open", "pending", "solved")[self.turn % 3],
            "organization_id": 40 + self.turn % 7, "priority": "high",
            "metric_set": {"reply_time_in_minutes": {"calendar": self.turn % 90, "business": 1},
                           "solved_at": None},
        }  # fmt: skip


def _read(text):
    return datetime.fromisoformat(text).astimezone(UTC)
