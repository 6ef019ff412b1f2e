"""What is kept follows every kind of change: it is always what a fresh read would give."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from storage.bulk import check, shape, tombstone, write
from storage.known import columns
from storage.known._kept_lines import kept
from storage.known._kept_sql import PURCHASES, SALES
from storage.memory import Memory
from storage.models._types import instant_to_int
from storage.sources import event
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import ago

SIDES = [(PURCHASES, columns.purchases), (SALES, columns.sales)]
OF = ("item", "category", "site", "country", "owner")
DATA = ("ordered_at", "ordered_on", "ended_on", "left_on", "qty", "price", "promised_on", "id")


class Feed:
    """Pages of rows as a source would bring them, of few ids, so that most are met again."""

    def __init__(self, store, seed):
        self.store, self.rng, self.stamp = store, random.Random(seed), 0

    def page(self):
        self.stamp += 1
        table = self.rng.choice(list(ROWS))
        rows = [ROWS[table](self.rng) for _ in range(self.rng.randrange(1, 5))]
        made = shape(table)
        at = instant_to_int(NOW - timedelta(days=1)) + self.stamp
        with self.store.bulk() as connection:
            write(connection, self.store, "erp", made, [check(row, made) for row in rows], at)
            if self.rng.random() < 0.2:
                gone = [str(self.rng.randrange(8))]
                tombstone(connection, self.store, "erp", table, gone, at)


def some(rng, *values):
    return rng.choice(values)


def of(rng):
    return str(rng.randrange(8))


def _order(party):
    def row(rng):
        day = ago(rng.randrange(400)) if rng.random() < 0.9 else None
        more = {"country": some(rng, None, "AT")} if party == "supplier_ref" else {}
        return {"source_id": of(rng), "number": "N", party: of(rng), "currency": "EUR",
                **event("ordered", day, BERLIN), **more}  # fmt: skip

    return row


def _line(rng):
    gone = ago(rng.randrange(90)) if rng.random() < 0.2 else None
    return {"source_id": of(rng), "order_ref": of(rng), "item_ref": of(rng),
            "location_ref": of(rng), "qty": Decimal(rng.randrange(1, 9)),
            "unit_price": Decimal(rng.randrange(9)), "promised_on": ago(rng.randrange(99)),
            **event("cancelled", gone, BERLIN)}  # fmt: skip


def _move(name):
    def row(rng):
        return {"source_id": of(rng), "line_ref": of(rng), "qty": Decimal(rng.randrange(-2, 9)),
                **event(name, ago(rng.randrange(200)), BERLIN)}  # fmt: skip

    return row


ROWS = {
    "party": lambda rng: {"source_id": of(rng), "name": f"P{rng.randrange(3)}", "kind": "both",
                          "country": some(rng, None, "DE", "SE")},
    "item": lambda rng: {"source_id": of(rng), "name": f"I{rng.randrange(3)}",
                         "category": some(rng, None, "A", "B"), "is_service": rng.random() < 0.2},
    "location": lambda rng: {"source_id": of(rng), "name": f"L{rng.randrange(3)}",
                             "site_ref": some(rng, None, of(rng))},
    "purchaseorder": _order("supplier_ref"), "salesorder": _order("customer_ref"),
    "purchaseline": _line, "salesline": _line,
    "receipt": _move("received"), "shipment": _move("shipped"),
}  # fmt: skip


def told(lines, party):
    splits = [lines.by(name) for name in (party, *OF)]
    words = [[one.values[at] for at in one.places.tolist()] for one in splits]
    found = zip(*(lines[name].tolist() for name in DATA), *words, strict=True)
    moved = lines.moved()
    ids = lines["id"].tolist()
    moves = sorted(zip((ids[at] for at in moved.line.tolist()), moved.on.tolist(),
                       moved.qty.tolist(), strict=True))  # fmt: skip
    return list(found), moves, lines.first_promise(NOW - timedelta(days=9)).on.tolist()


def test_after_every_page_what_is_kept_is_what_a_fresh_read_gives(store):
    for seed in range(2):
        feed = Feed(store, seed)
        for _ in range(40):
            feed.page()
            for side, read in SIDES:
                with store.reader() as session:
                    mine = told(read(session, NOW, zone=BERLIN), side.party)
                with store.reader() as session:
                    session.info["memory"] = Memory()
                    assert told(read(session, NOW, zone=BERLIN), side.party) == mine


@pytest.mark.parametrize("side", [PURCHASES, SALES])
def test_what_did_not_change_is_not_read_again(store, side):
    feed = Feed(store, 3)
    for _ in range(40):
        feed.page()
    with store.reader() as session:
        first = kept(session, side)
        assert kept(session, side) is first
        assert first.nbytes > 0


def test_a_session_without_a_memory_reads_all_there_is(store):
    with store.reader() as session:
        session.info.clear()
        assert len(kept(session, SALES).lines) == 0
