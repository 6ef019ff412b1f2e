import pytest

from storage.sources._erpnext_docs import Reader, tombstones
from storage.sources._erpnext_types import STREAMS
from tests.storage.sources.erpnext_harness import erpnext
from tests.storage.sources.erpnext_world import amend, purchase, purchase_line, receipt
from tests.storage.sources.fake_frappe import FakeFrappe


@pytest.fixture
def fake():
    return FakeFrappe()


@pytest.fixture
def reader(fake):
    """A reader of the n-th type of documents of a stream."""
    opened = []
    source = erpnext(fake, opened)
    yield lambda stream, n=0: Reader(source.site, source.known, STREAMS[stream][n])
    opened[0].http.close()


def page(fake, one):
    fields = [
        name for name in ("name", *one.docs.asked()) if name in one.site.fields(one.docs.doctype)
    ]
    return one.page(one.site.listed(one.docs.doctype, fields))


def test_an_order_and_its_lines_come_together(fake, reader):
    purchase(fake, lines=[purchase_line("a"), purchase_line("b")])
    rows = page(fake, reader("purchases")).rows
    (order,) = rows["purchaseorder"]
    assert (order["source_id"], order["supplier_ref"]) == ("PO-1", "Supplier/Acme")
    assert [(row["source_id"], row["order_ref"]) for row in rows["purchaseline"]] == [
        ("a", "PO-1"), ("b", "PO-1"),
    ]  # fmt: skip


def test_a_receipt_points_to_the_first_of_an_amended_order(fake, reader):
    purchase(fake)
    amend(fake, "PO-1", "PO-1-1", [purchase_line("x1")])
    receipt(fake, order="PO-1-1", line="x1")
    (row,) = page(fake, reader("receipts")).rows["receipt"]
    assert (row["order_ref"], row["line_ref"], row["qty"]) == ("PO-1", "PO-1-a", 12)


def test_what_was_refused_is_no_part_of_a_receipt_and_a_return_is_negative(fake, reader):
    receipt(fake)
    receipt(fake, "PR-2", qty=0.0, stock_qty=0.0, rejected_qty=2.0)
    receipt(fake, "PR-3", is_return=1, qty=-1.0, stock_qty=-12.0, purchase_receipt_item="PR-1-r")
    found = page(fake, reader("receipts"))
    made = [(row["source_id"], int(row["qty"]), row["reversal_of"])
            for row in found.rows["receipt"]]  # fmt: skip
    assert made == [("PR-1-r", 12, None), ("PR-3-r", -12, "PR-1-r")]
    assert found.deletes == {"receipt": ["PR-2-r"]}


def test_a_cancelled_receipt_is_one_no_more(fake, reader):
    receipt(fake)
    fake.cancel("Purchase Receipt", "PR-1")
    assert page(fake, reader("receipts")).deletes == {"receipt": ["PR-1-r"]}


def test_a_stamp_of_the_hour_that_comes_twice_is_not_told(fake, reader):
    fake.advance((237 * 24 - 8.5) * 3600)  # half past two in the night when clocks go back
    purchase(fake)
    rows = page(fake, reader("purchases")).rows
    assert fake.local().isoformat()[:16] == "2026-10-25T02:30"
    assert [row["source_updated_at"] for found in rows.values() for row in found] == [None, None]


def test_a_needed_field_that_the_site_lacks_is_named(fake, reader):
    fake.types["Purchase Order"].remove("transaction_date")
    fake.types["Purchase Order Item"] -= {"stock_qty", "qty"}
    assert [one.partition(";")[0] for one in reader("purchases").missing()] == [
        "Purchase Order: no field 'transaction_date'",
        "Purchase Order Item: no field 'stock_qty'",
    ]


def test_a_field_of_ones_own_that_the_site_lacks_is_named(fake, reader):
    own = {"purchaseline": {"promised_on": "custom_promised", "planned_on": "head.custom_ship_by"}}
    (said,) = reader("purchases").unknown(own)
    assert said.startswith("Purchase Order Item: no field 'custom_promised'; near: custom_promise,")


def test_a_tombstone_names_the_document_and_the_rows_in_it(fake, reader):
    purchase(fake, lines=[purchase_line("a"), purchase_line("b")])
    fake.delete("Purchase Order", "PO-1")
    one = reader("purchases")
    dead = list(fake.tables["Deleted Document"].values())
    assert one.lost(dead) == {"purchaseorder": ["PO-1"], "purchaseline": ["a", "b"]}
    assert one.lost([{**dead[0], "data": "not json"}]) == {"purchaseorder": ["PO-1"]}
    purchase(fake)  # the number was free again
    assert one.lost(dead) == {}


def test_a_line_that_is_taken_out_of_an_order_is_buried_alone(fake, reader):
    purchase(fake, lines=[purchase_line("a"), purchase_line("b")])
    fake.take_out("Purchase Order Item", "b")
    part = tombstones(reader("purchases").site, [reader("purchases")])
    found = part.make(list(fake.tables["Deleted Document"].values()))
    assert found.deletes == {"purchaseline": ["b"]}


def test_what_can_not_be_believed_is_there_all_the_same(fake, reader):
    purchase(fake, lines=[purchase_line("a"), purchase_line("b", stock_qty="many")])
    assert list(reader("purchases").ids()) == [
        ("purchaseorder", ["PO-1", "b"]), ("purchaseline", ["a", "b"]),
    ]  # fmt: skip


def test_an_order_that_lives_on_as_an_amended_one_is_not_deleted_with_its_first_document(
    fake, reader
):
    purchase(fake)
    amend(fake, "PO-1", "PO-1-1", [purchase_line("x1")])
    fake.delete("Purchase Order", "PO-1")
    assert reader("purchases").lost(list(fake.tables["Deleted Document"].values())) == {}
