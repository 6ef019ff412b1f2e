import json
from types import SimpleNamespace

import pytest

from tests.storage.forecasts import bench
from tests.storage.forecasts.figures import Figure


@pytest.fixture
def two(monkeypatch):
    made = {
        "steel": lambda: [Figure("steel", "P80 ≥ .73", 0.7, False)],
        "brass": lambda: [Figure("brass", "AUC ≥ .78", 0.8, True)],
    }
    monkeypatch.setattr(bench, "parts", lambda: made)


def test_all_parts_are_one_table(two, capsys):
    bench.main([])
    out = capsys.readouterr()
    assert [line.split()[0] for line in out.out.splitlines()] == ["data", "steel", "brass"]
    assert "steel … " in out.err


def test_as_json_it_is_a_list_and_parts_can_be_named(two, capsys):
    bench.main(["brass", "--format", "json"])
    [one] = json.loads(capsys.readouterr().out)
    assert (one["data"], one["asked"], one["is_met"]) == ("brass", "AUC ≥ .78", True)


def test_a_part_that_is_not_there_is_refused_with_those_that_are(two):
    with pytest.raises(SystemExit, match="no part 'weather'; there are steel, brass"):
        bench.main(["weather"])


def test_each_part_is_a_file_beside_it_that_is_not_read_before_it_is_measured(monkeypatch):
    asked = []
    part = SimpleNamespace(measured=list)
    monkeypatch.setattr(bench, "import_module", lambda name: asked.append(name) or part)
    known = bench.parts()
    assert {"churn", "lead_time", "slipping"} <= known.keys()
    assert not asked
    assert bench.measured(bench.chosen(known, ["slipping"])) == []
    assert asked == ["tests.storage.forecasts.bench_slipping"]
