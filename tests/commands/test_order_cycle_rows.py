from commands._order_cycle_rows import rows_behind
from storage.metrics.order_cycle import now, orders, placed
from tests.storage.metrics.deliveries import TODAY, ago, sold

LINES = [
    sold(1, (30, 1), requested=30, order="A"),
    sold(1, order="B"),
    sold(1, order="C", cancelled=50),
    sold(1, (70, 1), order="D"),
]


def test_every_order_stands_as_it_was_counted():
    every = orders(LINES)
    table = rows_behind(every, placed(every, TODAY, 5).gross, TODAY, 5)
    rows = {row[0]: row[4:] for row in table.rows}
    assert rows == {
        "A": (ago(30).isoformat(), 30, 25, "delivered"),
        "B": (None, 60, 0, "open"),
        "C": (ago(50).isoformat(), 10, 0, "cancelled"),
        "D": (ago(70).isoformat(), None, None, "left out: delivered before it was ordered"),
    }


def test_the_rows_that_are_not_left_out_are_as_many_as_the_figure_says():
    lines = [
        sold(1, *(((day - 4, 1),) if day > 4 else ()), ordered=day, order=f"S{day}")
        for day in range(1, 200, 3)
    ]
    every = orders(lines)
    found = now(every, TODAY, None).gross
    table = rows_behind(every, found, TODAY, None)
    assert found.method == "period"
    assert len(table.rows) == found.n < len(every)
    assert {row[6] for row in table.rows} == {None}
