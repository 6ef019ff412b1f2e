from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.bulk import check, shape, tombstone, write
from storage.models._types import instant_to_int
from tests.storage.scripted import NOW, rows

T0 = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = instant_to_int(NOW)


def line(source_id="1", at=T0, **more):
    return {"source_id": source_id, "source_updated_at": at, "order_ref": "P1",
            "qty": Decimal(5), **more}  # fmt: skip


def put(store, *found, table="purchaseline", stamp=STAMP):
    made = shape(table)
    with store.bulk() as connection:
        checked = [check(row, made) for row in found]
        return write(connection, store, "test:a", made, checked, stamp)


def promised(store):
    return rows(store, "promised_first, promised_on", "purchaseline")


def changes(store):
    return rows(store, "id, field, old, new", "fieldchange", "1=1")


def test_a_row_is_written_once(store):
    assert [put(store, line()), put(store, line())] == [1, 0]


def test_a_change_is_written_and_an_older_one_is_not(store):
    put(store, line(qty=Decimal(5)))
    assert put(store, line(qty=Decimal(7), at=T0 - timedelta(days=1))) == 0
    assert put(store, line(qty=Decimal(6), at=T0 + timedelta(days=1))) == 1
    assert rows(store, "qty", "purchaseline") == [6_000_000]


def test_without_a_stamp_the_last_word_counts(store):
    put(store, line(at=None))
    assert put(store, line(qty=Decimal(7), at=None)) == 1


def test_of_one_id_twice_on_a_page_the_last_counts(store):
    put(store, line(qty=Decimal(1)), line(qty=Decimal(2)))
    assert rows(store, "qty", "purchaseline") == [2_000_000]


def test_every_promise_ever_seen_is_kept(store):
    for day, first in ((1, date(2026, 2, 1)), (2, date(2026, 2, 8)), (3, date(2026, 2, 8))):
        put(store, line(at=T0 + timedelta(days=day), promised_first=first, promised_on=first))
    assert promised(store) == [("2026-02-01", "2026-02-08")]
    assert [row[1:] for row in changes(store)] == [
        ("promised_on", None, "2026-02-01"), ("promised_on", "2026-02-01", "2026-02-08"),
    ]  # fmt: skip


def test_the_first_promise_is_written_when_it_comes(store):
    put(store, line())
    day = date(2026, 2, 1)
    put(store, line(at=T0 + timedelta(days=1), promised_first=day, promised_on=day))
    assert promised(store) == [("2026-02-01", "2026-02-01")]


def test_a_deleted_row_comes_back_when_it_is_seen_again(store):
    put(store, line())
    with store.bulk() as connection:
        assert tombstone(connection, store, "test:a", "purchaseline", ["1", "2"], STAMP) == 1
    assert rows(store, "source_id", "purchaseline") == []
    assert put(store, line()) == 1
    assert rows(store, "source_id", "purchaseline") == ["1"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("qty", Decimal("NaN"), "number"),
        ("qty", None, "qty"),
        ("qty", "five", "qty"),
        ("promised_on", date(9999, 1, 1), "9999"),
        ("promised_on", datetime(2026, 1, 1, tzinfo=UTC), "promised_on"),
        ("cancelled_at", datetime(2026, 1, 1), "cancelled_at"),  # noqa: DTZ001 - that is the fault
        ("uom", "a\0b", "NUL"),
        ("invented", 1, "invented"),
    ],
)
def test_a_value_that_is_none_of_its_column_is_refused(column, value, said):
    with pytest.raises(ValueError, match=said):
        check(line(**{column: value}), shape("purchaseline"))


def test_a_table_that_does_not_exist_is_refused():
    with pytest.raises(KeyError):
        shape("nonsense")


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 4)), max_size=25)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_whatever_the_order_of_arrival_the_newest_stands(store, steps):
    """An independent model: by id, the highest stamp; among equals the last that came."""
    from sqlalchemy import text

    with store.bulk() as connection:
        connection.execute(text("DELETE FROM purchaseline"))
    model = {}
    for key, stamp, qty in steps:
        at = T0 + timedelta(days=stamp)
        put(store, line(f"{key}", at, qty=Decimal(qty)))
        if f"{key}" not in model or at >= model[f"{key}"][0]:
            model[f"{key}"] = (at, qty * 1_000_000)
    found = dict(rows(store, "source_id, qty", "purchaseline"))
    assert found == {key: qty for key, (_, qty) in model.items()}
