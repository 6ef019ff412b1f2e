from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, select

from storage import schema
from storage.models import AlertRule, Episode, RuleState
from storage.store import Store, StoreError

AT = datetime(2026, 11, 24, tzinfo=UTC)


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


def test_rules_and_alerts_of_before_go_on(url):
    store = Store(url)
    with store.bulk() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(
            text(
                "INSERT INTO ownrule (owner, channel, ask, fires_when, clears_when, title,"
                " created_at) VALUES ('U1', 'C1', 'lead-time', 'above 40 days', '', 'Slow', 5)"
            )
        )
        for number, phase, begun, fired, ended in (
            (1, "normal", "10", "20", "30"), (2, "firing", "40", "50", "null"),
        ):  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO episode (rule, number, phase, data, streak, blinded, evaluated_at,"
                    f" begun_at, fired_at, ended_at) VALUES ('own:1', {number}, '{phase}', 'stale',"
                    f" 0, 3, 60, {begun}, {fired}, {ended})"
                )
            )
    schema.upgrade(store)
    schema.require_current(store)
    with store.writer() as session:
        (rule,) = session.exec(select(AlertRule)).all()
        assert (rule.rule["when"], rule.rule["unit"], rule.rule["owner"]) == (
            "above 40", "days", "U1"
        )  # fmt: skip
        (state,) = session.exec(select(RuleState)).all()
        assert (state.rule, state.data, state.blinded) == ("own:1", "stale", 3)
        assert (state.told_data, state.is_holding, state.dropped_at) == ("stale", False, None)
        found = session.exec(select(Episode).order_by(Episode.number)).all()
        assert [(one.phase, one.entity, one.ended_at is None) for one in found] == [
            ("normal", "", False), ("firing", "", True)
        ]  # fmt: skip
        assert [(one.tellings, one.held) for one in found] == [(1, None)] * 2
        session.add(AlertRule(owner="U2", channel="C1", rule={}, created_at=AT, changed_at=AT))
        session.flush()
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
