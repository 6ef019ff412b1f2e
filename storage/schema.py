"""The schema's revision: what the store has, what this version needs, and how it gets there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.store import Store, StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(store: Store) -> None:
    """Brings the store to this version's schema, in one transaction: all of it or nothing."""
    with store.bulk() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(store: Store) -> None:
    """`StoreError` when the store's schema is older or newer than this version's, with the mend."""
    has, needs = revision(store), head()
    if has == needs:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if has is None or has in known:
        raise StoreError("the store's schema is older than this version: python -m bot upgrade")
    raise StoreError(
        f"the store was written by a newer Leadline (schema {has}): update Leadline, or restore"
        " the backup made before that upgrade"
    )


def revision(store: Store) -> str | None:
    """The schema revision of the store; null when it is empty."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The schema revision of this version."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
