from commands._grammar import Query
from commands._order_cycle_words import takes_whole, without_waiting
from commands._window import last_days
from storage.known import Named
from storage.metrics.order_cycle import orders, placed
from tests.commands.dialogue import BERLIN
from tests.storage.metrics.deliveries import NOW, TODAY, sold


def cycle(*lines, usual=5):
    return placed(orders(lines), TODAY, usual)


def query(*named):
    window = last_days(90, NOW, BERLIN)
    return Query(named, None, window, True, window)


def test_an_order_is_named_by_whose_it_is_and_what_for():
    found = cycle(sold(1, (50, 1)))
    assert takes_whole(query(), found) == (
        "**An order takes 10 days** (median); 9 in 10 are delivered whole within 10."
    )
    acme, bolt = Named("customer", "x", "1", "Acme"), Named("item", "x", "2", "Bolt")
    assert takes_whole(query(acme, bolt), found).startswith("**An order of Acme for Bolt takes")
    assert "of 1 orders placed in the last 90 days" in takes_whole(query(), cycle(sold(1)))


def test_waiting_is_said_taken_off_or_not_known():
    waiting = cycle(sold(1, (30, 1), requested=30), sold(1, (50, 1), order="S2"))
    assert without_waiting(waiting) == (
        "Without the waiting that customers asked for it is 5 days: 1 of 2 asked for a later day,"
        " by 25 days more than usual (median)."
    )
    assert "can't be taken off" in without_waiting(cycle(sold(1, (50, 1))))
    soon = cycle(sold(1, (50, 1), requested=57))
    assert without_waiting(soon) == "Nobody asked for a day later than the usual 5 days."
