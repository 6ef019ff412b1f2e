"""A chart as Slack takes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts import chart_block, unique
from commands import Chart, Series

X = ("Jan", "Feb", "Mar")


def made(*values, kind="line", x=X):
    series = tuple(Series(f"s{at}", one) for at, one in enumerate(values))
    return chart_block(Chart(kind, "Days " * 20, x, series, "supply", "d"))


def test_every_line_has_a_value_for_every_label():
    chart = made((1.0, None, 3.0), (4.0, 5.0, 6.0))["chart"]
    assert chart["axis_config"] == {"categories": ["Jan", "Mar"], "y_label": "days"}
    assert [point["value"] for point in chart["series"][1]["data"]] == [4.0, 6.0]


@pytest.mark.parametrize("values", [(), ((None, 2.0, None),)])
def test_less_than_two_points_are_no_chart(values):
    assert made(*values) is None


def test_a_pie_has_no_slices_of_nothing():
    chart = made((1.0, 0.0, 3.0), kind="pie")["chart"]
    assert chart == {
        "type": "pie", "segments": [{"label": "Jan", "value": 1.0}, {"label": "Mar", "value": 3.0}]
    }  # fmt: skip


def test_a_long_chart_shows_its_end_and_short_words():
    many = tuple(map(str, range(50)))
    block = made(tuple(map(float, range(50))), x=many)
    assert len(block["title"]) == 50
    assert block["chart"]["axis_config"]["categories"] == list(many[-20:])
    assert len(made(*((1.0, 2.0, 3.0),) * 9)["chart"]["series"]) == 6


@pytest.mark.parametrize("values", [(0.0,) * 20, (1.0,) * 20])
def test_a_pie_of_nothing_or_of_many_slices_is_none(values):
    assert made(values, kind="pie", x=tuple(map(str, range(20)))) is None


NAMES = st.lists(st.sampled_from(["1 Jul", "x" * 30, "x" * 29, "", "(2)", "&" * 25]), min_size=20,
                 max_size=20)  # fmt: skip


@given(NAMES)
def test_no_two_labels_are_alike(names):
    made = unique(names)
    assert len(set(made)) == 20
    assert all(1 <= len(one) <= 20 for one in made)


@pytest.mark.parametrize("kind", ["line", "pie"])
def test_a_chart_that_names_a_point_twice_is_drawn_with_both(kind):
    series = (Series("days", (1.0, 2.0, 3.0)), Series("days", (4.0, 5.0, 6.0)))
    drawn = chart_block(Chart(kind, "t", ("1 Jun", "1 Jul", "1 Jul"), series, "supply"))["chart"]
    if kind == "pie":
        labels = [one["label"] for one in drawn["segments"]]
    else:
        labels = drawn["axis_config"]["categories"]
        assert [one["name"] for one in drawn["series"]] == ["days", "days (2)"]
        assert [[p["label"] for p in one["data"]] for one in drawn["series"]] == [labels, labels]
    assert labels == ["1 Jun", "1 Jul", "1 Jul (2)"]
