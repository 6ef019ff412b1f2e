import pytest

from storage.sources import SourceError
from storage.sources._odoo_fields import STREAMS, Reads, renamed

READS = Reads("stock.move", ("state", "quantity_done"), ("picking_id",))


@pytest.mark.parametrize("there", ["quantity_done", "quantity"])
def test_a_field_is_asked_for_by_the_name_it_has_there(there):
    asked = READS.asked({"state", there, "other"}, "erp")
    assert asked == {"state": "state", there: "quantity_done"}


def test_what_is_only_wanted_may_be_missing():
    assert "picking_id" in READS.asked({"state", "quantity", "picking_id"}, "erp")


def test_what_is_needed_must_be_there():
    assert READS.missing({"state"}) == ["quantity_done"]
    with pytest.raises(SourceError, match="has no quantity_done") as error:
        READS.asked({"state"}, "erp")
    assert error.value.permanent


def test_a_record_is_given_the_names_of_odoo_16():
    record = {"id": 3, "state": "done", "quantity": 5}
    assert renamed(record, {"state": "state", "quantity": "quantity_done"}) == {
        "id": 3, "state": "done", "quantity_done": 5,
    }  # fmt: skip


@pytest.mark.parametrize("stream", STREAMS)
def test_every_record_tells_when_it_was_changed(stream):
    assert "write_date" in STREAMS[stream].needed


def test_records_of_one_of_some_links_are_asked_for_by_those_that_exist():
    reads = Reads("stock.move", ("state",), domain=(("state", "=", "done"),), one_of=("a", "b"))
    assert reads.condition({"state", "a", "b"}) == [
        "|", ["a", "!=", False], ["b", "!=", False], ["state", "=", "done"],
    ]  # fmt: skip
    assert reads.condition({"state", "b"}) == [["b", "!=", False], ["state", "=", "done"]]
    assert reads.missing({"state"}) == ["a"]
