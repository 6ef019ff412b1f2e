from datetime import datetime

import pytest

from storage.sources import SourceError
from storage.sources._odata2_reader import CHUNK, PAGE, unpadded
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    pull,
    several_pages,
    spec_of,
)
from tests.storage.sources.fake_odata2 import LONGEST_URL
from tests.storage.sources.s4hana_harness import PurchaseLines, Receipts, Shipments, s4hana

HOUR = 3600


@pytest.mark.parametrize(
    ("shown", "bare"), [("00010", "10"), ("000", "0"), ("A01", "A01"), ("", ""), (None, "")]
)
def test_numbers_are_the_same_with_and_without_zeros(shown, bare):
    assert unpadded(shown) == bare


def asked(harness, name):
    return [options for _, found, options in harness.fake.requests if found == name]


def test_pages_go_on_by_key_within_a_frozen_window():
    harness = PurchaseLines()
    ids = several_pages(harness)
    memory = drain(harness, Memory())
    harness.advance(HOUR)
    harness.change(ids)
    harness.advance(60)
    harness.fake.requests.clear()
    drain(harness, memory)
    filters = [options["$filter"] for options in asked(harness, "A_PurchaseOrder")][:3]
    bounds = {one.partition(" and PurchaseOrder gt")[0] for one in filters}
    assert len(bounds) == 1
    assert [" and PurchaseOrder gt '" in one for one in filters] == [False, True, True]


def test_a_server_that_gives_less_than_asked_loses_nothing():
    harness = PurchaseLines()
    harness.fake.page = 37
    harness.create(PAGE)
    assert_true(drain(harness, Memory()), harness)


def test_a_full_load_knows_how_much_there_is():
    harness = PurchaseLines()
    several_pages(harness)
    pages = list(pull(harness, Memory()))
    assert {page.total for page in pages} == {500}
    assert sum(page.received for page in pages) == 500
    assert [page.begins for page in pages] == [True, False, False]


def test_a_sweep_names_what_can_not_be_believed_as_it_is_there():
    harness = PurchaseLines()
    ids, bad = harness.create(3), harness.spoil()
    source = harness.open()
    named = [one for _, some in source.ids(spec_of(source, harness.stream)) for one in some]
    assert sorted(named) == sorted([*ids, *bad])


def test_urls_stay_short_whatever_the_keys():
    harness = PurchaseLines()
    harness.create(PAGE)
    drain(harness, Memory())  # the server refuses a longer one
    chunks = [one["$filter"].count(" eq ") for one in asked(harness, "A_PurchaseOrderItem")]
    assert max(chunks) == CHUNK
    assert LONGEST_URL == 8_000


def test_a_field_that_is_needed_and_gone_fails_the_stream_by_its_name():
    harness = PurchaseLines()
    harness.create(1)
    del harness.fake.set("A_PurchaseOrderItem").types["OrderQuantity"]
    with pytest.raises(SourceError, match="A_PurchaseOrderItem: no field 'OrderQuantity'; near: "):
        list(pull(harness, Memory()))


def test_a_field_that_is_not_needed_and_gone_is_not_asked_for():
    harness = PurchaseLines()
    harness.create(1)
    del harness.fake.set("A_PurchaseOrderItem").types["NetPriceQuantity"]
    assert_true(drain(harness, Memory()), harness)


@pytest.mark.parametrize("status", [403, 404])
def test_without_a_service_that_only_adds_the_rest_is_read(status):
    harness = PurchaseLines()
    harness.create(1)
    harness.fake.refused["API_PRODUCT_SRV"] = status
    assert_true(drain(harness, Memory()), harness)


def test_master_data_of_a_run_is_asked_for_once():
    harness = PurchaseLines()
    several_pages(harness)
    drain(harness, Memory())
    assert len(asked(harness, "A_ProductUnitsOfMeasure")) == 1


def test_posted_documents_are_looked_for_from_afar_now_and_then():
    harness = Receipts()
    memory = drain(harness, Memory())
    fars = []
    for _ in range(12):
        harness.advance(HOUR / 2)
        harness.fake.requests.clear()
        drain(harness, memory)
        (options,) = asked(harness, "A_MaterialDocumentHeader")
        fars.append("CreationTime ge" not in options["$filter"])
    assert fars == [False] * 7 + [True] + [False] * 4


def test_a_run_that_dies_behind_the_first_of_two_stamps_goes_on_with_the_second():
    harness = Shipments()
    ids = harness.create(3)
    memory = drain(harness, Memory())
    high = datetime.fromisoformat(memory.state["high"])
    harness.advance(HOUR)
    harness.change(ids[:1])
    harness.create(2)
    first = next(iter(pull(harness, memory)))
    memory.apply(first)
    assert memory.state["after"] == {"turn": 1, "keys": None}
    assert first.high == high
    assert_true(drain(harness, memory), harness)


def test_a_server_without_a_clock_is_refused():
    harness = PurchaseLines()
    source = s4hana(harness.fake)
    with pytest.raises(SourceError, match="sends no Date header"):
        source.reader.now()
