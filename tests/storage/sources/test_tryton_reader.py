from datetime import UTC, datetime

from storage.sources._tryton_fields import STREAMS, Reads
from storage.sources._tryton_reader import PAGE
from storage.sources._window import Window
from tests.storage.sources.fake_tryton import FakeTryton

WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
STAMP = "last_modified_at"


def test_all_records_come_by_the_page_in_order_of_their_ids():
    server = FakeTryton()
    for id_ in range(PAGE + 7, 0, -1):
        server.put("stock.location", {"id": id_, "name": str(id_)})
    found = list(server.open().reader.all(Reads("stock.location", ("name",))))
    assert [row["id"] for row in found] == list(range(1, PAGE + 8))
    assert len([one for one in server.asked if "search_read" in one["method"]]) == 2


def test_a_context_goes_with_the_call():
    server = FakeTryton()
    list(server.open().reader.all(Reads("stock.location", ("name",)), locations=[3]))
    assert server.context["locations"] == [3]
    assert server.context["company"] == 1


def test_a_first_pull_asks_for_all():
    reader = FakeTryton().open().reader
    assert reader.changed_in(Window(None, WINDOW.end), STREAMS["purchase_lines"]) == []


def test_changes_are_those_of_the_record_of_its_links_and_of_who_calls_it():
    server = FakeTryton()
    server.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    server.put("purchase.purchase", {"id": 2, "party": 9})
    reads = Reads("party.party", ("name",), follows=("lang",), many=("moves",),
                  called_by=(("purchase.purchase", "party"), ("no.model", "party")))  # fmt: skip
    ((either, *within),) = server.open().reader.changed_in(WINDOW, reads)
    assert either == "OR"
    assert [part[0][0] for part in within] == [STAMP, f"lang.{STAMP}", "moves", "id"]
    assert within[-1] == [["id", "in", [9]]]


def test_links_of_a_model_that_is_not_there_lead_nowhere():
    assert FakeTryton().open().reader.linked("no.model", "party", []) == set()
