"""A real purchasing history, through the program as a user runs it, against another's estimate."""

import csv
import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from lifelines import KaplanMeierFitter

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
REAL = ROOT.parent / "shared/data/scms/direct_drop_to_2012.csv"
NOW = date(2011, 1, 1)
START = date(2009, 1, 1)
ENOUGH = 5


def leadline(folder, config, *words):
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{folder}/scms.db",
        "LEADLINE_CONFIG": str(config),
        "LEADLINE_NOW": f"{NOW}T00:00:00Z",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def judged(file):
    """(n, open, median, 9 in 10) by supplier, read from the file and fitted by lifelines."""
    days, ended = {}, {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ordered, received = date.fromisoformat(row["po"]), date.fromisoformat(row["dlv"])
            if not START <= ordered < NOW:
                continue
            is_in = received < NOW
            days.setdefault(row["vendor"], []).append(((received if is_in else NOW) - ordered).days)
            ended.setdefault(row["vendor"], []).append(is_in)
    return {
        vendor: (len(seen), ended[vendor].count(False), *quantiles(seen, ended[vendor]))
        for vendor, seen in days.items()
    }


def quantiles(days, ended):
    curve = KaplanMeierFitter().fit(days, ended).survival_function_["KM_estimate"]
    return [next((int(t) for t, s in curve.items() if s <= 1 - q + 1e-9), None) for q in (0.5, 0.9)]


def answered(folder, config):
    leadline(folder, config, "sync")
    line = "lead-time last 2 years by supplier"
    said = json.loads(leadline(folder, config, "ask", line, "--format", "json"))
    names = [column["name"] for column in said["table"]["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in said["table"]["rows"]]
    return said, {
        row["Supplier"]: (row["Orders"], row["Open"], row["Median"], row["9 in 10"]) for row in rows
    }


def test_every_supplier_of_the_real_file_has_its_lead_time_to_the_day(tmp_path):
    if not REAL.is_file():
        pytest.skip(f"the real file is not on this machine: {REAL.name}")
    said, found = answered(tmp_path, HERE / "leadline.toml")
    expected = judged(REAL)
    enough = {vendor for vendor, row in expected.items() if row[0] >= ENOUGH}
    assert len(enough) > 15
    assert {v: found[v] for v in enough} == {v: expected[v] for v in enough}
    assert said["basis"][0]["n"] == sum(row[0] for row in expected.values())
    assert said["basis"][0]["open"] == sum(row[1] for row in expected.values())


def generated(folder):
    """The same columns with made-up orders, some of them after `NOW`."""
    rng = random.Random(11)
    file = folder / "orders.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines)
        out.writerow(["PO / SO #", "ASN/DN #", "po", "sched", "dlv", "vendor", "country", "group",
                      "site", "qty", "value"])  # fmt: skip
        for number in range(600):
            if number % 2 == 0:  # two shipments an order
                ordered = date(2008, 1, 1) + timedelta(days=rng.randrange(1300))
                vendor = f"Vendor {rng.randrange(9)}"
            days = int(rng.lognormvariate(4.2, 0.6))
            received = ordered + timedelta(days=days)
            out.writerow([f"PO-{number // 2}", f"ASN-{number}", ordered, received, received,
                          vendor, "Kenya", "A", "S", 10, 99])  # fmt: skip
    config = folder / "leadline.toml"
    text = (HERE / "leadline.toml").read_text("utf-8")
    config.write_text(text.replace("../../../shared/data/scms/direct_drop_to_2012.csv", file.name))
    return config, file


def test_every_supplier_of_a_made_up_file_has_its_lead_time_to_the_day(tmp_path):
    config, file = generated(tmp_path)
    _, found = answered(tmp_path, config)
    assert found == judged(file)
