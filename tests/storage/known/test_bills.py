"""Bills to customers as known at an instant."""

from datetime import UTC, date, datetime
from decimal import Decimal

from storage.known.bills import bills
from storage.known.customers import identities
from tests.storage.world import World


def test_a_bill_is_unpaid_until_it_was_paid_and_a_suppliers_is_none(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme")
    world.invoice(acme, "2026-01-02", amount=70, due="2026-02-01", paid="2026-03-01")
    world.fact(
        "invoice", party_ref=acme, amount=Decimal(1), direction="in",
        **world.when("issued", "2026-01-02"),
    )  # fmt: skip
    with world.reader() as session:
        who = identities(session)
        (paid,) = bills(session, datetime(2026, 3, 20, tzinfo=UTC), who)
        (unpaid,) = bills(session, datetime(2026, 2, 20, tzinfo=UTC), who)
        none = list(bills(session, datetime(2026, 1, 1, tzinfo=UTC), who))
    assert (paid.amount, paid.due_on, paid.paid_on) == (
        Decimal(70),
        date(2026, 2, 1),
        date(2026, 3, 1),
    )
    assert unpaid.paid_on is None
    assert none == []
