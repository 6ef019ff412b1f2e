import numpy as np
import pytest

from storage.forecasts._features import Number, Words, encoder_from, learned

ROWS = [
    {"tenure": float(n), "term": "month" if n % 2 else "year", "id": f"x{n}"} for n in range(40)
]


def test_the_more_events_the_more_bends():
    assert [len(learned(ROWS, events).features[0].bends) for events in (0, 49, 50, 5_000)] == [
        0, 0, 1, 9,
    ]  # fmt: skip


def test_words_that_are_hardly_ever_said_are_no_feature():
    assert [one.name for one in learned(ROWS, 100).features] == ["tenure", "term"]


def test_a_number_is_itself_its_logarithm_and_how_far_above():
    assert Number("x", 2.0, (1.0, 5.0)).columns([4, None]).tolist() == [
        pytest.approx([4, np.log(5), 3, 0, 0]), pytest.approx([2, np.log(3), 1, 0, 1]),
    ]  # fmt: skip


def test_a_word_that_was_never_seen_is_none_of_those_known():
    made = Words("term", ("month", "year"))
    assert made.columns(["year", "week", None]).tolist() == [[0, 1], [0, 0], [0, 0]]


def test_a_column_with_numbers_and_words_is_one_of_words():
    rows = [{"size": 1.0 if n % 2 else "big"} for n in range(20)]
    assert learned(rows, 100).features == (Words("size", ("1.0", "big")),)


def test_flags_are_numbers_and_what_is_never_known_is_nothing():
    rows = [{"new": n % 2 == 0, "nps": None} for n in range(20)]
    [one] = learned(rows, 0).features
    assert one.columns([True, False])[:, 0].tolist() == [1, 0]


def test_it_is_the_same_as_json_and_back():
    made = learned(ROWS, 200)
    again = encoder_from(made.as_json())
    assert again == made
    assert made.matrix(ROWS[:3]).shape == (3, len(made.names()))


def test_nothing_known_makes_no_columns():
    assert learned([], 0).matrix([{}, {}]).shape == (2, 0)
