from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from tests.storage.sources.conformance import Conformance
from tests.storage.sources.fake_dataverse import FakeDataverse, dataverse
from tests.storage.sources.harness import OnFake

FAULTS = ("429", "429_retry_after", "429_absurd", "500", "503", "html", "drop", "401")


@dataclass
class Accounts(OnFake):
    """Accounts of an environment that tracks their changes, or of one that does not."""

    fake: FakeDataverse
    bad: set = field(default_factory=set)
    turn: int = 0

    stream, table, page_rows, faults = "accounts", "account", 100, FAULTS

    def open(self):
        return dataverse(self.fake, page=self.page_rows)

    def create(self, n):
        return [self._new(revenue=2.5) for _ in range(n)]

    def _new(self, **values):
        key = self.fake.new()
        self._write(key, **values)
        return key

    def _write(self, key, late=0.0, **values):
        self.turn += 1
        self.fake.write("accounts", key, late, name=f"Account {self.turn}", **values)

    def change(self, ids, visible_after=0.0):
        for one in ids:
            self._write(one, visible_after)

    def delete(self, ids):
        for one in ids:
            self.fake.delete("accounts", one)

    def spoil(self):
        key = self._new(revenue="a lot")
        self.bad.add(key)
        return [key]

    def truth(self):
        found = self.fake.sets["accounts"]
        return {
            key: {"name": found.latest(key)["name"], "annual_revenue": Decimal("2.5")}
            for key in found.rows
            if key not in self.bad
        }


class TestTrackedAccounts(Conformance):
    """By delta links."""

    @pytest.fixture
    def harness(self):
        return Accounts(FakeDataverse("accounts"))


class TestUntrackedAccounts(Conformance):
    """In windows of their stamp."""

    @pytest.fixture
    def harness(self):
        return Accounts(FakeDataverse())
