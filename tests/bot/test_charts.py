"""A chart as Slack takes it."""

import pytest

from bot.charts import chart_block
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
