"""Columns against the lines one by one, in worlds drawn at random."""

import gc
import weakref
from datetime import timedelta

import pytest

from storage.known import columns
from storage.known.purchases import purchase_lines
from storage.known.sales import sales_lines
from storage.models._types import MONEY_SCALE, QTY_SCALE, instant_to_int
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import Any, day_of
from tests.storage.world import World

SEEDS = range(3)
OF_BUYING = ("supplier", "item", "category", "site", "country", "lane", "owner")
OF_SELLING = ("customer", "item", "category", "site", "country", "segment", "owner", "carrier")


@pytest.fixture
def world(url):
    made = World(url=url)
    yield made
    made.store.close()


def told(lines, dimensions):
    """What is told of lines, as one by one, in the order of the lines."""
    splits = {name: lines.by(name) for name in dimensions}
    dims = {
        name: [split.values[at] for at in split.places.tolist()] for name, split in splits.items()
    }
    money = lines["price"].tolist()
    found = [
        {
            "ordered_at": at, "qty": qty, "price": price if price > -(2**62) else None,
            **{name: day_of(lines[name][place]) for name in DAYS},
            **{name: dims[name][place] for name in dimensions},
        }
        for place, (at, qty, price) in enumerate(
            zip(lines["ordered_at"].tolist(), lines["qty"].tolist(), money, strict=True)
        )
    ]  # fmt: skip
    return sorted(found, key=repr)


DAYS = ("ordered_on", "ended_on", "left_on", "requested_on", "promised_first", "promised_on",
        "called_off_on")  # fmt: skip


def one_by_one(lines, dimensions):
    found = []
    for line in lines:
        values = {"supplier": "supplier", "owner": "buyer" if "lane" in dimensions else "owner"}
        found.append({
            "ordered_at": instant_to_int(line.ordered_at), "qty": int(line.qty * QTY_SCALE),
            "price": None if line.price is None else int(line.price * MONEY_SCALE),
            "ordered_on": line.ordered_on, "ended_on": line.completed_on,
            "left_on": line.cancelled_on, "requested_on": line.requested_on,
            "promised_first": line.promised_first, "promised_on": line.promised_on,
            "called_off_on": getattr(line, "called_off_on", None),
            **{name: getattr(line, values.get(name, name)) for name in dimensions},
        })  # fmt: skip
    return sorted(found, key=repr)


@pytest.mark.parametrize("back", [0, 45])
@pytest.mark.parametrize("zone", [None, BERLIN])
def test_columns_say_what_the_lines_say_one_by_one_also_of_an_earlier_day(world, zone, back):
    now = NOW - timedelta(days=back)
    for seed in SEEDS:
        world.clear()
        Any(world, seed).fill()
        start, end = now - timedelta(days=300), now - timedelta(days=seed)
        for span in ((None, None), (start, end)):
            with world.reader() as session:
                bought = columns.purchases(session, now, *span, zone)
                lines = list(purchase_lines(session, now, *span, zone=zone))
                assert told(bought, OF_BUYING) == one_by_one(lines, OF_BUYING), seed
                assert sum(bought.is_open) == sum(line.is_open for line in lines)
                sold = columns.sales(session, now, *span, zone)
                lines = list(sales_lines(session, now, *span, zone=zone))
                assert told(sold, OF_SELLING) == one_by_one(lines, OF_SELLING), seed


def test_lines_of_some_parties_items_and_sites_are_found_by_key_and_word(world):
    Any(world, 1).fill()
    with world.reader() as session:
        every = columns.purchases(session, NOW)
        lines = list(purchase_lines(session, NOW))
        some = {line.supplier for line in lines if line.supplier}
        for one in some:
            key = (one.source, one.ref)
            assert len(every.of("supplier", [key])) == sum(line.supplier == one for line in lines)
        assert len(every.of("item", [("odoo:erp", "no such item")])) == 0
        assert len(every.of("site", ["Main site"])) == sum(
            line.site == "Main site" for line in lines
        )
        assert set(every.keys("supplier")) >= {(one.source, one.ref) for one in some}
        before = every.keys("supplier")
        every.whole.kept.names.party["odoo:erp", "met meanwhile"]  # the look gives it a number
        assert len(every.keys("supplier")) == len(before) + 1


def test_lines_are_told_one_by_one_by_their_numbers_too(world):
    Any(world, 2).fill()
    with world.reader() as session:
        for many, one_by in ((columns.purchases, purchase_lines), (columns.sales, sales_lines)):
            every = many(session, NOW)
            open_ = every.only(every.is_open)
            found = list(one_by(session, NOW, ids=open_["id"].tolist()))
            assert found == [line for line in one_by(session, NOW) if line.is_open]
            assert not list(one_by(session, NOW, ids=[]))


def test_a_store_with_nothing_in_it_has_no_lines(world):
    with world.reader() as session:
        none = columns.purchases(session, NOW)
        assert (len(none), none.by("supplier").values, none.by("lane").values) == (0, (), ())
        assert len(none.moved().line) == 0


def test_a_question_of_the_same_instant_finds_what_was_found_for_the_last(world):
    Any(world, 3).fill()
    world.save()
    with world.reader() as session:
        first = columns.purchases(session, NOW, zone=BERLIN)
        assert columns.purchases(session, NOW, zone=BERLIN) is first
        assert columns.purchases(session, NOW + timedelta(seconds=1), zone=BERLIN) is not first


def test_lines_of_many_spans_are_not_all_kept(world):
    Any(world, 1, orders=5).fill()
    with world.reader() as session:
        for days in range(3 * columns.MOST_SPANS):
            found = columns.purchases(session, NOW, NOW - timedelta(days=days))
        assert len(found.whole.asked) <= columns.MOST_SPANS
        assert columns.purchases(session, NOW, NOW - timedelta(days=days)) is found


def test_what_was_known_for_the_last_question_goes_as_soon_as_the_next_comes(world):
    Any(world, 1, orders=5).fill()
    gc.disable()
    try:
        with world.reader() as session:
            last = weakref.ref(columns.purchases(session, NOW).whole)
            assert last() is not None
            columns.purchases(session, NOW + timedelta(minutes=1))
            assert last() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_carried_is_what_the_lines_tell_that_was_sent(world, seed):
    Any(world, seed).fill()
    with world.reader() as session:
        lines = columns.sales(session, NOW, zone=BERLIN)
        sent = lines.carried()
        plain = [
            (one.on.toordinal(), one.delivered_on.toordinal() if one.delivered_on else 0)
            for line in sales_lines(session, NOW, zone=BERLIN)
            for one in line.shipments
            if one.qty > 0
        ]
    assert sorted(zip(sent.sent_on.tolist(), sent.delivered_on.tolist(), strict=True)) == sorted(
        plain
    )
    assert plain
