from commands._purchase_rows import COLUMNS, purchase_rows, state
from tests.storage.metrics.purchases import ago, bought


def test_every_line_is_a_row_the_newest_order_first():
    table = purchase_rows([bought(9, order="P1"), bought(3, order="P3"), bought(5, order="P2")])
    assert [row[0] for row in table.rows] == ["P3", "P2", "P1"]
    assert [column.name for column in table.columns] == list(COLUMNS)
    assert table.total == 3
    assert {column.topic for column in table.columns} == {"supply"}


def test_a_row_says_all_days_of_a_line():
    line = bought(60, (30, 1), (20, 3), qty=4, acknowledged=58, shipped=40, first=35, latest=28,
                  planned=33)  # fmt: skip
    row = dict(zip(COLUMNS, purchase_rows([line]).rows[0], strict=True))
    assert (row["Supplier"], row["Item"]) == ("Borealis", "Coil")
    days = {"Ordered": 60, "Acknowledged": 58, "Shipped": 40, "First promise": 35,
            "Promised now": 28, "Planned": 33, "Complete": 20}  # fmt: skip
    assert {name: row[name] for name in days} == {
        name: ago(back).isoformat() for name, back in days.items()
    }
    assert (row["Quantity"], row["Received"], row["Cancelled"]) == (4, 4, None)


def test_the_state_says_what_a_line_counts_as():
    assert state(bought(9, 2)) == "received"
    assert state(bought(9)) == "open"
    assert state(bought(9, cancelled=1)) == "cancelled"
    assert state(bought(9, 12)) == "left out: received before it was ordered"


def test_what_is_not_known_is_null():
    row = purchase_rows([bought(9, supplier=None, item=None)]).rows[0]
    assert row[1:3] == (None, None)
    assert row[6:9] == (None, None, None)
