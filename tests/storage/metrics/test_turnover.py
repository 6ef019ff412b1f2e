import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from storage.known.rates import Rates
from storage.known.stock import stocks
from storage.known.stock_changes import changes
from storage.known.uses import uses
from storage.metrics._stock_days import held, uses_by_spot
from storage.metrics.turnover import counted, monthly_average, turn
from tests.storage.metrics.stock_facts import change, stock, use
from tests.storage.world import BERLIN, World

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
NO_RATES = Rates("EUR", [])


def sold(one):
    return one.what == "customer"


def measured(every, found, *, which=sold, rates=NO_RATES, first=FIRST, last=LAST, moved=()):
    used = uses_by_spot(found, which)
    figures = [counted(one, used[one.stock.key]) for one in held(every, moved, first, last)]
    return turn(figures, rates, last)


def test_a_years_cost_by_the_average_stock_at_cost():
    found = measured([stock(on_hand=100, value=500)], [use("2025-06-01", 400, 2000)])
    assert found.turns == 4
    assert (found.n, found.days) == (1, 365)
    assert (found.cost.single, found.average.single) == ((2000, "EUR"), (500, "EUR"))


def test_a_shorter_window_counts_as_of_a_year():
    found = measured(
        [stock(on_hand=100, value=500)], [use("2026-03-05", 10, 50)], first=date(2026, 3, 1)
    )
    assert found.turns == pytest.approx(50 / 31 * 365 / 500)


def test_what_is_used_before_and_after_the_window_does_not_count():
    every = [use("2025-03-31", 1, 9), use("2026-04-01", 1, 9)]
    assert measured([stock(on_hand=1, value=5)], every).turns == 0


def test_returns_count_against_what_was_sold():
    every = [use("2025-06-01", 10, 50), use("2025-07-01", -4, -20)]
    assert measured([stock(on_hand=1, value=30)], every).turns == 1


def test_what_counts_is_sold_or_used_and_scrap_never():
    every = [
        use("2025-06-01", 1, 10), use("2025-06-02", 1, 20, "production"),
        use("2025-06-03", 1, 40, "lost"),
    ]  # fmt: skip
    assert measured([stock(on_hand=1, value=10)], every).turns == 1
    assert measured([stock(on_hand=1, value=10)], every, which=lambda u: u.is_demand).turns == 3


def test_nothing_on_hand_or_too_few_days_is_no_figure():
    assert measured([stock(on_hand=0, value=0)], [use("2025-06-01", 1, 10)]).turns is None
    assert measured([], []).turns is None
    young = measured([stock(on_hand=1, value=5, known_from=date(2026, 3, 10))], [])
    assert (young.turns, young.n, young.young) == (None, 0, 1)


def test_items_without_a_cost_are_left_out_and_counted():
    found = measured([stock(on_hand=1), stock("Nut", 1, 10)], [use("2025-06-01", 5)])
    assert (found.n, found.unvalued, found.turns) == (1, 1, 0)


def test_money_of_two_currencies_is_one_figure_only_with_a_rate():
    every = [stock(on_hand=1, value=100), stock("Nut", 1, 100, currency="USD")]
    found = [use("2025-06-01", 1, 300), use("2025-06-01", 1, 300, name="Nut")]
    split = measured(every, found)
    assert split.turns is None
    assert split.average.by_currency == {"EUR": 100, "USD": 100}
    rated = measured(every, found, rates=Rates("EUR", [("USD", FIRST, Decimal("0.5"))]))
    assert (rated.turns, rated.average.single) == (3, (150, "EUR"))


def test_the_average_of_month_ends_needs_thirteen_of_them():
    moved = [change("2025-12-15", 6, 6)]
    (year,) = held([stock(on_hand=9, value=9)], moved, date(2025, 3, 1), LAST)
    assert monthly_average(year) == Decimal(3 * 9 + 9 * 4) / 13
    (short,) = held([stock(on_hand=9, value=9)], moved, FIRST, LAST)
    assert monthly_average(short) is None


def random_company(world, seed):
    """Two years of moves of eight items at two sites; gives the moves as a frame, and `now`."""
    rng, begin = random.Random(seed), date(2024, 4, 2)
    world.places("North", "South")
    ends = ["North/stock", "South/stock", "customer", "supplier", "production", "inventory"]
    rows = []
    for number in range(8):
        item = world.item(f"Item {number}", unit_cost=Decimal(number + 2), currency="EUR")
        for _ in range(120):
            start, end = rng.sample(ends, 2)
            on, qty = begin + timedelta(rng.randrange(728)), rng.randrange(1, 40)
            is_out_of_house = not {start, end} <= {"North/stock", "South/stock"}
            value = qty * (number + 2) if is_out_of_house else None
            world.move(item, start, end, on, qty=qty, value=value)
            rows.append((item, start, end, pd.Timestamp(on), qty, qty * (number + 2)))
        for site in ("North/stock", "South/stock"):
            lies = 2000 + sum(
                qty * ((end == site) - (start == site))
                for of, start, end, _, qty, _ in rows if of == item
            )  # fmt: skip
            world.level(item, lies, site=site, as_of=datetime(2026, 4, 1, 12, tzinfo=UTC))
    return pd.DataFrame(rows, columns=["item", "start", "end", "on", "qty", "value"])


def by_pandas(moves, site):
    """Turnover of a site by a running sum forwards from the opening stock, written apart."""
    days = pd.date_range("2024-04-01", "2026-03-31")
    average = cost = 0
    for number, (_, theirs) in enumerate(sorted(moves.groupby("item"), key=lambda g: int(
        g[0].removeprefix("item-")
    ))):  # fmt: skip
        came = theirs[theirs.end == site].groupby("on").qty.sum().reindex(days, fill_value=0)
        left = theirs[theirs.start == site].groupby("on").qty.sum().reindex(days, fill_value=0)
        level = 2000 + (came - left).cumsum()
        average += level["2025-04-01":].mean() * (number + 2)
        window = theirs[theirs.on >= "2025-04-01"]
        out = window[(window.start == site) & (window.end == "customer")].value.sum()
        back = window[(window.end == site) & (window.start == "customer")].value.sum()
        cost += out - back
    return cost / average


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_a_sum_forwards_written_apart(tmp_path, seed):
    world = World(tmp_path)
    moves = random_company(world, seed)
    now = datetime(2026, 4, 1, 13, tzinfo=UTC)
    with world.reader() as session:
        every = stocks(session, now, BERLIN)
        moved = list(changes(session, now, FIRST, BERLIN))
        used = list(uses(session, now, FIRST, BERLIN, moved))
    for name in ("North", "South"):
        theirs = [one for one in every if one.site.name == name]
        found = measured(theirs, used, moved=moved)
        assert found.n == 8
        assert found.turns == pytest.approx(by_pandas(moves, f"{name}/stock"))
