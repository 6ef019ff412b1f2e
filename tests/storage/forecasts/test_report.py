import json
from datetime import date

from storage.forecasts._report import AtOrigin, Gain, Report
from storage.forecasts._scores import Calibrated, Scores


def test_a_report_is_json_with_null_where_a_figure_does_not_apply():
    scores = Scores(3, pinball=1 / 3)
    report = Report(
        "lead-time", 9, date(2025, 1, 2), date(2025, 3, 4), {"leadline": scores},
        (AtOrigin(date(2025, 2, 1), 3, {"leadline": scores}),),
        {"ecdf_closed": Gain(0.1, 0.05, 0.15)}, 2, calibration=(Calibrated(0.8, 7 / 9, 3),),
    )  # fmt: skip
    found = json.loads(json.dumps(report.as_json()))
    assert found["data"] == {"rows": 9, "start": "2025-01-02", "end": "2025-03-04"}
    method = {
        "n": 3, "pinball": 0.333333, "mae": None, "cover80": None, "cover90": None, "auc": None,
        "brier": None, "ece": None, "slope": None, "lift10": None,
    }  # fmt: skip
    assert found["methods"] == {"leadline": method}
    assert found["origins"] == [{"at": "2025-02-01", "n": 3, "methods": {"leadline": method}}]
    assert found["gains"]["ecdf_closed"] == {"pinball": 0.1, "low": 0.05, "high": 0.15}
    assert found["calibration"] == [{"said": 0.8, "came": 0.777778, "n": 3}]
    assert "hits" not in found
    assert (found["model"], found["protocol"], found["unknown"]) == ("lead-time", "origins", 2)


def test_a_report_of_nothing_has_no_days():
    assert Report("x", 0, None, None).as_json()["data"] == {"rows": 0, "start": None, "end": None}
