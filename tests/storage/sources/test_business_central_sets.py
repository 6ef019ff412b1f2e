import pytest

from storage.sources._business_central_reader import reads_of
from storage.sources.business_central import STREAMS
from tests.storage.sources.fake_business_central import SETS

PARTS = [(spec, part) for spec, parts in STREAMS for part in parts]


@pytest.mark.parametrize(("spec", "part"), PARTS, ids=lambda one: getattr(one, "name", ""))
def test_all_that_is_asked_for_is_on_the_vendors_page_of_the_set(spec, part):
    reads, page = reads_of(part, part.set), SETS[part.set]
    assert {*reads.fields, reads.key} <= set(page.types)
    assert not reads.stamp or reads.stamp in page.types
    for name, fields in reads.expand.items():
        assert set(fields) <= set(page.lists[name])


@pytest.mark.parametrize(("spec", "part"), PARTS, ids=lambda one: getattr(one, "name", ""))
def test_what_a_stream_makes_goes_to_its_table(spec, part):
    expected = "stocklevel" if spec.name == "stock_levels" else part.entity.table
    assert spec.tables == (expected,)
