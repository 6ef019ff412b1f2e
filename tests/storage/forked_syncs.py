"""Forks a sync for every line it reads, so that a kill costs no start of a process.

Says the child's pid, and then, once it ended, by what. Run as: forked_syncs.py CONFIG
"""

import os
import sys
from datetime import UTC, datetime

from bot.settings import load_settings
from bot.sources import pulled
from storage import schema
from storage.store import Store


def true_time():
    return datetime.now(UTC)


def pull(settings):
    store = Store(settings.database_url)
    if schema.revision(store) is None:
        schema.upgrade(store)
    results = [
        result
        for kind, one in settings.sources
        for result in pulled(kind, one, store, settings.now, owner="me", clock=true_time)
    ]
    return any(result.error for result in results)


def main():
    settings = load_settings(
        {"LEADLINE_NOW": "2027-01-01T00:00:00Z", **os.environ, "LEADLINE_CONFIG": sys.argv[1]}
    )
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(pull(settings))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.waitpid(child, 0)[1]}\n")
        sys.stdout.flush()


main()
