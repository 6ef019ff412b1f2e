"""The suite for exports that are no plain file: workbooks, folders, URLs."""

import csv
import io
import os
import random
from email.utils import format_datetime

import httpx
import openpyxl
import pytest

from storage.sources._csv_parse import StreamSettings
from storage.sources._http import Http
from storage.sources.csv_file import Settings, open_csv
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import Life
from tests.storage.sources.conformance_steps import Memory, drain, drain_next, several_pages
from tests.storage.sources.fake_rest import FAULTS
from tests.storage.sources.test_conformance import COLUMNS, CsvHarness

KEY = ("PO", "Line")
SOME = 3_000


class WorkbookHarness(CsvHarness):
    """A workbook that is saved anew before somebody looks."""

    file = "lines.xlsx"

    def __init__(self, folder):
        super().__init__(folder)
        self.path = folder / self.file

    def open(self):
        if self.is_changed:
            self._save()
        stream = StreamSettings(file=self.file, key=KEY, columns=COLUMNS, sheet="Lines")
        return open_csv(
            Settings(key="csv:main", kind="csv", folder=str(self.path.parent),
                     streams={self.stream: stream})
        )  # fmt: skip

    def _save(self):
        self.is_changed = False
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Lines")
        sheet.append(list(COLUMNS.values()))
        for line in self.lines.values():
            sheet.append([_typed(line[name]) for name in COLUMNS.values()])
        new = self.path.with_suffix(".new")
        book.save(new)
        os.utime(new, (self.clock.timestamp(),) * 2)
        new.replace(self.path)

    def write(self, text=None):
        self.is_changed = True


class FolderHarness(CsvHarness):
    """A folder into which every change is put as a file of its own; what is deleted leaves all.

    A file has what changed since the last, so that most rows stand in several.
    """

    def __init__(self, folder):
        self.files = {}
        super().__init__(folder)
        self.folder = folder

    def open(self):
        stream = StreamSettings(file="part-*.csv", key=KEY, columns=COLUMNS)
        return open_csv(
            Settings(key="csv:main", kind="csv", folder=str(self.folder),
                     streams={self.stream: stream})
        )  # fmt: skip

    def delete(self, ids):
        for one in ids:
            del self.lines[one]
        for path in self.files:
            self.files[path] = [one for one in self.files[path] if one not in ids]
            self._save(path)

    def spoil(self):
        made = super().spoil()
        self._save(list(self.files)[-1])
        return made

    def _put(self, ids):
        super()._put(ids)
        self._add(ids)

    def write(self, text=None):
        if not self.files:
            self._add([])

    def _add(self, ids):
        path = self.path.with_name(f"part-{len(self.files) % 20:02}.csv")
        kept = [one for one in self.files.pop(path, []) if one in self.lines and one not in ids]
        # a name that is written again keeps what only it has
        self.files[path] = [*kept, *ids]
        self._save(path)

    def _save(self, path):
        with path.with_suffix(".new").open("w", newline="") as file:
            file.write(_text(self.lines[one] for one in self.files[path]))
        at = self.clock.timestamp() + list(self.files).index(path) / 1_000 - 1
        os.utime(path.with_suffix(".new"), (at,) * 2)
        path.with_suffix(".new").replace(path)


class UrlHarness(CsvHarness):
    """A web server with one file, whose version it tells by an ETag."""

    faults = (*FAULTS, "drop")

    def __init__(self, folder):
        self.version, self.fault = 0, ""
        super().__init__(folder)

    def open(self):
        stream = StreamSettings(
            file="https://files.example.com/lines.csv", key=KEY, columns=COLUMNS
        )

        def http(*args, **options):
            return Http(*args, transport=httpx.MockTransport(self), sleep=lambda _: None, **options)

        settings = Settings(
            key="csv:main", kind="csv", streams={self.stream: stream}, secret="k3y"
        )  # fmt: skip
        return open_csv(settings, http)

    def write(self, text=None):
        self.version += 1

    def fail_next(self, kind):
        self.fault = kind

    def __call__(self, request):
        assert request.headers["authorization"] == "Bearer k3y"
        headers = {"Date": format_datetime(self.clock, usegmt=True), "ETag": f'"{self.version}"'}
        fault, self.fault = self.fault, ""
        if fault == "drop":
            raise httpx.ReadError("the line went dead")
        if fault:
            status, more, body = FAULTS[fault]
            return httpx.Response(status, headers=headers | more, stream=httpx.ByteStream(body))
        if request.headers.get("if-none-match") == headers["ETag"]:
            return httpx.Response(304, headers=headers, stream=httpx.ByteStream(b""))
        headers["Content-Type"] = "text/csv"
        body = _text(self.lines.values()).encode()
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))


def _typed(text):
    return int(text) if text.isdigit() else text


def _text(lines):
    made = io.StringIO()
    writer = csv.DictWriter(made, list(COLUMNS.values()))
    writer.writeheader()
    writer.writerows(lines)
    return made.getvalue()


class _ShortLife(Conformance):
    """The long one is lived by `TestCsv`; these files differ in how they are opened."""

    def test_a_long_life_of_many_changes_loses_and_doubles_nothing(self, harness):
        life = Life(harness, random.Random(5))
        life.live(SOME)
        assert life.changes >= SOME


@pytest.mark.slow
class TestWorkbook(_ShortLife):
    @pytest.fixture
    def harness(self, tmp_path):
        return WorkbookHarness(tmp_path)


class TestFolder(_ShortLife):
    @pytest.fixture
    def harness(self, tmp_path):
        return FolderHarness(tmp_path)


class TestUrl(_ShortLife):
    @pytest.fixture
    def harness(self, tmp_path):
        return UrlHarness(tmp_path)

    @pytest.mark.parametrize("at_page", [0])
    def test_no_fault_of_the_server_loses_a_record(self, harness, at_page):
        """A pull asks the server once, so that no page can be lost behind the first."""
        super().test_no_fault_of_the_server_loses_a_record(harness, at_page)

    def test_a_file_that_did_not_change_is_not_sent_again(self, harness):
        several_pages(harness)
        memory = drain(harness, Memory())
        version = harness.version
        assert list(harness.open().pull(harness.open().streams[0], memory.state)) == []
        drain_next(harness, memory)
        assert harness.version == version
