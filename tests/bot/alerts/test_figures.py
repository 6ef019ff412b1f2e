from decimal import Decimal

import pytest

from bot.alerts.figures import Why, basis_of, figures
from bot.alerts.rule import Rule
from commands import Ask, Column, Grant, Reading, Table
from tests.bot.alerts.board import EACH, TOTAL, Board
from tests.commands.dialogue import BERLIN, NOW

ROWS = [
    ("supplier:odoo:erp/1", "Borealis", 43.0, Decimal(5)),
    ("supplier:odoo:erp/2", "Cobalt", None, Decimal(7)),
]


def answer(rows=ROWS, **more):
    board = Board(lambda now: rows)
    for name, value in more.items():
        setattr(board, name, value)
    return board.answer(None, Ask("board", NOW, BERLIN, Grant.everything()), ())


def test_the_total_is_the_first_figure_or_the_one_that_is_named():
    assert figures(answer(), TOTAL).values == {"": 30.0}
    named = Rule("r", "board", "C1", "above 4", figure="9 IN 10")
    assert figures(answer(), named).values == {"": 70.0}


def test_each_row_is_an_entity_by_its_key_with_the_first_column_of_numbers():
    found = figures(answer(), EACH)
    assert found.values == {"supplier:odoo:erp/1": 43.0, "supplier:odoo:erp/2": None}
    assert found.labels["supplier:odoo:erp/1"] == "Borealis"
    assert (found.reading.name, found.reading.unit, found.reading.value) == ("Days", "d", None)


def test_another_column_is_judged_where_it_is_named_with_its_own_topic():
    rule = Rule("r", "board", "C1", "above 4", figure="value", each=True)
    found = figures(answer(), rule)
    assert list(found.values.values()) == [5.0, 7.0]
    assert found.topics == ("revenue", "supply")


def test_rows_without_a_key_go_by_their_name():
    rows = [("", "DE", 1.0, None), ("", "SE", 2.0, None)]
    assert figures(answer(rows), EACH).values == {"DE": 1.0, "SE": 2.0}


def test_rows_that_can_not_be_told_apart_are_left_out_and_counted():
    rows = [("", "DE", 1.0, None), ("", "DE", 2.0, None), ("", "SE", 3.0, None)]
    found = figures(answer(rows), EACH)
    assert found.values == {"SE": 3.0}
    assert [one.text for one in found.notes] == [
        "2 rows bear a name that others bear too: not watched."
    ]


def test_of_several_rows_of_one_thing_the_first_counts():
    rows = [(ROWS[0][0], "Borealis", 50.0, None), ROWS[0], ROWS[1]]
    assert figures(answer(rows), EACH).values == {ROWS[0][0]: 50.0, ROWS[1][0]: None}


def test_a_word_in_the_column_that_is_named_is_no_figure():
    rows = [("", "Bar", "out", None), ("", "Coil", 3.0, None)]
    rule = Rule("r", "board", "C1", "below 7", each=True, figure="days")
    assert figures(answer(rows), rule).values == {"Bar": None, "Coil": 3.0}


def test_of_new_rows_each_that_is_there_has_the_value_one():
    rule = Rule("r", "board", "C1", kind="new")
    assert set(figures(answer(), rule).values.values()) == {1.0}


def test_a_list_with_nothing_in_it_has_no_rows_and_what_was_there_is_over():
    found = figures(answer([], is_fleeting=True), EACH)
    assert (found.values, found.is_fleeting) == ({}, True)


def test_of_rows_that_are_always_there_nothing_is_known_where_there_are_none():
    assert figures(answer([]), EACH) == Why("error", "its answer has no rows")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Rule("r", "board", "C1", "above 1", figure="mean"), "has no figure “mean”"),
        (Rule("r", "board", "C1", "above 1", figure="mean", each=True), "has no column “mean”"),
        (Rule("r", "board", "C1", "above 1", figure="supplier", each=True), "has no numbers"),
    ],
)
def test_a_figure_that_is_not_there_is_named(rule, says):
    found = figures(answer(), rule)
    assert isinstance(found, Why)
    assert found.data == "error"
    assert says in found.words


def test_a_figure_rests_on_the_basis_of_its_own_metric():
    said = answer()
    assert basis_of(said, Reading("x", 1, "", "supply", "lead-time")) is said.basis[0]
    assert basis_of(said, Reading("x", 1, "", "supply", "otif")) is said.basis[0]


def test_keys_are_as_many_as_rows():
    with pytest.raises(ValueError, match="1 keys for 2 rows"):
        Table((Column("A", "supply"),), (("x",), ("y",)), keys=("k",))
