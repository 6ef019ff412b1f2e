"""An AfterShip organisation of the tests. Its cursors count from the first of what is asked for."""

from datetime import datetime
from functools import lru_cache

from tests.storage.sources.fake_rest import FakeRest, Refused

KNOWN = ("limit", "cursor", "updated_at_min", "updated_at_max", "created_at_min", "tag", "slug")
ENDS = ("updated_at_min", "updated_at_max", "created_at_min")
parsed = lru_cache(100_000)(datetime.fromisoformat)


class FakeAfterShip(FakeRest):
    key = "asat_1"

    def __init__(self):
        super().__init__()
        self.is_forgetful = False  # its cursors are of no use a moment later

    def is_known(self, headers):
        return headers.get("as-api-key") == self.key

    def answer(self, path, asked):
        if path != "/tracking/2026-07/trackings":
            raise Refused(404, {"meta": {"code": 4004, "message": "no such path"}})
        self.only(asked, *KNOWN)
        limit = int(asked.get("limit", 100))
        if not 1 <= limit <= 200:
            raise Refused(400, {"meta": {"code": 4001, "message": "limit is at most 200"}})
        first = int(asked.get("cursor", "at-0").removeprefix("at-"))
        if first and self.is_forgetful:
            self.is_forgetful = False
            raise Refused(400, {"meta": {"code": 4017, "message": "cursor is invalid"}})
        ends = {name: datetime.fromisoformat(asked[name]) for name in ENDS if name in asked}
        found = [one for one in reversed(self.records.values()) if _is_asked(one, ends)]
        page = found[first : first + limit]
        more = first + limit < len(found)
        return {
            "meta": {"code": 200},
            "data": {
                "pagination": {"total": len(found), "has_next_page": more,
                               "next_cursor": f"at-{first + limit}" if more else ""},
                "trackings": page,
            },
        }  # fmt: skip


def _is_asked(tracking, ends):
    for name, end in ends.items():
        at = parsed(tracking[name[:10]])
        if at < end if name.endswith("min") else at > end:
            return False
    return True
