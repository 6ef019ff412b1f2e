from bot.demo._cast import SUPPLIERS, customers
from bot.demo._range import (
    BY_NAME,
    COSTS,
    OBSOLETE,
    PRODUCTS,
    RESOLD,
    TASTES,
    cost_of,
    first_needs,
    price_of,
)


def test_there_are_a_dozen_products_of_what_suppliers_sell():
    bought = {item for supplier in SUPPLIERS for item in supplier.items}
    assert len(PRODUCTS) == len(BY_NAME) == 12
    assert set(COSTS) == bought
    assert set(RESOLD) <= bought
    assert OBSOLETE not in bought
    for product in PRODUCTS:
        assert set(product.needs) <= bought
        assert product.name not in bought


def test_everything_that_is_bought_is_used_or_sold():
    used = {item for product in PRODUCTS for item in product.needs}
    assert used | set(RESOLD) >= set(COSTS) - {"Cable duct 40"}


def test_what_is_sold_brings_more_than_it_costs():
    for name in (*COSTS, *BY_NAME):
        assert price_of(name) > cost_of(name) > 0
    bench = BY_NAME["Pine bench P150"]
    assert bench.cost > sum(COSTS[item] * qty for item, qty in bench.needs.items())


def test_every_segment_likes_something_that_is_made():
    assert {customer.segment for customer in customers()} <= set(TASTES)
    assert all(set(wishes) <= set(BY_NAME) for wishes in TASTES.values())


def test_what_is_needed_for_a_bought_item_is_itself():
    assert first_needs("Felt 5 mm") == {"Felt 5 mm": 1}
    assert first_needs("Seat U60")["Foot"] == 4
