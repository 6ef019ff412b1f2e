"""What goes together and to whom it is offered, what a line brings, and who grows."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from storage.known import Named
from storage.known.baskets import Taken
from storage.known.customers import Customer, Order
from storage.known.rates import Rates
from storage.metrics.bought_together import growing, offers, together, usual_worth

TODAY = date(2026, 3, 20)
DAY = TODAY.toordinal() + 1
NONE = Rates("", [])


def placed(*lines):
    """Lines from (customer, item, days ago, value, currency)."""
    rows = [(*line, *(10, 5.0, "EUR")[len(line) - 2 :]) for line in lines]
    whose, item, ago, value, currency = zip(*rows, strict=True)
    names = [sorted(set(column)) for column in (whose, item, currency)]
    places = [
        np.array([known.index(one) for one in column])
        for known, column in zip(names, (whose, item, currency), strict=True)
    ]
    return Taken(
        places[0], places[1], TODAY.toordinal() - np.array(ago), np.array(value, float), places[2],
        [("erp", one) for one in names[0]], [Named("item", "erp", one, one) for one in names[1]],
        names[2],
    )  # fmt: skip


def noise(days=10):
    """Thirty customers who buy oak alone."""
    return [(f"n{at:02}", "oak", days) for at in range(30)]


def both(count=8, days=10):
    return [(f"b{at}", item, days) for at in range(count) for item in ("plate", "screw")]


def named(every, day=DAY):
    found = together(every, day)
    some = offers(every, found, day)
    return [
        (every.companies[whose][1], every.items[other].name, every.items[found.item[rule]].name)
        for whose, other, rule in zip(some.whose, some.other, some.rule, strict=True)
    ]


def test_it_is_offered_to_those_who_bought_one_lately_and_never_the_other():
    more = [("wants", "plate"), ("once", "plate", 400), ("has", "plate"), ("has", "screw", 900)]
    assert named(placed(*noise(), *both(), *more)) == [("wants", "screw", "plate")]


def test_what_is_not_sold_any_more_is_not_offered():
    still = [(f"b{at}", "screw", 20) for at in range(3)]
    old = [one if one[1] == "plate" else (*one[:2], 500) for one in both()]
    wants = ("wants", "plate")
    assert named(placed(*noise(), *old, wants, *still[:2])) == []
    assert named(placed(*noise(), *old, wants, *still)) == [("wants", "screw", "plate")]


def test_what_went_together_long_ago_is_no_reason():
    again = [(f"a{at}", "screw", 5) for at in range(3)]
    assert named(placed(*noise(), *both(days=800), *again, ("wants", "plate"))) == []


def test_nothing_known_later_is_used():
    lines = [*noise(300), *both(days=300), ("wants", "plate", 290), ("wants", "screw", 5)]
    assert named(placed(*lines)) == []
    assert named(placed(*lines), DAY - 100) == [("wants", "screw", "plate")]


def test_of_several_reasons_the_strongest_is_given():
    weak = [(f"b{at}", "felt") for at in range(8)] + [(f"f{at}", "felt") for at in range(12)]
    lines = [*noise(), *both(), *weak, ("wants", "plate"), ("wants", "felt")]
    assert ("wants", "screw", "plate") in named(placed(*lines))


def test_what_a_line_brings_is_the_median_in_one_currency():
    every = placed(
        ("a", "oak", 1, 10), ("b", "oak", 2, 30), ("c", "oak", 3, 50), ("c", "pine", 3, 7, "USD"),
        ("c", "mixed", 3, 7, "USD"), ("c", "mixed", 3, 7, "EUR"), ("c", "free", 1, float("nan")),
    )  # fmt: skip
    place = {one.name: at for at, one in enumerate(every.items)}
    own = usual_worth(every, place.values(), NONE, "")
    assert own == {place["oak"]: (30, "EUR"), place["pine"]: (7, "USD")}
    assert usual_worth(every, [place["pine"]], NONE, "") == {place["pine"]: (7, "USD")}
    rates = Rates("EUR", [("USD", date(2020, 1, 1), Decimal("0.5"))])
    in_euro = usual_worth(every, place.values(), rates, "EUR")
    assert in_euro[place["pine"]] == (pytest.approx(3.5), "EUR")
    assert in_euro[place["mixed"]] == (pytest.approx(5.25), "EUR")
    assert usual_worth(every, place.values(), NONE, "GBP") == {}


def buyer(name, before, now, days=4):
    orders = [Order(TODAY - timedelta(days=400 + at), Decimal(before), "EUR") for at in range(days)]
    orders += [Order(TODAY - timedelta(days=at), Decimal(now), "EUR") for at in range(days)]
    return Customer(name, frozenset({("erp", name)}), orders=tuple(orders))


def test_who_buys_a_fifth_more_grows():
    everyone = [
        buyer("a little", 100, 119), buyer("more", 100, 120), buyer("much", 100, 300),
        buyer("rarely", 100, 300, days=2), buyer("new", 0, 10),
    ]  # fmt: skip
    found = growing(everyone, TODAY, NONE, "")
    assert [(one.customer.name, one.days_now) for one in found] == [("much", 4), ("more", 4)]
    assert found[0].share == pytest.approx(2)
