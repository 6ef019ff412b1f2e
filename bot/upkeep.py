"""What an operator does now and then: opens the store, upgrades it, looks at every source."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.health import told
from bot.settings import Settings, SettingsError
from bot.sources import opened as opened_source
from storage import schema
from storage.sources import Kind, SourceError, SourceSettings
from storage.store import Store

Say = Callable[[str], None]


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The configured store; an empty one is set up, one of another version refused."""
    store = Store(settings.database_url)
    try:
        if schema.revision(store) is None:
            schema.upgrade(store)
        schema.require_current(store)
        yield store
    finally:
        store.close()


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


def restore(settings: Settings, file: Path, say: Say) -> None:
    """Puts a copy made by `backup` in place of a SQLite store; the present one is kept."""
    store = Store(settings.database_url)
    if not store.path:
        raise SettingsError("restore PostgreSQL with pg_restore")
    kept = store.restore(file)
    say(f"Restored from {file}" + (f"; what was there is in {kept}" if kept else ""))


def check_sources(settings: Settings, say: Say, name: str = "") -> bool:
    """Tries every source, or the one of a name; says of each what it is, or what is wrong.

    Whether all is well.
    """
    is_well = True
    for kind, one in named(settings, name):
        try:
            with opened_source(kind, one) as source:
                health = source.check()
        except SourceError as error:
            is_well = False
            say(f"{one.key}: {error}")
            continue
        is_well = is_well and not health.missing
        for line in told(one, health):
            say(line)
    return is_well


def named(settings: Settings, name: str) -> Sequence[tuple[Kind, SourceSettings]]:
    """The sources of leadline.toml, or the one of a name; there must be one."""
    by_name = {one.key.partition(":")[2]: (kind, one) for kind, one in settings.sources}
    if name and name not in by_name:
        there = ", ".join(by_name) or "none"
        raise SettingsError(f"there is no source {name!r} in leadline.toml; there are {there}")
    return [by_name[name]] if name else list(by_name.values())
