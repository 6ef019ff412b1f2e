import pytest

from storage.sources._tryton_fields import LOCATIONS, MOVES, STREAMS, Reads
from storage.sources._tryton_map import MAPPINGS


def test_every_stream_that_is_read_is_mapped():
    assert set(STREAMS) == set(MAPPINGS)


@pytest.mark.parametrize("reads", [*STREAMS.values(), LOCATIONS, MOVES], ids=lambda one: one.model)
def test_every_record_is_asked_for_its_stamp_and_no_field_twice(reads):
    assert "last_modified_at" in reads.asked
    assert len(reads.asked) == len(set(reads.asked))


def test_the_stamps_of_linked_records_are_asked_for():
    reads = Reads("purchase.line", ("quantity",), follows=("purchase",))
    assert reads.asked == ["quantity", "last_modified_at", "purchase.last_modified_at"]


@pytest.mark.parametrize("stream", ["receipts", "shipments"])
def test_only_moves_that_are_done_are_read(stream):
    assert ["state", "=", "done"] in STREAMS[stream].domain


@pytest.mark.parametrize("stream", ["purchase_lines", "sale_lines"])
def test_links_to_many_are_read_where_their_changes_count(stream):
    assert set(STREAMS[stream].many) <= set(STREAMS[stream].fields)


@pytest.mark.parametrize("stream", ["partners", "items"])
def test_archived_records_are_read_too(stream):
    assert ["active", "in", [True, False]] in STREAMS[stream].domain
