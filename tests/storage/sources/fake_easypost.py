"""An EasyPost account of the tests: trackers by before_id, the newest first, and no other way."""

import base64
from datetime import datetime

from tests.storage.sources.fake_rest import FakeRest, Refused

KNOWN = ("page_size", "before_id", "after_id", "start_datetime", "end_datetime", "tracking_code",
         "carrier")  # fmt: skip


class FakeEasyPost(FakeRest):
    key = "EZAK1"
    is_endless = False  # says of every page that there is more

    def is_known(self, headers):
        return headers.get("Authorization") == (
            "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()
        )

    def answer(self, path, asked):
        if path != "/v2/trackers":
            raise Refused(404, {"error": {"code": "NOT_FOUND", "message": "no such path"}})
        self.only(asked, *KNOWN)
        size = int(asked.get("page_size", 20))
        if not 1 <= size <= 100:
            raise Refused(422, {"error": {"code": "BAD_REQUEST", "message": "page_size"}})
        made = sorted(self.records.values(), key=lambda one: (_at(one["created_at"]), one["id"]))
        found, before = made[::-1], asked.get("before_id")
        if before is not None:
            ids = [one["id"] for one in found]
            if before not in ids:
                raise Refused(404, {"error": {"code": "NOT_FOUND", "message": before}})
            found = found[ids.index(before) + 1 :]
        return {"trackers": found[:size], "has_more": self.is_endless or len(found) > size}


def _at(text):
    return datetime.fromisoformat(text)
