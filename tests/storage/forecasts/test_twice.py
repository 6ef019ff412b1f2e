"""What models tell is the same to the byte, whenever and in whichever process it is made."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.forecasts import load
from tests.storage.forecasts.companies import company, environment

FIGURES = [
    "n", "pinball", "mae", "cover80", "cover90", "auc", "brier", "ece", "slope", "lift10",
]  # fmt: skip
ROOT = Path(__file__).parents[3]
# what the verb prints, then what would be kept of a fit of each model
WORK = """
from os import environ
from zoneinfo import ZoneInfo
from msgspec.json import encode
from bot.__main__ import cli
from storage.forecasts import load
from storage.store import Store
from tests.storage.forecasts.companies import NOW
cli(["backtest", "--format", "json", "--since", "2024-03-01"], standalone_mode=False)
store = Store(environ["DATABASE_URL"])
with store.reader() as session:
    for name, model in load().items():
        made = model.fit(session, NOW, ZoneInfo("Europe/Berlin"))
        print(name, made and encode(made.params).decode())
store.close()
"""


def told(folder, seed):
    """All that is told of a company, by a process with its own order of sets."""
    folder.mkdir()
    company(folder).store.close()
    env = {**os.environ, "PYTHONHASHSEED": seed, **environment(folder)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WORK], env=env, cwd=ROOT, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.slow
def test_two_processes_tell_the_same_to_the_byte_and_in_the_same_shape(tmp_path):
    first = told(tmp_path / "first", "1")
    assert first == told(tmp_path / "second", "2")
    reports, _ = json.JSONDecoder().raw_decode(first.decode())
    assert [one["model"] for one in reports] == list(load())
    for report in reports:
        assert report["protocol"] == "origins"
        assert list(report["data"]) == ["rows", "start", "end"]
        # each has something to tell
        assert report["methods"].keys() >= {"leadline", load()[report["model"]].baseline}
        for one in (report, *report["origins"]):
            assert all(list(figures) == FIGURES for figures in one["methods"].values())
        assert all({"at", "n", "methods"} <= one.keys() for one in report["origins"])
