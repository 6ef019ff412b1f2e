"""The suite for sources on files, which have no server to be late or to fail."""

import csv
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from storage.sources import SourceError
from storage.sources._csv_parse import StreamSettings
from storage.sources._csv_rows import PAGE
from storage.sources.csv_file import Settings, open_csv
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    drain_next,
    several_pages,
)

COLUMNS = {"order": "PO", "line": "Line", "supplier": "Supplier", "qty": "Quantity",
           "ordered_at": "Ordered", "promised_on": "Promised"}  # fmt: skip
STREAM = StreamSettings(file="lines.csv", key=("PO", "Line"), columns=COLUMNS)


class CsvHarness:
    """A folder with an export of purchase lines, which is written anew with each change."""

    stream = "purchase_lines"
    table = "purchaseline"
    page_rows = PAGE
    faults = ()

    def __init__(self, folder):
        self.path = folder / STREAM.file
        self.clock = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.lines = {}
        self.made = self.turn = 0
        self.write()

    def open(self):
        return open_csv(
            Settings(key="csv:main", kind="csv", folder=str(self.path.parent),
                     streams={self.stream: STREAM})
        )  # fmt: skip

    def now(self):
        return self.clock

    def advance(self, seconds):
        self.clock += timedelta(seconds=seconds)

    def create(self, n):
        made = [f"P{self.made + number}|1" for number in range(n)]
        self.made += n
        self._put(made)
        return made

    def change(self, ids, visible_after=0.0):
        self._put(ids)

    def delete(self, ids):
        for one in ids:
            del self.lines[one]
        self.write()

    def spoil(self):
        made = self.create(3)
        for one, wrong in zip(made, ("lots", "-1", "NaN"), strict=True):
            self.lines[one]["Quantity"] = wrong
        self.write()
        return made

    def truth(self):
        return {
            key: {
                "order_ref": line["PO"],
                "qty": Decimal(line["Quantity"]),
                "promised_on": date.fromisoformat(line["Promised"]),
            }
            for key, line in self.lines.items()
            if line["Quantity"].isdigit()
        }

    def fail_next(self, kind):
        raise NotImplementedError("a file has no such fault")

    def _put(self, ids):
        for one in ids:
            order, line = one.split("|")
            self.turn += 1
            self.lines[one] = {
                "PO": order, "Line": line, "Supplier": "Acme", "Ordered": "2026-01-02",
                "Quantity": str(self.turn), "Promised": f"2026-03-{1 + self.turn % 28:02}",
            }  # fmt: skip
        self.write()

    def write(self, text=None):
        """Puts a new file in the place of the old one, stamped by the clock of the suite."""
        new = self.path.with_suffix(".new")
        if text is not None:
            new.write_bytes(text)
        else:
            with new.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(COLUMNS.values()))
                writer.writeheader()
                writer.writerows(self.lines.values())
        os.utime(new, (self.clock.timestamp(),) * 2)
        new.replace(self.path)


class TestCsv(Conformance):
    @pytest.fixture
    def harness(self, tmp_path):
        return CsvHarness(tmp_path)

    @pytest.mark.parametrize("at_page", [0, 1, 2])
    def test_no_fault_of_the_server_loses_a_record(self, harness, at_page):
        """What a file has of the kind: one that is broken off, gone, or in another encoding."""
        ids = several_pages(harness)
        good = harness.path.read_bytes()
        memory = Memory()
        for page in harness.open().pull(harness.open().streams[0], None):
            memory.apply(page)
            if len(memory.rows) >= at_page * PAGE:
                break
        for broken in (good[: len(good) // 2] + b'\n"', b"\xff\xfe" + good, b"PO;Line\n"):
            harness.write(broken)
            with pytest.raises(SourceError):
                drain(harness, memory)
        harness.write(good)
        harness.change(ids[:2])
        assert_true(drain_next(harness, memory), harness)
