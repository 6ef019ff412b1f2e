from datetime import date
from decimal import Decimal

from commands._allocate_words import Case, changes, in_sight, notes, readings, summary, table
from storage.metrics._trace import Node
from storage.metrics.allocation import Coming, Split, Waiting
from tests.storage.metrics.deliveries import TODAY, ago, sold


def case(*orders, coming=()):
    """A case of orders as (quantity, due, first, proposed); days are days ahead."""
    waiting, first, then = [], {}, {}
    for at, (qty, due, before, after) in enumerate(orders):
        line = sold(qty, first=None if due is None else -due, order=f"S{at}", key=f"{at}")
        waiting.append(Waiting(line, Decimal(qty)))
        first[line.key], then[line.key] = _on(before), _on(after)
    return Case("Desk", TODAY, tuple(waiting), tuple(coming), Split(first), Split(then))


def _on(days):
    return None if days is None else ago(-days)


def stock(qty, on: date | None = TODAY, kind="stock"):
    return Coming(Node(kind, ("erp", f"{kind}{on}")), Decimal(qty), on)


def test_the_summary_says_what_the_splits_keep():
    assert "another split keeps 1 of 1 promises**, first come keeps 0." in summary(
        case((1, 2, 5, 1))
    )
    assert "no split keeps any of 1 promises**" in summary(case((1, -2, 5, 1)))
    assert "no split keeps more than 1 of 2 promises**" in summary(
        case((1, 2, 1, 1), (1, -2, 5, 6))
    )
    assert "first come is as good as any split**: it keeps 1 of 1" in summary(case((1, 2, 1, 1)))
    assert "none with a promise or a day asked for." in summary(case((1, None, 5, 1)))


def test_the_changes_say_who_is_filled_sooner_later_newly_and_no_more():
    said = changes(case((1, 2, 5, 1), (1, 2, 1, 4), (1, 2, None, 3), (1, 2, 3, None)))
    assert said == (
        "Against first come it fills 1 sooner, S0 most (by 4 d); 1 later, S1 most (by 3 d); 1 that"
        " first come leaves out; but not 1 that first come fills."
    )
    assert changes(case((1, 2, 1, 1))) == "No order would be filled on another day."


def test_what_is_in_sight_and_what_can_not_be_told():
    coming = (stock(3), stock(4, ago(-9), "purchaseline"), stock(2, None, "makeorder"))
    one = case((5, 2, 1, 1), coming=coming)
    assert in_sight(one) == "5 are wanted; 3 in stock, 6 to come, the first by 10 Mar."
    assert in_sight(case((5, 2, 1, 1))) == "5 are wanted; 0 in stock, nothing more is to come."
    assert "2 more are to come on a day that can't be told" in notes(one)[-1].text
    assert len(notes(case((5, 2, 1, 1)))) == 2


def test_the_table_marks_what_differs_and_figures_are_counted():
    one = case((5, 2, 1, 1), (1, 2, 1, 4), (1, 2, None, None))
    found = table(one, "EUR")
    assert [row[4] for row in found.rows] == [0, 3, None]
    assert found.bold == {1}
    assert found.rows[2][2:4] == ("not in sight", "not in sight")
    assert [reading.value for reading in readings(one)] == [3, 1, 2, 1, 0]
