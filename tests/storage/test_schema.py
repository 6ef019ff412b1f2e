import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from storage import schema
from storage.store import Store, StoreError


def test_the_migrations_make_every_table_with_every_column_and_index(store):
    found = inspect(store.engine)
    for table in SQLModel.metadata.sorted_tables:
        assert {c["name"] for c in found.get_columns(table.name)} == set(table.columns.keys())
        made = {index["name"] for index in found.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= made, table.name


def test_an_upgraded_store_is_current(store):
    assert schema.revision(store) == schema.head()
    schema.require_current(store)


def test_an_upgrade_of_a_current_store_changes_nothing(store):
    schema.upgrade(store)
    assert schema.revision(store) == schema.head()


def test_rows_of_the_first_schema_are_kept_and_filled_up(url):
    store = Store(url)
    with store.bulk() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO peg (source, source_id, row_hash, first_seen_at, demand_ref,"
                " supply_ref, qty, kind) VALUES ('erp', '1', 0, 0, 's1', 'p1', 5, 'reserved')"
            )
        )
    schema.upgrade(store)
    schema.require_current(store)
    with store.reader() as session:
        [found] = session.execute(text("SELECT demand_kind, supply_kind, item_ref, qty FROM peg"))
    assert tuple(found) == ("salesline", "purchaseline", None, 5)
    store.close()


def test_an_empty_store_says_how_to_set_it_up(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/x.db")
    assert schema.revision(store) is None
    with pytest.raises(StoreError, match="python -m bot upgrade"):
        schema.require_current(store)
    store.close()


def test_a_store_of_a_newer_version_is_refused(store):
    with store.bulk() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        schema.require_current(store)
