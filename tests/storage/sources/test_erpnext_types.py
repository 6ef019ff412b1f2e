from storage.models import FACTS
from storage.sources._entity import columns_of
from storage.sources._erpnext_types import STREAMS
from tests.storage.sources.fake_frappe_query import STANDARD
from tests.storage.sources.fake_frappe_types import CHILDREN, TYPES

EVERY = [docs for stream in STREAMS.values() for docs in stream]


def test_every_column_is_one_of_its_table():
    for docs in EVERY:
        for entity in docs.entities:
            assert set(entity.fields) <= set(columns_of(entity.table)), entity.name


def test_every_table_is_written_by_one_stream_so_that_a_sweep_can_tell_whose_a_row_is():
    tables = [
        {entity.table for docs in stream for entity in docs.entities} for stream in STREAMS.values()
    ]
    assert sum(len(one) for one in tables) == len(set().union(*tables))
    assert set().union(*tables) <= set(FACTS)


def test_every_needed_field_is_one_of_version_15():
    for docs in EVERY:
        there = TYPES[docs.doctype] | STANDARD
        if docs.lines:
            assert docs.lines.name in CHILDREN[docs.doctype]
            lines = TYPES[docs.lines.name] | STANDARD
            assert all({*one.names} & {*lines, *(f"head.{name}" for name in there)}
                       for one in docs.lines.fields.values() if one.is_needed)  # fmt: skip
        if docs.head:
            assert all({*one.names} & there for one in docs.head.fields.values() if one.is_needed)
