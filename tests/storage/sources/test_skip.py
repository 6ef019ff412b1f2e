import pytest

from storage.sources import SourceError
from storage.sources._skip import check_skip


def test_what_is_no_stream_is_refused_with_the_nearest_names():
    with pytest.raises(
        SourceError, match="erp: no stream 'sale' to skip; near: sales, stock"
    ) as said:
        check_skip("erp", ["stock", "sale"], ["sales", "stock"])
    assert said.value.permanent


def test_streams_that_are_there_may_be_left_out():
    check_skip("erp", ["stock"], ["sales", "stock"])
