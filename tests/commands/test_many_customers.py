"""Every question about customers on many order lines: answered while one waits.

The time is that of the processor: what else runs on the machine says nothing of us.
"""

import time
from datetime import timedelta
from decimal import Decimal

import pytest

from storage.models import FACTS
from tests.commands.dialogue import BERLIN, NOW, say, synced
from tests.commands.people import ago, ahead
from tests.sizes import ROWS, SECONDS
from tests.storage.world import SEEN, World

pytestmark = pytest.mark.slow

LINES, CUSTOMERS, ITEMS, TICKETS = ROWS, 2_000, 200, ROWS // 5


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Two thousand customers, each with an account; every fourth has a contract."""
    made = World(tmp_path_factory.mktemp("many"))
    for number in range(ITEMS):
        made.item(f"Item {number}", source_id=f"i{number}")
    for number in range(CUSTOMERS):
        made.customer(f"Customer {number}", source_id=f"c{number}", country="DE")
        account = made.account(f"Customer {number}", source_id=f"a{number}", segment="food")
        made.survey(account, ago(number % 300 + 1), number % 11)
        made.touch(account, ago(number % 90 + 1))
        if number % 4 == 0:
            made.contract(account, ago(400 + number % 900), ends=ahead(number % 300),
                          mrr=Decimal(100), currency="EUR", notice_days=30)  # fmt: skip
    made.save()
    with made.store.bulk() as connection:
        for table, rows in bulk():
            connection.execute(FACTS[table].__table__.insert(), rows)
    synced(made)
    say(made, "status")  # what is imported and prepared once is not the question's
    return made


def bulk():
    """Orders of two lines each, sent after three days, and tickets."""

    def fact(source_id):
        return {"source": "odoo:erp", "source_id": source_id, "row_hash": 1, "first_seen_at": SEEN}

    orders, lines, sent, tickets = [], [], [], []
    for number in range(LINES // 2):
        day = NOW - timedelta(days=1 + number * 1000 // (LINES // 2))
        on = day.astimezone(BERLIN).date()
        orders.append({**fact(f"o{number}"), "number": f"S{number}", "currency": "EUR",
                       "customer_ref": f"c{number * 7 % CUSTOMERS}", "ordered_at": day,
                       "ordered_on": on, "amount": Decimal(100)})  # fmt: skip
        for at in range(2):
            key = f"o{number}-{at}"
            lines.append({**fact(key), "order_ref": f"o{number}", "qty": Decimal(1),
                          "item_ref": f"i{(number + 37 * at) % ITEMS}", "unit_price": Decimal(50),
                          "requested_on": on + timedelta(days=4)})  # fmt: skip
            if number > 200:
                sent.append({**fact(key), "line_ref": key, "qty": Decimal(1),
                             "shipped_at": day + timedelta(days=3),
                             "shipped_on": on + timedelta(days=3)})  # fmt: skip
    for number in range(TICKETS):
        day = NOW - timedelta(hours=1 + number)
        closed = day + timedelta(hours=30) if number > 30 else None
        tickets.append({**fact(f"t{number}"), "source": "hubspot:crm", "opened_at": day,
                        "account_ref": f"a{number % CUSTOMERS}", "subject": "Late",
                        "opened_on": day.date(), "closed_at": closed,
                        "closed_on": closed.date() if closed else None})  # fmt: skip
    return [("salesorder", orders), ("salesline", lines), ("shipment", sent), ("ticket", tickets)]


@pytest.mark.parametrize("line", [
    "customer", "customer customer 7", "retention", "renewals", "clv", "segments", "nps",
    "opportunities", "experience", "feedback", "tickets", "links",
])  # fmt: skip
def test_it_is_answered_in_time(world, line):
    begin = time.process_time()
    said = say(world, line)
    took = time.process_time() - begin
    assert said.basis[0].n > 0
    assert took <= SECONDS, f"{line} took {took:.1f} s of the processor"
