from commands import Ask, Grant
from commands._backorder_rows import rows_behind
from commands._deliveries import Asked
from commands._grammar import Query
from commands._window import last_days
from tests.commands.dialogue import BERLIN
from tests.storage.metrics.deliveries import NOW, due

WINDOW = last_days(90, NOW, BERLIN)
ASKED = Asked(Query((), None, WINDOW, False, WINDOW), is_supply=False)


def rows(*lines, wants=True):
    ask = Ask("backorders", NOW, BERLIN, Grant.everything(), wants_evidence=wants)
    return rows_behind(ask, ASKED, lines)


def test_every_open_line_stands_with_whether_its_day_is_over():
    table = rows(
        due(order="N"), due(4, (9, 1), first=10, order="L"), due(first=-5, order="T"),
        due(1, (9, 1), first=10, order="D"), due(first=0, order="Today"),
    )  # fmt: skip
    assert [(row[0], row[5], row[7], row[-1]) for row in table.rows] == [
        ("L", 10, 3, "owed late"), ("Today", 0, 1, "open, in time"), ("T", 0, 1, "open, in time"),
        ("N", None, 1, "left out: without a date"),
    ]  # fmt: skip


def test_they_are_made_only_where_somebody_wants_them():
    assert rows(due(first=10), wants=False) is None
