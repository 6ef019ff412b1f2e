"""A stream of one of the small REST fakes for the suite that all sources pass."""

from functools import partial

import httpx

from storage.sources._http import Http
from tests.storage.sources.fake_rest import FAULTS
from tests.storage.sources.harness import OnFake


def opened(kind, fake, **settings):
    """The source on the fake; waiting moves the fake's clock."""
    name = kind.name
    made = kind.settings(
        key=f"{name}:main", kind=name, url=f"https://{name}.test", secret=fake.key, **settings
    )
    transport = httpx.MockTransport(fake.handle)
    return kind.open(made, partial(Http, transport=transport, sleep=fake.advance, seed=1))


class RestHarness(OnFake):
    """Subclasses say what a record is (`new`), how it changes (`changed`), which fact it makes
    (`fact`: id and columns), and what makes it unbelievable (`broken`)."""

    faults = (*FAULTS, "drop")

    def __init__(self, kind, fake):
        self.kind, self.fake = kind, fake
        self.count, self.bad = 0, set()

    def open(self):
        return opened(self.kind, self.fake)

    def create(self, n):
        return [self.fact(self._made())[0] for _ in range(n)]

    def _made(self, **more):
        self.count += 1
        record = {**self.new(f"r{self.count}"), **more}
        self.fake.put(record["id"], record)
        return record

    def change(self, ids, visible_after=0.0):
        for one in ids:
            id_ = self.record_of(one)
            self.fake.put(id_, self.changed(self.fake.newest(id_)), visible_after)

    def delete(self, ids):
        for one in ids:
            self.fake.delete(self.record_of(one))

    def spoil(self):
        self.bad.add(self._made(**self.broken)["id"])
        return sorted(self.bad)

    def truth(self):
        known = [one for one in self.fake.records if one not in self.bad]
        return dict(self.fact(self.fake.newest(one)) for one in known)

    def record_of(self, source_id):
        return source_id.partition("/")[0]

    def fail_next(self, kind):
        self.fake.fault = kind
