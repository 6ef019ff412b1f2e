from datetime import UTC, date, datetime

from storage.known.invoices import invoices
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_bills_of_both_directions_with_what_was_paid_by_now(tmp_path):
    world = World(tmp_path)
    acme, steel = world.customer("Acme"), world.supplier("Borealis")
    world.invoice(acme, "2026-01-01", amount=100, paid="2026-01-31")
    world.invoice(acme, "2026-02-01", amount=-20, paid="2026-03-31")
    world.invoice(acme, "2026-03-02")
    world.fact("invoice", party_ref=steel, direction="in", amount=None,
               **world.when("issued", "2026-02-10"))  # fmt: skip
    world.fact("invoice", direction="in", deleted_at=NOW, **world.when("issued", "2026-02-11"))
    with world.reader() as session:
        found = list(invoices(session, NOW))
    assert [(one.direction, one.amount, one.issued_on.day, one.paid_on) for one in found] == [
        ("out", 100, 1, date(2026, 1, 31)),
        ("out", -20, 1, None),
        ("in", None, 10, None),
    ]
