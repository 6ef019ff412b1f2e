from datetime import date

from commands._stock_tables import by_group, by_item
from storage.known.rates import Rates
from storage.metrics._stock_risk import risks
from storage.metrics.days_of_cover import covers
from tests.storage.metrics.stock_facts import Unknown, stock, use

TODAY = date(2026, 3, 31)
DAYS = {("erp", "new"): date(2026, 3, 29)}


def made(*every):
    used = [use("2026-03-30", 90, name=name) for name in ("Coil", "Pane", "Kept", "New")]
    return risks(covers(every, used, DAYS, TODAY), [], Unknown())


EVERY = made(
    stock("Coil", 30, 300, category="Steel"), stock("Pane", 0, 0, category="Glass"),
    stock("Kept", 5, 50, reserved=5, category="Steel"), stock("Dull", 9, 90),
    stock("New", 9, 90, category="Steel"),
)  # fmt: skip


def test_an_item_that_is_out_lasts_no_day_and_one_without_days_says_why():
    table = by_item(EVERY)
    assert {row[0]: row[3] for row in table.rows} == {
        "Coil": 30, "Pane": 0, "Kept": 0, "Dull": "no demand", "New": None,
    }  # fmt: skip
    assert {table.rows[at][0] for at in table.bold} == {"Pane", "Kept"}


def test_groups_have_their_items_once_and_the_worst_first():
    table = by_group(EVERY, "category", Rates("EUR", []).total, "EUR")
    assert table.rows == (
        ("Glass", 1, 1, 1, 0), ("Steel", 3, 1, 1, 440), ("unknown", 1, 0, 0, 90),
    )  # fmt: skip
    assert table.columns[-1].unit == "EUR"
    by_site = by_group(EVERY, "site", Rates("EUR", []).total, "EUR")
    assert [row[:4] for row in by_site.rows] == [("North", 5, 2, 2)]
