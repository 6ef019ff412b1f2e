"""A Delighted project of the tests: responses by page number, and by seconds, both ends counted."""

import base64

from tests.storage.sources.fake_rest import FakeRest, Refused

KNOWN = ("per_page", "page", "since", "until", "updated_since", "updated_until", "order", "trend",
         "person_id", "person_email")  # fmt: skip


class FakeDelighted(FakeRest):
    key = "dlt1"

    def is_known(self, headers):
        return headers.get("Authorization") == (
            "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()
        )

    def answer(self, path, asked):
        if path != "/v1/survey_responses.json":
            raise Refused(404, {"status": 404, "message": "no such path"})
        self.only(asked, *KNOWN)
        size, page = int(asked.get("per_page", 20)), int(asked.get("page", 1))
        if not 1 <= size <= 100:
            raise Refused(422, {"status": 422, "message": "per_page is at most 100"})
        if asked.get("order", "asc") not in ("asc", "desc", "asc:updated_at", "desc:updated_at"):
            raise Refused(422, {"status": 422, "message": "no such order"})
        since, until = int(asked.get("updated_since", 0)), int(asked.get("updated_until", 10**11))
        found = [one for one in self.records.values() if since <= one["updated_at"] <= until]
        found.sort(key=lambda one: one["updated_at"])
        return found[(page - 1) * size : page * size]
