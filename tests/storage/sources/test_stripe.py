"""Stripe against an account with lists, and events of thirty days."""

from decimal import Decimal

import pytest

from storage.sources import SourceError
from storage.sources._stripe_reader import EVENTS_KEPT
from storage.sources.stripe import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    drain_next,
    several_pages,
    spec_of,
)
from tests.storage.sources.fake_stripe import FakeStripe
from tests.storage.sources.rest_harness import RestHarness, opened


def price(amount=1_000, interval="month", count=1, currency="usd", **more):
    recurring = {"interval": interval, "interval_count": count, "usage_type": "licensed"}
    return {"unit_amount": amount, "currency": currency, "recurring": recurring, **more}


class Subscriptions(RestHarness):
    stream, table, page_rows = "contracts", "contract", 100

    def __init__(self):
        super().__init__(SOURCE, FakeStripe())
        self.broken = {"start_date": "soon"}

    def new(self, id_):
        item = {"id": f"si_{id_}", "quantity": 1, "price": price()}
        made = {"id": f"sub_{id_}", "object": "subscription", "customer": "cus_1",
                "status": "active", "created": self.fake.seconds(), "currency": "usd",
                "start_date": self.fake.seconds(), "items": {"data": [item]}}  # fmt: skip
        self.fake.happen("customer.subscription.created", made)
        return made

    def change(self, ids, visible_after=0.0):
        for one in ids:
            old = self.fake.records[one]
            (item,) = old["items"]["data"]
            more = {**item, "quantity": item["quantity"] + 1}
            self.fake.records[one] = {**old, "items": {"data": [more]}}
            self.fake.happen("customer.subscription.updated", self.fake.records[one], visible_after)

    def fact(self, record):
        (item,) = record["items"]["data"]
        return record["id"], {"mrr": Decimal(10 * item["quantity"]), "account_ref": "cus_1"}


class Customers(RestHarness):
    stream, table, page_rows = "accounts", "account", 100

    def __init__(self):
        super().__init__(SOURCE, FakeStripe())
        self.broken = {"id": "", "name": "x"}

    def new(self, id_):
        made = {"id": f"cus_{id_}", "object": "customer", "created": self.fake.seconds(),
                "name": f"C {id_}", "address": {"country": "DE"}}  # fmt: skip
        self.fake.happen("customer.created", made)
        return made

    def change(self, ids, visible_after=0.0):
        for one in ids:
            old = self.fake.records[one]
            self.fake.records[one] = {**old, "name": old["name"] + "x"}
            self.fake.happen("customer.updated", self.fake.records[one], visible_after)

    def delete(self, ids):
        for one in ids:
            self.fake.happen("customer.deleted", self.fake.records[one])
            self.fake.delete(one)

    def fact(self, record):
        return record["id"], {"name": record["name"], "country": "DE"}


class TestSubscriptions(Conformance):
    @pytest.fixture
    def harness(self):
        return Subscriptions()


def test_a_customer_that_is_deleted_goes_with_the_next_events_and_stays_away():
    harness = Customers()
    ids = several_pages(harness)
    memory = drain(harness, Memory())
    harness.change(ids)
    harness.advance(1)
    harness.delete(ids[:150])
    assert_true(drain_next(harness, memory), harness)
    harness.advance(1)
    assert_true(drain_next(harness, memory), harness)


def test_a_deletion_holds_when_the_run_dies_behind_each_page():
    harness = Customers()
    ids = several_pages(harness)
    memory = drain(harness, Memory())
    harness.change(ids)
    harness.advance(1)
    harness.delete(ids[:150])
    harness.advance(600)
    for _ in range(8):
        source = harness.open()
        memory.apply(next(iter(source.pull(spec_of(source, "accounts"), memory.state))))
    assert_true(memory, harness)


def test_of_two_events_in_one_second_the_later_one_counts_on_whichever_page_they_are():
    harness = Customers()
    ids = several_pages(harness)
    memory = drain(harness, Memory())
    harness.change(ids)
    harness.change(ids)  # in the same second
    assert_true(drain_next(harness, memory), harness)


def test_who_comes_after_the_events_are_gone_reads_the_list_again():
    harness = Subscriptions()
    ids = several_pages(harness)
    memory = drain(harness, Memory())
    harness.change(ids[:5])
    harness.advance(EVENTS_KEPT.total_seconds() + 700)
    before, source = len(harness.fake.asked), harness.open()
    assert all(page.asks_sweep for page in source.pull(source.streams[1], memory.state))
    assert_true(drain_next(harness, memory), harness)
    assert not any("types[]" in one for one in harness.fake.asked[before:])


def test_an_object_that_goes_while_the_list_is_read_begins_it_anew():
    harness = Customers()
    ids = several_pages(harness)
    source, memory = harness.open(), Memory()
    reading = source.pull(spec_of(source, "accounts"), None)
    memory.apply(next(reading))
    gone = memory.state["after"]
    harness.fake.delete(gone)
    for page in reading:
        memory.apply(page)
    assert set(ids) - {gone} <= set(memory.living("account"))


def test_subscriptions_that_ended_are_read_too():
    harness = Subscriptions()
    (one,) = harness.create(1)
    harness.fake.records[one] |= {"status": "canceled", "ended_at": harness.fake.seconds()}
    memory = drain(harness, Memory())
    assert memory.living("contract")[one]["churned_at"] == harness.now()


def test_an_invoice_that_is_voided_goes():
    fake = FakeStripe()
    made = {"id": "in_1", "object": "invoice", "created": fake.seconds(), "status": "open",
            "number": "A-1", "customer": "cus_1", "currency": "usd", "total": 1_190,
            "total_excluding_tax": 1_000, "status_transitions": {}}  # fmt: skip
    fake.put("in_1", made)

    class Invoices:
        stream = "invoices"
        open = staticmethod(lambda: opened(SOURCE, fake))
        advance = fake.advance

    memory = drain(Invoices, Memory())
    assert memory.living("invoice")["in_1"]["amount"] == Decimal(10)
    fake.happen("invoice.voided", {**made, "status": "void"})
    assert drain_next(Invoices, memory).living("invoice") == {}


def test_a_voided_invoice_stays_away_though_older_events_of_it_come_on_a_later_page():
    fake = FakeStripe()
    made = {"id": "in_1", "object": "invoice", "created": fake.seconds(), "status": "open",
            "currency": "usd", "total": 1_000, "status_transitions": {}}  # fmt: skip

    class Invoices:
        stream = "invoices"
        open = staticmethod(lambda: opened(SOURCE, fake))
        advance = fake.advance

    memory = drain(Invoices, Memory())
    for seconds in (1, 1):
        fake.advance(seconds)
        fake.happen("invoice.finalized", made)
    for number in range(120):
        fake.advance(1)
        fake.happen("invoice.updated", {**made, "id": f"in_x{number}"})
    fake.happen("invoice.voided", {**made, "status": "void"})
    living = drain_next(Invoices, memory).living("invoice")
    assert (len(living), "in_1" in living) == (120, False)


def test_what_the_key_may_not_read_and_fields_that_are_not_there_are_named():
    fake = FakeStripe()
    fake.put("cus_1", {"id": "cus_1", "object": "customer", "created": 1, "description": "x"})
    fake.closed = {"invoices", "events"}
    source = opened(SOURCE, fake, fields={"account": {"segment": "descripton"}})
    said = " ".join(source.check().missing)
    assert "invoices: the key may not read them" in said
    assert "events: the key" in said
    assert "near: description" in said
    with pytest.raises(SourceError, match="403"):
        list(source.pull(spec_of(source, "invoices"), None))


def test_a_stream_to_skip_is_not_there_and_one_that_never_was_is_refused():
    source = opened(SOURCE, FakeStripe(), skip=("invoices",))
    assert [one.name for one in source.streams] == ["accounts", "contracts"]
    with pytest.raises(SourceError, match="no stream 'charges'"):
        opened(SOURCE, FakeStripe(), skip=("charges",))
