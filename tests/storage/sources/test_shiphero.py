"""ShipHero against an account that counts credits and whose cursors count from the first record."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._http import Http, Reply, TryLater
from storage.sources.shiphero import Settings, open_shiphero, out_of_credits
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import Life
from tests.storage.sources.conformance_steps import Memory, drain, drain_next, pulled, spec_of
from tests.storage.sources.fake_shiphero import PER_SECOND, QUOTA, REFRESH, FakeShipHero


def shiphero(fake, folder, **settings):
    """The source on the fake; waiting moves the fake's clock."""
    made = Settings(
        key="shiphero:wms", kind="shiphero", url="https://shiphero.test", secret=REFRESH,
        folder=str(folder), zone="Europe/Berlin", **settings,
    )  # fmt: skip
    transport = httpx.MockTransport(fake.handle)
    return open_shiphero(made, partial(Http, transport=transport, sleep=fake.advance, seed=1))


class Harness:
    """Stock or orders of one account."""

    faults = ("429", "429_retry_after", "429_absurd", "500", "html", "drop", "401", "quota")

    def __init__(self, stream, folder):
        self.stream, self.folder, self.fake = stream, folder, FakeShipHero()
        self.kind = {"stock_levels": "WarehouseProduct", "sales": "Order"}[stream]
        self.table = {"stock_levels": "stocklevel", "sales": "salesorder"}[stream]
        self.page_rows = {"stock_levels": 100, "sales": 20}[stream]
        self.count, self.bad = 0, set()

    def open(self):
        return shiphero(self.fake, self.folder)

    def now(self):
        return self.fake.now

    def advance(self, seconds):
        self.fake.advance(seconds)

    def create(self, n):
        return [self._new() for _ in range(n)]

    def _new(self, **more):
        self.count += 1
        id_ = f"R{self.count}"
        made = {"stock_levels": {"sku": f"S{self.count}", "warehouse_id": "W1", "on_hand": 1,
                                 "allocated": 0, "value": "2.5", "value_currency": "USD"},
                "sales": {"order_number": f"N{self.count}", "order_date": "2026-05-01T08:00:00",
                          "line_items": [line(f"L{self.count}", id_)]}}[self.stream]  # fmt: skip
        self.fake.put(self.kind, {"id": id_, **made, **more})
        return id_

    def change(self, ids, visible_after=0.0):
        for one in ids:
            old = self.fake.newest(self.kind, one)
            new = ({"on_hand": old["on_hand"] + 1} if self.stream == "stock_levels"
                   else {"order_number": old["order_number"] + "x"})  # fmt: skip
            self.fake.put(self.kind, {**old, **new}, visible_after)

    def delete(self, ids):
        for one in ids:
            self.fake.records[self.kind].pop(one)
            self.fake.late = [late for late in self.fake.late if late[2] != one]

    def spoil(self):
        broken = {"on_hand": "many"} if self.stream == "stock_levels" else {"order_date": "soon"}
        self.bad.add(self._new(**broken))
        return sorted(self.bad)

    def truth(self):
        found = {}
        for one in self.fake.records[self.kind]:
            if one in self.bad:
                continue
            record = self.fake.newest(self.kind, one)
            found[one] = ({"on_hand": Decimal(record["on_hand"]), "item_ref": record["sku"]}
                          if self.stream == "stock_levels"
                          else {"number": record["order_number"]})  # fmt: skip
        return found

    def fail_next(self, kind):
        self.fake.fault = kind


def line(id_, order, **more):
    return {"id": id_, "order_id": order, "sku": "S1", "quantity": 2, "price": "9.50",
            "fulfillment_status": "pending", **more}  # fmt: skip


class TestStock(Conformance):
    @pytest.fixture
    def harness(self, tmp_path):
        return Harness("stock_levels", tmp_path)


def test_a_life_of_orders_loses_and_doubles_nothing(tmp_path):
    life = Life(Harness("sales", tmp_path), random.Random(5))
    life.live(2_000)
    assert life.changes >= 2_000


@pytest.fixture
def fake():
    return FakeShipHero()


def test_an_order_becomes_its_lines_and_what_was_sent(fake, tmp_path):
    fake.put("Order", {
        "id": "O1", "order_number": "1001", "fulfillment_status": "fulfilled",
        "order_date": "2026-03-28T23:30:00", "required_ship_date": "2026-03-31T00:00:00",
        "subtotal": "19.00", "currency": "USD", "line_items": [line("L1", "O1")],
        "shipments": [{
            "id": "P1", "warehouse_id": "W1", "created_date": "2026-03-30T09:15:00",
            "shipping_labels": [{"carrier": "ups", "tracking_number": "1Z"}],
            "line_items": [{"id": "X1", "line_item_id": "L1", "quantity": 2, "shipment_id": "P1"}],
        }],
    })  # fmt: skip
    memory = pulled(shiphero(fake, tmp_path), "sales")
    order = memory.living("salesorder")["O1"]
    assert order["ordered_at"] == datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert order["ordered_on"] == date(2026, 3, 29)  # in Berlin
    assert (order["requested_on"], order["cancelled_at"]) == (date(2026, 3, 31), None)
    sold = memory.living("salesline")["L1"]
    assert (sold["order_ref"], sold["qty"], sold["unit_price"]) == ("O1", 2, Decimal("9.50"))
    sent = memory.living("shipment")["P1/X1"]
    assert (sent["line_ref"], sent["item_ref"], sent["qty"]) == ("L1", "S1", 2)
    assert (sent["carrier"], sent["tracking"], sent["location_ref"]) == ("ups", "1Z", "W1")
    assert sent["shipped_at"] == datetime(2026, 3, 30, 9, 15, tzinfo=UTC)


def test_a_shipment_of_more_lines_than_come_at_once_is_told_of_and_not_cut_short(fake, tmp_path):
    sent = [{"id": f"X{n}", "line_item_id": "L1", "quantity": 1, "shipment_id": "P1"}
            for n in range(51)]  # fmt: skip
    shipment = {"id": "P1", "warehouse_id": "W1", "created_date": "2026-03-30T09:15:00",
                "shipping_labels": [], "line_items": sent}  # fmt: skip
    fake.put("Order", {"id": "O1", "order_number": "1", "line_items": [line("L1", "O1")],
                       "shipments": [shipment]})  # fmt: skip
    source = shiphero(fake, tmp_path)
    (page,) = source.pull(spec_of(source, "sales"), None)
    assert (page.rows, [one.source_id for one in page.rejected]) == ({}, ["O1"])
    assert "P1 has more lines" in page.rejected[0].reason
    named = {(table, one) for table, ids in source.ids(spec_of(source, "sales")) for one in ids}
    assert named >= {("salesorder", "O1"), ("salesline", "L1"), ("shipment", "P1/X0")}


def test_what_is_cancelled_was_so_at_its_last_change(fake, tmp_path):
    fake.put("Order", {"id": "O1", "order_number": "1", "fulfillment_status": "canceled",
                       "line_items": [line("L1", "O1")]})  # fmt: skip
    memory = pulled(shiphero(fake, tmp_path), "sales")
    for table, key in (("salesorder", "O1"), ("salesline", "L1")):
        assert memory.living(table)[key]["cancelled_at"] == fake.now


def test_an_order_of_many_lines_is_read_to_its_last(fake, tmp_path):
    lines = [line(f"L{n}", "O1") for n in range(175)]
    fake.put("Order", {"id": "O1", "order_number": "1", "line_items": lines})
    assert len(pulled(shiphero(fake, tmp_path), "sales").living("salesline")) == 175


def test_stock_is_worth_what_was_paid_for_it(fake, tmp_path):
    for id_, value in (("A", "2.50"), ("B", None)):
        fake.put("WarehouseProduct", {"id": id_, "sku": id_, "warehouse_id": "W1", "on_hand": 4,
                                      "value": value, "value_currency": "USD"})  # fmt: skip
    found = pulled(shiphero(fake, tmp_path), "stock_levels").living("stocklevel")
    assert [(one["value"], one["currency"]) for one in found.values()] == [
        (Decimal(10), "USD"), (None, None),
    ]  # fmt: skip
    assert found["A"]["as_of"] == fake.now


def test_items_are_called_by_their_sku_and_warehouses_by_their_id(fake, tmp_path):
    fake.put("Product", {"id": "P", "sku": "S1", "name": "Bar"})
    source = shiphero(fake, tmp_path)
    assert pulled(source, "items").living("item")["S1"]["name"] == "Bar"
    assert pulled(source, "locations").living("location")["W1"]["kind"] == "warehouse"


def test_credits_that_are_used_up_are_waited_for(fake, tmp_path):
    fake.credits, before = 50.0, fake.now
    for n in range(30):
        fake.put("Order", {"id": f"O{n}", "order_number": str(n), "line_items": []})
    assert len(pulled(shiphero(fake, tmp_path), "sales").living("salesorder")) == 30
    assert (fake.now - before).total_seconds() > 1_000 / PER_SECOND
    assert fake.credits <= QUOTA


def test_the_seconds_to_wait_are_those_that_the_server_says():
    def reply(error, status=200):
        return Reply(status, httpx.Headers(), httpx.Response(200, json=error).content, "x")

    message = "There are not enough credits, which requires 4001 credits. In 32 seconds you will"
    error = {"code": 30, "message": message}
    assert out_of_credits(reply({"errors": [{**error, "time_remaining": "7 seconds"}]})) == 7
    assert out_of_credits(reply({"errors": [error]})) == 32
    assert out_of_credits(reply({"errors": [{"code": 30}]})) == 60
    for other in ({"data": {}}, {"errors": [{"code": 5}]}, {"errors": "x"}, {"errors": None}):
        assert out_of_credits(reply(other)) is None


def test_a_field_that_the_schema_lacks_is_named_and_one_it_can_do_without_is_not_asked(
    fake, tmp_path
):
    del fake.schema.types["Order"]["updated_at"]
    fake.put("Order", {"id": "O1", "order_number": "1", "line_items": []})
    assert pulled(shiphero(fake, tmp_path), "sales").living("salesorder")["O1"]
    del fake.schema.types["LineItem"]["quantity"]
    source = shiphero(fake, tmp_path)
    with pytest.raises(SourceError, match="LineItem: no field 'quantity'"):
        pulled(source, "sales")
    assert any("quantity" in one for one in source.check().missing)


def test_a_field_of_ones_own_that_is_not_there_is_answered_with_the_nearest(fake, tmp_path):
    source = shiphero(fake, tmp_path, fields={"salesorder": {"owner": "e_mail"}})
    (missing,) = source.check().missing
    assert "email" in missing


def test_a_rotated_refresh_token_is_kept(fake, tmp_path):
    fake.rotates = True
    pulled(shiphero(fake, tmp_path), "items")
    fake.access = "access-9"
    pulled(shiphero(fake, tmp_path), "items")  # another process
    assert fake.refresh != REFRESH


def test_a_refresh_token_that_is_taken_no_more_is_said_so(fake, tmp_path):
    fake.refresh = "another"
    with pytest.raises(SourceError, match="make a new one") as failed:
        shiphero(fake, tmp_path).check()
    assert REFRESH not in str(failed.value)


def test_a_quota_that_asks_for_too_long_ends_the_run(fake, tmp_path):
    source = shiphero(fake, tmp_path)
    source.check()
    fake.fault = "429_absurd"
    with pytest.raises(TryLater):
        pulled(source, "items")


def test_a_stream_to_skip_that_is_not_there_is_refused(fake, tmp_path):
    with pytest.raises(SourceError, match="no stream 'bins'"):
        shiphero(fake, tmp_path, skip=("bins",))


def test_of_a_3pl_one_customer_is_read(fake, tmp_path):
    source = shiphero(fake, tmp_path, customer="C1")
    drain(Asked(source, "items"), Memory())
    assert fake.asked[-1]["customer"] == "C1"


class Asked:
    def __init__(self, source, stream):
        self.source, self.stream = source, stream

    def open(self):
        return self.source


def test_a_quiet_account_is_asked_once_a_run(tmp_path):
    harness = Harness("stock_levels", tmp_path)
    harness.create(3)
    memory = drain(harness, Memory())
    asked = len(harness.fake.asked)
    drain_next(harness, memory)
    # its schema and clock, and one page
    assert len(harness.fake.asked) - asked <= 3
