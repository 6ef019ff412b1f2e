"""What goes together, against pandas; who grows; what is offered."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from storage.known import Named
from storage.known.baskets import Bought
from storage.known.customers import Customer, Order
from storage.known.rates import Rates
from storage.metrics.bought_together import growing, offers, rules

TODAY = date(2026, 3, 20)
NONE = Rates("", [])


def line(order, item, customer="c", days=10):
    on = TODAY - timedelta(days=days)
    return Bought(("erp", order), ("erp", customer), Named("item", "erp", item, item), on)


def world(seed):
    """Screws go with plates; everything else is chance."""
    draw, lines = random.Random(seed), []
    for number in range(300):
        items = set(draw.sample(["oak", "pine", "glass", "felt", "foot"], draw.choice((1, 1, 2))))
        if draw.random() < 0.2:
            items |= {"plate", "screw"}
        customer = f"c{draw.randrange(12)}"
        lines += [line(f"o{number}", item, customer) for item in items]
    return lines


@pytest.mark.parametrize("seed", range(3))
def test_lift_and_support_are_as_pandas_has_them(seed):
    lines = world(seed)
    frame = pd.DataFrame([(one.order[1], one.item.ref) for one in lines], columns=["order", "item"])
    table = pd.crosstab(frame.order, frame.item) > 0
    found = rules(lines)
    assert {(one.item.name, one.other.name) for one in found} >= {
        ("plate", "screw"),
        ("screw", "plate"),
    }
    for one in found:
        left, right = table[one.item.ref], table[one.other.ref]
        assert one.both == (left & right).sum()
        assert one.of == left.sum()
        assert one.lift == pytest.approx((left & right).mean() / (left.mean() * right.mean()))


def test_too_few_orders_or_customers_make_no_rule():
    noise = [line(f"n{at}", "oak", f"c{at}") for at in range(20)]
    four = [line(f"o{at}", item, f"c{at}") for at in range(4) for item in ("plate", "screw")]
    two = [line(f"o{at}", item, f"c{at % 2}") for at in range(9) for item in ("plate", "screw")]
    enough = [line(f"o{at}", item, f"c{at}") for at in range(5) for item in ("plate", "screw")]
    assert rules([*noise, *four]) == rules([*noise, *two]) == []
    assert len(rules([*noise, *enough])) == 2


def test_it_is_offered_to_those_who_bought_one_lately_and_never_the_other():
    noise = [line(f"n{at}", "oak", f"c{at}") for at in range(20)]
    both = [line(f"o{at}", item, f"c{at}") for at in range(5) for item in ("plate", "screw")]
    more = [line("x", "plate", "wants"), line("y", "plate", "once", days=400),
            line("z1", "plate", "has"), line("z2", "screw", "has", days=900)]  # fmt: skip
    lines = [*noise, *both, *more]
    found = offers(lines, rules(lines), TODAY)
    assert [(one.company, one.rule.other.name) for one in found] == [(("erp", "wants"), "screw")]


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
