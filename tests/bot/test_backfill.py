"""A long first read through the command line: its memory, its bar, and what Ctrl-C does to it.

`BENCH_ROWS=1000000` measures a million rows (minutes); `make bench` does.
"""

import csv
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.sources._sql_reader import PAGE

ROOT = Path(__file__).parents[2]
ROWS, FEWER = int(os.environ.get("BENCH_ROWS", "100000")), 20_000
MOST_MB = 150
CONFIG = """
[sources.file]
kind = "csv"
[sources.file.streams.purchase_lines]
file = "po.csv"
key = ["id"]
columns = COLUMNS
[sources.database]
kind = "sql"
url = "sqlite:///erp.db"
[sources.database.streams.purchase_lines]
query = "SELECT * FROM po"
key = ["id"]
columns = COLUMNS
[sources.changes]
kind = "sql"
url = "sqlite:///erp.db"
[sources.changes.streams.purchaseline]
query = "SELECT * FROM po WHERE changed >= :since AND changed < :until"
key = ["id"]
stamp = "changed"
columns = { order_ref = "po", item_ref = "item", promised_on = "promised", qty = "qty" }
"""
COLUMNS = """{ order = "po", supplier = "vendor", item = "item", ordered_at = "day", \
received_at = "came", promised_on = "promised", qty = "qty" }"""
NAMES = ("id", "po", "vendor", "item", "day", "came", "promised", "qty", "changed")
# A sync that says, when it is over, what it held at most. Not by `ru_maxrss`, into which goes what
# the process held that it was forked from.
MEASURED = """
import atexit, re, sys
from pathlib import Path
def tell():
    status = Path("/proc/self/status").read_text()
    Path("peak").write_text(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])
atexit.register(tell)
sys.argv = ["bot", "sync", sys.argv[1]]
from bot.__main__ import main
main()
"""


def lines(count):
    """Purchase lines, two an order; of each thousandth the quantity makes no sense."""
    for n in range(count):
        day = f"2026-{n % 12 + 1:02}-{n % 27 + 1:02}"
        yield (n, f"P{n // 2}", f"V{n % 500}", f"I{n % 5000}", day, day if n % 3 else "",
               f"2026-12-{n % 28 + 1:02}", "lots" if n % 1000 == 7 else n % 90 + 1,
               "2026-01-01 00:00:00")  # fmt: skip


def test_a_sync_carries_nothing_that_it_has_no_use_for():
    heavy = ("numpy", "slack_bolt", "apscheduler", "waitress", "openpyxl")
    found = subprocess.run(
        [sys.executable, "-c", f"import bot.__main__, sys; print(set(sys.modules) & set({heavy}))"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == "set()\n"


def exported(folder, count):
    """The same lines as a file and as a table."""
    with (folder / "po.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(NAMES)
        out.writerows(lines(count))
    erp = sqlite3.connect(folder / "erp.db")
    erp.execute(f"CREATE TABLE po (id INTEGER PRIMARY KEY, {', '.join(NAMES[1:])})")
    erp.executemany(f"INSERT INTO po VALUES ({', '.join('?' * len(NAMES))})", lines(count))
    erp.commit()
    erp.close()
    return folder


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    return exported(tmp_path_factory.mktemp("export"), ROWS)


class Place:
    """A folder with a configuration and a store of its own."""

    def __init__(self, folder, export):
        self.folder = folder
        for name in ("po.csv", "erp.db"):
            (folder / name).symlink_to(export / name)
        (folder / "leadline.toml").write_text(CONFIG.replace("COLUMNS", COLUMNS))
        self.env = {
            **os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120",
            "LEADLINE_NOW": "2027-01-01T00:00:00Z",
        }  # fmt: skip

    def begin(self, source, terminal=None):
        """A sync goes off; with a terminal as its standard error."""
        return subprocess.Popen(
            [sys.executable, "-c", MEASURED, source], cwd=self.folder, env=self.env,
            stdout=subprocess.DEVNULL, stderr=terminal or subprocess.DEVNULL,
        )  # fmt: skip

    def peak(self):
        """What the last sync took, in MB."""
        return int((self.folder / "peak").read_text()) / 1024

    def rows(self, query):
        store = sqlite3.connect(self.folder / "leadline.db")
        found = store.execute(query).fetchall()
        store.close()
        return found


@pytest.fixture
def place(tmp_path, export):
    return Place(tmp_path, export)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["file", "changes"])
def test_a_back_fill_holds_its_memory(place, source, record_testsuite_property):
    began = time.monotonic()
    assert place.begin(source).wait() == 0
    seconds = time.monotonic() - began
    record_testsuite_property(f"back-fill from {source}: rows", ROWS)
    record_testsuite_property(f"back-fill from {source}: MB", round(place.peak()))
    record_testsuite_property(f"back-fill from {source}: rows a second", round(ROWS / seconds))
    assert place.rows("SELECT count(*) FROM purchaseline") == [(ROWS - held(),)]
    assert place.peak() < MOST_MB


def held():
    """How many of the rows make no sense."""
    return (ROWS - 8) // 1000 + 1


def stop_at(place, source, share):
    """Ctrl-C once a share of the bar is full; what was drawn and said until the end, and the exit.

    Standard error is a terminal, as for a person.
    """
    terminal, there = pty.openpty()
    child = place.begin(source, there)
    os.close(there)
    drawn, is_stopped, until = "", False, time.monotonic() + 600
    while child.poll() is None and time.monotonic() < until:
        drawn += heard(terminal, 0.1)
        bars = re.findall(r"(\d+)/(\d+)", drawn)
        if not is_stopped and bars and int(bars[-1][0]) >= share * int(bars[-1][1]):
            child.send_signal(signal.SIGINT)
            is_stopped = True
    while more := heard(terminal, 0):
        drawn += more
    os.close(terminal)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn), child.returncode


def heard(terminal, seconds):
    """What is drawn within so many seconds; nothing once the other end is closed."""
    if not select.select([terminal], [], [], seconds)[0]:
        return ""
    try:
        return os.read(terminal, 1 << 16).decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.slow
@pytest.mark.parametrize("source", ["file", "changes"])
def test_after_ctrl_c_a_restart_goes_on_and_ends_with_the_same(tmp_path, source):
    export, places = exported(tmp_path, FEWER), []
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
        places.append(Place(tmp_path / name, export))
    whole, stopped = places
    assert whole.begin(source).wait() == 0
    for share in (0.2, 0.5):
        drawn, code = stop_at(stopped, source, share)
        assert code == 128 + signal.SIGINT, drawn
        assert "Stopped. The next sync goes on from there." in drawn
        assert re.search(r"[\d,]+/s", drawn), "no rate is shown"
        assert re.search(r"\d:\d\d:\d\d \d:\d\d:\d\d", drawn), "no remaining time is shown"
    assert stopped.begin(source).wait() == 0
    for query in LEDGERS:
        assert stopped.rows(query) == whole.rows(query)
    # a page that was stored is not read again; one that was under way is not counted
    [(received,)] = stopped.rows("SELECT sum(received) FROM syncrun")
    assert FEWER - 2 * PAGE <= received <= FEWER


LEDGERS = (
    "SELECT source_id, row_hash FROM purchaseline ORDER BY source_id",
    "SELECT source_id, row_hash FROM purchaseorder ORDER BY source_id",
    "SELECT source_id, row_hash FROM receipt ORDER BY source_id",
    "SELECT source_id, error, count FROM quarantine ORDER BY source_id",
    "SELECT count(*) FROM fieldchange",
)
