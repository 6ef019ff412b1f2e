"""A Stripe account of the tests: lists with the newest first, and thirty days of events."""

from datetime import timedelta

from tests.storage.sources.fake_rest import FakeRest, Refused

KINDS = {"customers": (), "subscriptions": ("status",), "invoices": ("status",),
         "events": ("types[]", "created[gte]", "created[lte]", "type")}  # fmt: skip
PAGING = ("limit", "starting_after", "ending_before")
KEPT = timedelta(days=30).total_seconds()


class FakeStripe(FakeRest):
    """`records` are the objects of all kinds; `events` all that happened, each seen from a time."""

    key = "rk_test_1"

    def __init__(self):
        super().__init__()
        self.events, self.closed = [], set()

    def is_known(self, headers):
        return headers.get("Authorization") == f"Bearer {self.key}"

    def seconds(self):
        return int(self.now.timestamp())

    def happen(self, type_, one, visible_after=0.0):
        """An event with what its object is like now."""
        event = {"id": f"evt_{len(self.events)}", "type": type_, "created": self.seconds(),
                 "data": {"object": dict(one)}}  # fmt: skip
        self.events.append((self.seconds() + visible_after, event))

    def answer(self, path, asked):
        pairs = list(asked.items()) if isinstance(asked, dict) else asked
        kind = path.removeprefix("/v1/")
        if kind not in KINDS:
            raise Refused(404, _error(f"Unrecognized request URL {path}"))
        if kind in self.closed:
            raise Refused(403, _error("The provided key does not have the required permissions"))
        for name, _ in pairs:
            if name not in (*PAGING, *KINDS[kind]):
                raise Refused(400, _error(f"Received unknown parameter: {name}"))
        types, asked = [value for name, value in pairs if name == "types[]"], dict(pairs)
        if len(types) > 20:
            raise Refused(400, _error("types is at most 20"))
        found = self._happened(types, asked) if kind == "events" else self._listed(kind, asked)
        return self._page(found, asked)

    def _happened(self, types, asked):
        start, end = int(asked.get("created[gte]", 0)), int(asked.get("created[lte]", 10**11))
        now, found = self.seconds(), []
        for seen, event in reversed(self.events):  # they are kept as they happened
            if event["created"] < max(start, now - KEPT):
                break
            is_asked = not types or event["type"] in types
            if seen <= now and event["created"] <= end and is_asked:
                found.append(event)
        return found

    def _listed(self, kind, asked):
        name = kind.removesuffix("s")
        found = [one for one in self.records.values() if one["object"] == name]
        if kind == "subscriptions" and asked.get("status") != "all":
            found = [one for one in found if one["status"] != "canceled"]
        return sorted(found, key=lambda one: (one["created"], one["id"]), reverse=True)

    def _page(self, found, asked):
        limit = int(asked.get("limit", 10))
        if not 1 <= limit <= 100:
            raise Refused(400, _error("limit is at most 100"))
        after = asked.get("starting_after")
        if after is not None:
            ids = [one["id"] for one in found]
            if after not in ids:
                raise Refused(404, _error(f"No such object: {after}"))
            found = found[ids.index(after) + 1 :]
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}


def _error(said):
    return {"error": {"type": "invalid_request_error", "message": said}}
