"""A whole Leadline with a small world behind it and the real page before it, at any time."""

import shutil
from contextlib import contextmanager
from datetime import timedelta

from tests.bot.conversation import NOW, leadline
from tests.storage.world import World

STREAMS = "purchaseorder,purchaseline,receipt"
STEEL = "party-1"  # the supplier of the small world


class Living:
    """What a test does beside the page: time passes, orders arrive, and what is due is done."""

    def __init__(self, folder, now):
        self.folder, self._now = folder, now
        self.slack = self.parts = None

    @property
    def now(self):
        return self._now[0]

    @property
    def address(self):
        return self.slack.base_url

    def passes(self, happens=lambda world: None, **time):
        """Time passes; then something `happens` in the sources, which are read, and is noticed."""
        self._now[0] += timedelta(**time)
        world = World(self.folder)
        world._count = int(self.now.timestamp())  # no id that was given before
        happens(world)
        world.synced(world.erp, f"orders-{self.now:%d%H%M%S}", STREAMS, self.now)
        world.store.close()
        self.parts.worker.tick(self.now, to_the_end=True)

    def steel_is_quick(self, world):
        """Purchases of steel that came within two days, so many that they are what is usual."""
        for hours in range(1, 41):
            ordered = self.now - timedelta(days=3, hours=hours)
            world.purchase(STEEL, None, ordered, received=ordered + timedelta(days=2))


@contextmanager
def living(folder, built):
    """`built` is the folder of the page."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    now = [NOW]
    made = Living(folder, now)
    with leadline(folder, clock=lambda: now[0]) as (slack, parts):
        made.slack, made.parts = slack, parts
        yield made
