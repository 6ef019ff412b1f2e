from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.bulk import check, shape
from storage.sources import BadRow
from storage.sources._odoo_invoice import SETTLED, invoice, paid
from storage.sources._odoo_known import Known
from storage.sources._odoo_rpc import NoAccess, connect
from tests.storage.sources.odoo_world import World

KNOWN = Known(ZoneInfo("Europe/Berlin"), paid={1: date(2026, 2, 20)})


def record(**more):
    return {"id": 1, "name": "INV/1", "move_type": "out_invoice", "state": "posted",
            "partner_id": [11, "Nord"], "invoice_date": "2026-01-09", "amount_untaxed": 80.0,
            "invoice_date_due": "2026-02-08", "payment_state": "not_paid",
            "currency_id": [1, "EUR"], "write_date": "2026-03-01 23:30:00", **more}  # fmt: skip


def one(facts):
    [(table, row)] = facts
    check(row, shape(table))
    return row


@pytest.mark.parametrize(
    ("what", "direction", "amount"),
    [("out_invoice", "out", 80), ("in_invoice", "in", 80), ("out_refund", "out", -80),
     ("in_refund", "in", -80)],
)  # fmt: skip
def test_a_credit_note_counts_against(what, direction, amount):
    row = one(invoice(record(move_type=what), KNOWN))
    assert (row["direction"], row["amount"], row["currency"]) == (direction, amount, "EUR")
    assert (row["issued_on"], row["due_on"]) == (date(2026, 1, 9), date(2026, 2, 8))


@pytest.mark.parametrize("state", ["draft", "cancel"])
def test_what_is_not_posted_is_no_invoice(state):
    assert list(invoice(record(state=state), KNOWN)) == []


@pytest.mark.parametrize("state", ["not_paid", "partial"])
def test_an_invoice_is_open_until_it_is_settled_in_whole(state):
    assert one(invoice(record(payment_state=state), KNOWN))["paid_on"] is None


@pytest.mark.parametrize("state", SETTLED)
def test_a_settled_invoice_was_paid_by_its_last_payment(state):
    assert one(invoice(record(payment_state=state), KNOWN))["paid_on"] == date(2026, 2, 20)


def test_without_payments_the_day_of_its_last_change_stands_for_that():
    row = one(invoice(record(id=2, payment_state="paid"), KNOWN))
    assert row["paid_on"] == date(2026, 3, 2)  # past midnight in Berlin


def test_an_invoice_without_a_date_is_refused():
    with pytest.raises(BadRow, match="without a date"):
        list(invoice(record(invoice_date=False), KNOWN))


def pay(world, id_, of, on, side="debit_move_id"):
    """A payment that settles a part of an invoice."""
    other = "credit_move_id" if side == "debit_move_id" else "debit_move_id"
    for entry, move in ((10 * id_, of), (10 * id_ + 1, 99)):
        world.write("account.move.line", entry, move_id=move, date=on)
    world.write("account.partial.reconcile", id_, max_date=on,
                **{side: 10 * id_, other: 10 * id_ + 1})  # fmt: skip


@pytest.fixture
def world():
    made = World()
    made.invoice(99, state="draft")
    return made


def test_the_last_of_many_payments_is_found_on_either_side(world):
    day = world.now.date()
    world.invoice(1, payment_state="paid")
    world.invoice(2, "in_invoice", payment_state="paid")
    world.invoice(3)
    pay(world, 1, 1, day + timedelta(days=9))
    pay(world, 2, 1, day + timedelta(days=4))
    pay(world, 3, 2, day + timedelta(days=2), side="credit_move_id")
    pay(world, 4, 3, day + timedelta(days=1))
    world.later(minutes=20)
    rows, _, _ = world.rows("invoices")
    assert [row["paid_on"] and (row["paid_on"] - day).days for row in rows] == [9, 2, None]


def test_an_invoice_that_is_reset_to_a_draft_goes(world):
    world.invoice(1)
    world.later(minutes=20)
    _, _, state = world.rows("invoices")
    world.later(hours=1)
    world.invoice(1, state="draft")
    world.later(minutes=20)
    source = world.source()
    spec = next(one for one in source.streams if one.name == "invoices")
    [page] = source.pull(spec, state)
    assert "1" in page.deletes["invoice"]
    assert page.rows == {}


def test_payments_that_may_not_be_read_are_done_without(world, monkeypatch):
    world.invoice(1, payment_state="paid")
    rpc = connect(world.http(), "demo", "leadline", "demo-key")
    assert paid(rpc, [{"id": 1, "payment_state": "paid"}]) == {}

    class Refused:
        def __init__(self):
            self.http, self.version, self.fields = rpc.http, rpc.version, {}

        def call(self, model, method, **named):
            raise NoAccess("erp", model, "no")

    assert paid(Refused(), [{"id": 1, "payment_state": "paid"}]) == {}
    assert paid(rpc, []) == {}
