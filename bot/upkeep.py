"""What an operator does now and then: a new schema for the store, a look at every source."""

from collections.abc import Callable

from bot.settings import Settings
from bot.sources import opened
from storage import schema
from storage.sources import SourceError
from storage.store import Store

Say = Callable[[str], None]


def upgrade(settings: Settings, say: Say) -> None:
    """Brings the store to this version's schema; a SQLite store is copied first."""
    store = Store(settings.database_url)
    try:
        before = schema.revision(store)
        if before == schema.head():
            say("The store is up to date.")
            return
        if store.path and before:
            copy = store.path.with_name(f"{store.path.name}.{before}.backup")
            store.backup(copy)
            say(f"Copied first; to go back: python -m bot restore {copy}")
        schema.upgrade(store)
        say(f"The store is at schema {schema.head()}.")
    finally:
        store.close()


def check_sources(settings: Settings, say: Say) -> bool:
    """Tries every source; says of each what it is, or what is wrong. Whether all is well."""
    is_well = True
    for kind, one in settings.sources:
        try:
            with opened(kind, one) as source:
                health = source.check()
        except SourceError as error:
            is_well = False
            say(f"{one.key}: {error}")
            continue
        is_well = is_well and not health.missing
        missing = f"; can't read {', '.join(health.missing)}" if health.missing else ""
        say(f"{one.key}: {health.version}{missing}")
    return is_well
