import numpy as np
import pytest

from storage.forecasts._stock_rounds import outcome, round_of, sides
from tests.storage.forecasts.shelved import FIRST, shelved

DAYS, THEN = 200, 150


def made_of(orders, *, stock=50, made=(), items=1, came=(), out=()):
    """Shelves on which one of each item is used a day; `came` and `out` are (item, days)."""
    lies = np.full((items, DAYS), float(stock))
    arrived = np.zeros((items, DAYS))
    for item, days in came:
        arrived[item, days] = 9
    for item, days in out:
        lies[item, days] = 0
    return shelved(lies, np.ones((items, DAYS)), arrived, orders, made=made)


def at(found, day=THEN):
    return round_of(found, FIRST + day, sides(found, FIRST + day, ("item",)))


def told(found, until=DAYS, day=THEN):
    then = at(found, day)
    became = outcome(found, then, FIRST + until)
    found = zip(became.out.tolist(), became.days.tolist(), strict=True)
    return dict(zip(then.items.tolist(), found, strict=True))


OLD = [(0, 10, 20), (0, 40, 20)]


def test_an_item_waits_for_what_is_on_order_given_its_age():
    then = at(made_of([*OLD, (0, 140, 25)]))
    assert then.is_ordered.tolist() == [True]
    (coming,) = then.coming
    assert (coming.age.tolist(), coming.start.tolist()) == ([9], [10])


def test_with_nothing_on_order_it_is_an_order_of_that_day():
    then = at(made_of(OLD))
    assert then.is_ordered.tolist() == [False]
    (coming,) = then.coming
    assert (coming.age.tolist(), coming.start.tolist()) == ([-1], [0])


def test_what_was_never_ordered_has_nothing_to_wait_by_and_is_not_asked_about():
    assert at(made_of(OLD, items=2)).items.tolist() == [0]


def test_what_is_out_or_not_wanted_is_not_asked_about():
    assert len(at(made_of(OLD, out=[(0, THEN - 1)]))) == 0
    idle = made_of(OLD)
    idle.demand[:] = 0
    assert len(at(idle)) == 0


def test_nothing_of_after_the_day_is_known_on_it():
    one, other = made_of([*OLD, (0, 140, 25)]), made_of([*OLD, (0, 140, 59), (0, 160, 3)])
    assert (at(one).waits() == at(other).waits()).all()


def test_lines_of_one_order_are_one():
    found = made_of([*OLD, (0, 140, 25), (0, 140, 25)])
    found.bought.group[-1] = found.bought.group[-2]
    assert len(at(found).coming[0]) == 1


def test_it_ran_out_if_it_was_out_before_anything_came():
    orders = [*OLD, (0, 140, 25)]
    assert told(made_of(orders, came=[(0, 165)], out=[(0, 160)]))[0][0]
    assert not told(made_of(orders, came=[(0, 160)], out=[(0, 160)]))[0][0]
    assert not told(made_of(orders, came=[(0, 155)], out=[(0, 160)]))[0][0]


def test_with_nothing_on_order_it_is_counted_against_how_long_the_next_one_took():
    # ordered on day 170 and 20 days under way: one of day 150 would have come on day 170
    orders = [*OLD, (0, 170, 20)]
    assert told(made_of(orders, came=[(0, 190)], out=[(0, 169)]))[0][0]
    assert not told(made_of(orders, came=[(0, 190)], out=[(0, 170)]))[0][0]


def test_what_is_not_known_yet_counts_as_far_as_it_is():
    assert told(made_of([*OLD, (0, 140, 99)]))[0] == (False, 50)
    # the next order is 20 days old and has not come: so much is known of one of that day
    assert told(made_of([*OLD, (0, 180, 99)]))[0] == (False, 20)
    assert told(made_of(OLD))[0] == (False, 0)


def test_an_order_that_was_called_off_later_was_open_until_then():
    found = made_of([*OLD, (0, 160, 99)])
    found.bought.left[found.bought.end == 0] = FIRST + 195
    assert told(found, until=190)[0] == (False, 30)
    assert told(found, until=196)[0] == (False, 0)


def test_of_what_is_made_its_production_counts():
    found = made_of([], made=[(0, 10, 6), (0, 50, 6), (0, 148, 6)], came=[(0, 154)], out=[(0, 152)])
    (side,) = sides(found, FIRST + THEN)
    then = round_of(found, FIRST + THEN, (side,))
    assert then.is_ordered.tolist() == [True]
    assert then.waits()[0, :4] == pytest.approx([1, 1, 1, 1], abs=0.1)
    assert then.waits()[0, 4] < 0.3
    assert told(found)[0][0]


def test_some_of_the_items_are_numbered_anew():
    found = made_of([(0, 10, 20), (1, 10, 30), (1, 140, 30), (2, 10, 5)], items=3)
    then = at(found)
    some = then.of(np.array([False, True, True]))
    assert some.items.tolist() == [1, 2]
    assert (some.waits() == then.waits()[1:]).all()


def test_before_anything_ever_came_there_is_nothing_to_go_by():
    assert sides(made_of([(0, 149, 20)]), FIRST + THEN) == ()
    assert len(round_of(made_of([(0, 149, 20)]), FIRST + THEN, ())) == 0
