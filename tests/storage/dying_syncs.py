"""Forks a sync for every line it reads, which kills itself at a page: "stored 2", "received 1".

"stored 1": behind the first page that is in the store; "received 1": when it came and is not in
yet. Says by what the sync ended: 0, or 9 for a kill. Run as: dying_syncs.py CONFIG
"""

import os
import signal
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.settings import load_settings
from bot.sources import pulled
from storage import schema
from storage.store import Store


@dataclass
class Received:
    """A source that kills its process when so many pages came, before the last is stored."""

    source: Any
    left: int

    def __getattr__(self, name):
        return getattr(self.source, name)

    def pull(self, stream, state):
        for page in self.source.pull(stream, state):
            self.left -= 1
            if self.left == 0:
                die()
            yield page


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def run(settings, when, number):
    store, left = Store(settings.database_url), [number]
    if schema.revision(store) is None:
        schema.upgrade(store)

    def stored(stream, received, total):
        left[0] -= 1
        if when == "stored" and left[0] == 0:
            die()

    errors = []
    for kind, one in settings.sources:
        opened = kind.open
        if when == "received":
            kind = replace(kind, open=lambda *args: Received(opened(*args), number))  # noqa: B023 - used at once
        results = pulled(
            kind, one, store, settings.now, owner="me", clock=lambda: datetime.now(UTC),
            progress=stored,
        )  # fmt: skip
        errors += [result.error for result in results if result.error]
    return bool(errors)


def main():
    settings = load_settings(
        {"LEADLINE_NOW": "2027-01-01T00:00:00Z", **os.environ, "LEADLINE_CONFIG": sys.argv[1]}
    )
    for line in sys.stdin:
        when, number = line.split()
        child = os.fork()
        if child == 0:
            os._exit(run(settings, when, int(number)))
        sys.stdout.write(f"{os.waitpid(child, 0)[1]}\n")
        sys.stdout.flush()


main()
