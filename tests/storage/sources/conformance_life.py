"""A long life of a source: thousands of changes, late rows, faults, and processes that die."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from storage.sources import SourceError
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    drain_later,
    drain_next,
    pull,
    several_pages,
)

CHANGES, FEW = 20_000, 2_000
# seconds until the next pull; how late a row is seen; most are seen at once
PAUSES = (61, 240, 600, 600, 3600)
DELAYS = (0, 0, 0, 0, 1, 59, 120, 300)
MOST = 700


@dataclass
class Life:
    """One harness and what was stored of it; `changes` counts rows made, changed and deleted."""

    harness: object
    rng: random.Random
    memory: Memory = field(default_factory=Memory)
    changes: int = 0
    on_their_way: dict = field(default_factory=dict)

    def live(self, changes=CHANGES):
        """So many changes, with pulls between them; then what is stored is the truth."""
        self.changes += len(several_pages(self.harness))
        self._pulled()
        while self.changes < changes:
            self._change()
            self.harness.advance(self.rng.choice(PAUSES))
            self._pulled()
        drain_next(self.harness, self.memory)
        assert_true(drain_later(self.harness, self.memory), self.harness)

    def _change(self):
        living = self._settled()
        some = self.rng.sample(living, min(len(living) // 2, self.rng.randint(1, MOST)))
        late = self.rng.choice(DELAYS)
        self.harness.change(some, visible_after=late)
        self.on_their_way |= dict.fromkeys(some, self.harness.now() + timedelta(seconds=late))
        self.changes += len(some)
        if self.rng.random() < 0.4:
            self.harness.advance(1)
            self.changes += len(self.harness.create(self.rng.randint(1, 30)))
        if self.rng.random() < 0.2:
            self.harness.advance(1)
            gone = self.rng.sample(self._settled(), 2)
            self.harness.delete(gone)
            self.changes += len(gone)

    def _settled(self):
        """The living of which no change is still to be seen: a database locks such a row."""
        now = self.harness.now()
        self.on_their_way = {one: at for one, at in self.on_their_way.items() if at >= now}
        return [one for one in self.harness.truth() if one not in self.on_their_way]

    def _pulled(self):
        """One pull; some meet a fault on the way, some die behind a page."""
        kinds = sorted(self.harness.faults)
        if kinds and self.rng.random() < 0.3:
            self.harness.fail_next(self.rng.choice(kinds))
        try:
            if self.rng.random() < 0.2:
                for page in islice(pull(self.harness, self.memory), self.rng.randint(1, 3)):
                    self.memory.apply(page)
            else:
                drain(self.harness, self.memory)
        except SourceError as error:
            assert not error.permanent, error
