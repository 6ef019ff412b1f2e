from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from storage.sources import SourceError
from storage.sources.tryton import PAGE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory, drain, drain_next, spec_of
from tests.storage.sources.fake_tryton import SETTINGS, FakeTryton

pytestmark = pytest.mark.slow  # the whole suite for sources


class TrytonHarness:
    """Purchase lines of one order, each with its move."""

    stream = "purchase_lines"
    table = "purchaseline"
    page_rows = PAGE
    faults = ("429", "429_retry_after", "500", "html", "drop")

    def __init__(self):
        self.server = FakeTryton()
        self.turn = 0
        self.good = {}
        put = self.server.put
        put("stock.location", {"id": 3, "name": "Main", "code": "WH", "type": "warehouse",
                               "parent": None})  # fmt: skip
        put("product.uom", {"id": 1, "name": "Unit", "factor": 1.0, "rate": 1.0})
        put("product.product", {"id": 1, "default_uom": 1})
        put("purchase.purchase", {
            "id": 1, "number": "P1", "state": "processing", "party": 1,
            "purchase_date": date(2026, 2, 1), "delivery_date": None, "warehouse": 3,
        })  # fmt: skip

    def open(self):
        return self.server.open()

    def now(self):
        return self.server.now.replace(microsecond=0)

    def advance(self, seconds):
        self.server.now += timedelta(seconds=seconds)

    def create(self, n):
        start = len(self.server.records["purchase.line"]) + 1
        ids = [str(number) for number in range(start, start + n)]
        for id_ in ids:
            self._put(int(id_), 0.0)
        return ids

    def change(self, ids, visible_after=0.0):
        for id_ in ids:
            self._put(int(id_), visible_after)

    def delete(self, ids):
        self.server.show()
        for id_ in ids:
            del self.server.records["purchase.line"][int(id_)]
            del self.good[id_]

    def spoil(self):
        ids = self.create(2)
        wrong = {"quantity": 1.0, "delivery_date_store": "next week"}, {"unit": 99}
        for id_, change in zip(ids, wrong, strict=True):
            line = self.server.records["purchase.line"][int(id_)]
            self.server.put("purchase.line", {**line, **change})
            del self.good[id_]
        return ids

    def truth(self):
        return dict(self.good)

    def fail_next(self, kind):
        self.server.faults.append(kind)

    def _put(self, id_, visible_after):
        self.turn += 1
        promised = date(2026, 4, 1 + self.turn % 28)
        self.server.put("stock.move", {
            "id": id_, "origin": f"purchase.line,{id_}", "state": "draft", "product": 1,
            "quantity": float(self.turn), "unit": 1, "planned_date": promised,
        }, visible_after)  # fmt: skip
        self.server.put("purchase.line", {
            "id": id_, "type": "line", "purchase": 1, "product": 1, "unit": 1,
            "quantity": float(self.turn), "unit_price": None, "delivery_date": promised,
            "delivery_date_store": None, "moves": [id_], "moves_ignored": [],
        }, visible_after)  # fmt: skip
        self.good[str(id_)] = {
            "order_ref": "1", "qty": Decimal(self.turn), "promised_on": promised,
            "location_ref": "3",
        }  # fmt: skip


class TestTryton(Conformance):
    @pytest.fixture
    def harness(self):
        return TrytonHarness()


@pytest.fixture
def harness():
    return TrytonHarness()


def pulled(server, stream):
    source = server.open()
    return list(source.pull(spec_of(source, stream), None))


def test_a_change_of_the_order_alone_is_a_change_of_its_lines(harness):
    harness.create(2)
    memory = drain(harness, Memory())
    harness.advance(3600)
    order = harness.server.records["purchase.purchase"][1]
    harness.server.put("purchase.purchase", {**order, "state": "done"})
    drain_next(harness, memory)
    assert {row["status"] for row in memory.living("purchaseline").values()} == {"done"}


def test_a_change_of_a_move_alone_is_a_change_of_its_line(harness):
    harness.create(2)
    memory = drain(harness, Memory())
    harness.advance(3600)
    move = harness.server.records["stock.move"][2]
    harness.server.put("stock.move", {**move, "planned_date": date(2026, 9, 9)})
    drain_next(harness, memory)
    assert memory.living("purchaseline")["2"]["promised_on"] == date(2026, 9, 9)


def test_a_party_becomes_a_supplier_with_its_first_purchase(harness):
    server = harness.server
    server.put("party.party", {"id": 9, "name": "Borealis", "code": "9", "website": "",
                               "email": "", "tax_identifier": None})  # fmt: skip
    harness.stream = "partners"
    memory = drain(harness, Memory())
    assert memory.living("party")["9"]["kind"] == "other"
    harness.advance(3600)
    server.put("purchase.purchase", {"id": 2, "party": 9})
    drain_next(harness, memory)
    assert memory.living("party")["9"]["kind"] == "supplier"


def test_a_move_that_is_not_done_is_no_receipt(harness):
    server = harness.server
    server.put("stock.location", {"id": 8, "name": "Suppliers", "type": "supplier"})
    move = {"product": 1, "quantity": 2.0, "unit": 1, "from_location": 8, "to_location": 3,
            "origin": "purchase.line,5", "effective_date": date(2026, 2, 3)}  # fmt: skip
    for id_, state in enumerate(("draft", "assigned", "cancelled", "done"), 1):
        server.put("stock.move", {"id": id_, "state": state, **move})
    (page,) = pulled(server, "receipts")
    assert [row["source_id"] for row in page.rows["receipt"]] == ["4"]
    assert page.rows["receipt"][0]["received_on"] == date(2026, 2, 3)


def test_places_belong_to_the_warehouse_above_them(harness):
    harness.server.put("stock.location", {"id": 4, "name": "Shelf", "type": "storage", "parent": 3})
    harness.server.put("stock.location", {"id": 5, "name": "Yard", "type": "storage"})
    known = harness.open()._known("receipts")
    assert known.place == {3: "3", 4: "3", 5: "5"}


OPTIONAL = ("make_orders", "consumption", "bom_lines", "invoices")


@pytest.mark.parametrize("stream", OPTIONAL)
def test_a_database_without_the_module_gives_an_empty_stream_and_that_is_no_fault(harness, stream):
    for model in ("production", "production.bom.input", "account.invoice"):
        del harness.server.records[model]
    assert pulled(harness.server, stream) == []
    source = harness.open()
    made = dict(source.ids(spec_of(source, stream)))
    assert list(made.values()) in ([], [[]])
    assert source.check().missing == ()


def test_stock_is_told_as_of_the_end_of_yesterday_by_the_clock_of_the_server(harness):
    server = harness.server
    server.put("stock.location", {"id": 4, "name": "Shelf", "type": "storage", "parent": 3})
    server.put("product.product", {"id": 2, "default_uom": 1})
    server.stock = {(4, 1): 7.0, (4, 2): 0.0}
    (page,) = pulled(server, "stock_levels")
    (row,) = page.rows["stocklevel"]
    assert (row["item_ref"], row["location_ref"], row["on_hand"]) == ("1", "4", 7)
    assert (row["value"], row["currency"]) == (21, "EUR")
    assert row["as_of"] == datetime(2026, 3, 1, 23, 59, 59, 999_999, UTC)
    assert server.context["stock_date_end"] == {
        "__class__": "date", "year": 2026, "month": 3, "day": 1,
    }  # fmt: skip
    assert page.high == server.now.replace(microsecond=0)


def test_stock_that_was_sold_out_is_gone_with_the_next_pull(harness):
    server, harness.stream, harness.table = harness.server, "stock_levels", "stocklevel"
    server.put("stock.location", {"id": 4, "name": "Shelf", "type": "storage", "parent": 3})
    server.stock = {(4, 1): 7.0}
    memory = drain(harness, Memory())
    assert set(memory.living("stocklevel")) == {"4/1"}
    server.stock = {}
    harness.advance(24 * 3600)
    drain_next(harness, memory)
    assert memory.living("stocklevel") == {}


def test_stock_is_counted_again_on_the_same_day_only_where_a_move_counts_up_to_yesterday(harness):
    server, harness.stream = harness.server, "stock_levels"
    server.put("stock.location", {"id": 4, "name": "Shelf", "type": "storage", "parent": 3})
    server.stock = {(4, 1): 7.0}
    state = drain(harness, Memory()).state
    move = {"id": 1, "state": "done", "effective_date": date(2026, 3, 2), "product": 1}
    for on, pages in ((date(2026, 3, 2), 0), (date(2026, 3, 1), 1)):
        harness.advance(3600)
        server.put("stock.move", {**move, "effective_date": on})
        harness.advance(60)
        source = harness.open()
        assert len(list(source.pull(spec_of(source, "stock_levels"), state))) == pages


def test_a_count_that_was_broken_off_begins_anew(harness, monkeypatch):
    server, harness.stream = harness.server, "stock_levels"
    monkeypatch.setattr("storage.sources.tryton.PAGE", 1)
    for place in (4, 5):
        server.put("stock.location", {"id": place, "name": "x", "type": "storage", "parent": 3})
        server.stock[place, 1] = 7.0
    source = harness.open()
    first = next(source.pull(spec_of(source, "stock_levels"), None))
    pages = list(source.pull(spec_of(source, "stock_levels"), first.state))
    assert [len(page.rows["stocklevel"]) for page in pages] == [1, 1, 0]


def test_an_invoice_that_was_cancelled_goes(harness):
    server, harness.stream, harness.table = harness.server, "invoices", "invoice"
    bill = {"id": 5, "party": 2, "type": "out", "state": "posted", "currency": 1,
            "invoice_date": date(2026, 2, 1), "lines_to_pay": [],
            "reconciliation_lines": []}  # fmt: skip
    server.put("account.invoice", bill)
    memory = drain(harness, Memory())
    assert memory.living("invoice")["5"]["currency"] == "EUR"
    harness.advance(3600)
    server.put("account.invoice", {**bill, "state": "cancelled"})
    drain_next(harness, memory)
    assert memory.living("invoice") == {}


def test_the_lines_of_a_bill_that_was_given_up_go_with_the_next_pull(harness):
    server, harness.stream, harness.table = harness.server, "bom_lines", "bomline"
    server.put("product.product", {"id": 2, "default_uom": 1})
    link = {"id": 1, "product": 1, "bom": 9, "sequence": 1}
    server.put("product.product-production.bom", link)
    put = {"bom": 9, "product": 1, "quantity": 2.0, "unit": 1}
    server.put("production.bom.output", {"id": 1, **put})
    server.put("production.bom.input", {"id": 1, **put, "product": 2, "quantity": 3.0})
    memory = drain(harness, Memory())
    (row,) = memory.living("bomline").values()
    assert (row["item_ref"], row["component_ref"], row["qty"]) == ("1", "2", Decimal("1.5"))
    del server.records["product.product-production.bom"][1]
    drain_next(harness, memory)
    assert memory.living("bomline") == {}


def test_a_check_tells_the_version_the_zone_and_what_is_missing(harness):
    del harness.server.records["sale.sale"]
    harness.server.fields["stock.move"] = {"id", "origin"}
    health = harness.open().check()
    assert (health.version, health.zone) == ("8.2", "Europe/Berlin")
    assert "sales: sale.sale" in health.missing
    assert "receipts: stock.move.effective_date" in health.missing


def test_a_module_that_is_not_there_can_be_skipped(harness):
    del harness.server.records["sale.sale"]
    with pytest.raises(SourceError, match="add 'sales' to skip") as caught:
        pulled(harness.server, "sales")
    assert caught.value.permanent
    source = harness.server.open(msgspec.structs.replace(SETTINGS, skip=("sales",)))
    assert "sales" not in [stream.name for stream in source.streams]


def test_a_stream_to_skip_that_does_not_exist_is_refused(harness):
    with pytest.raises(SourceError, match="no stream 'sails' to skip"):
        harness.server.open(msgspec.structs.replace(SETTINGS, skip=("sails",)))


def test_windows_end_at_the_clock_of_the_server(harness):
    harness.server.now = datetime(2031, 5, 5, tzinfo=UTC)
    (page,) = pulled(harness.server, "items")
    assert page.high == datetime(2031, 5, 5, tzinfo=UTC)
