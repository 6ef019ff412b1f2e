import json

import numpy as np
import pytest

from tests.storage.forecasts.figures import Figure, as_json, interval, left_out, table


def test_a_row_says_what_was_asked_what_was_reached_and_whether_that_is_enough():
    met = Figure("scms", "P80 coverage ≥ .73", 0.7391, True, 0.71, 0.76, note="6 origins")
    short = Figure("olist", "error against the best judge ≤ +2 %", 0.031, False, form="+.1%")
    told = Figure("olist", "P90 coverage of all rows", 0.862)
    rows = table([met, short, told, left_out("telco", "AUC ≥ .850")]).splitlines()
    assert rows[1].split("  ")[0] == "scms"
    assert "0.739 [0.710, 0.760]" in rows[1]
    assert [row.count("NOT MET") for row in rows] == [0, 0, 1, 0, 0]
    assert "+3.1%" in rows[2]
    assert "told only" in rows[3]
    assert "left out: the data are not on this machine" in rows[4]


def test_as_json_a_row_is_an_object():
    met = Figure("cdnow", "AUC ≥ .78", np.float64(0.8), np.bool_(True))
    one, other = json.loads(as_json([left_out("telco", "AUC ≥ .850"), met]))
    assert (one["data"], one["reached"], one["is_met"]) == ("telco", None, None)
    assert (other["reached"], other["is_met"]) == (0.8, True)


def test_intervals_are_those_of_the_mean_and_the_same_each_time():
    rng = np.random.default_rng(1)
    parts = [(rng.normal(3, 1, 400),), (rng.normal(3, 1, 100),)]
    low, high = interval(np.mean, parts)
    assert (low, high) == interval(np.mean, parts)
    values = np.concatenate([one for (one,) in parts])
    middle, spread = values.mean(), 1.96 * values.std() / np.sqrt(len(values))
    assert high - middle == pytest.approx(spread, rel=0.2)
    assert middle - low == pytest.approx(spread, rel=0.2)


def test_columns_of_a_part_are_drawn_together():
    one = np.arange(50.0)
    assert interval(lambda a, b: float(np.abs(a - b).max()), [(one, one)], 20) == (0, 0)
