import pytest

from storage import sync
from storage.schema import upgrade
from storage.sources import SourceError
from storage.sources.csv_file import SOURCE, Settings, StreamSettings
from storage.store import Store
from tests.storage.scripted import NOW, rows

HEAD = "po,vendor,day,in,qty\n"
COLUMNS = {"supplier": "vendor", "ordered_at": "day", "received_at": "in", "qty": "qty"}


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


class Files:
    """A folder with one export, and a store that it is pulled into."""

    def __init__(self, folder):
        self.folder = folder
        self.store = Store(f"sqlite:///{folder}/x.db")
        upgrade(self.store)

    def pull(self, text=None, **more):
        if text is not None:
            (self.folder / "po.csv").write_text(text, "utf-8")
        [result] = sync.run(
            "csv:old", self.source(**more), self.store, NOW, owner="me", clock=lambda: NOW
        )
        return result

    def source(self, **more):
        stream = StreamSettings("po.csv", ("po",), COLUMNS, **more)
        settings = Settings(
            key="csv:old", kind="csv", streams={"purchase_lines": stream}, folder=str(self.folder)
        )
        return SOURCE.open(settings, None)

    def rejected(self):
        return rows(self.store, "source_id, error", "quarantine", "1=1")


def test_rows_become_facts(files):
    result = files.pull(HEAD + "1,Acme,2026-01-01,2026-01-09,5\n2,Acme,2026-01-02,,3\n")
    assert (result.received, result.quarantined) == (2, 0)
    assert rows(files.store, "source_id", "purchaseline") == ["1", "2"]
    assert rows(files.store, "received_on", "receipt") == ["2026-01-09"]


def test_a_bad_row_is_held_back_with_its_line_and_the_others_come_in(files):
    files.pull(HEAD + "1,Acme,2026-01-01,,5\n2,Acme,01.02.2026,,5\n3,Acme,2026-01-02,,5\n")
    assert rows(files.store) == ["1", "3"]
    [(key, error)] = files.rejected()
    assert key == "2"
    assert error.startswith("line 3: ordered_at '01.02.2026' is not a date")


@pytest.mark.parametrize(
    ("line", "said"),
    [(",Acme,2026-01-01,,5", "no value in the key"), ("1,A,2026-01-01,,5,6", "more cells"),
     ("1,A,2026-01-02,2026-01-01,5", "before it was ordered"), ("1,A,2026-01-01,,-5", "qty -5")],
)  # fmt: skip
def test_every_bad_row_has_its_reason(files, line, said):
    files.pull(HEAD + line + "\n")
    assert said in files.rejected()[0][1]


def test_the_same_key_twice_is_told(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n1,A,2026-01-02,,6\n")
    assert "the same key as line 2" in files.rejected()[0][1]
    assert rows(files.store, "ordered_on", "purchaseorder") == ["2026-01-01"]


def test_a_file_that_did_not_change_is_not_read_again(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n")
    assert files.pull().received == 0


def test_a_row_that_left_the_file_is_deleted_unless_it_is_to_stay(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n2,A,2026-01-01,,5\n")
    files.pull(HEAD + "2,A,2026-01-01,,5\n", keeps_absent=True)
    assert rows(files.store) == ["1", "2"]
    files.pull(HEAD + "2,A,2026-01-01,,5\n")
    assert rows(files.store) == ["2"]


def test_a_row_that_can_no_longer_be_read_is_not_deleted(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n2,A,2026-01-01,,5\n")
    files.pull(HEAD + "1,A,garbage,,5\n2,A,2026-01-01,,5\n")
    assert rows(files.store) == ["1", "2"]
    assert len(files.rejected()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [("po,day\n1,2026-01-01\n", "has no column in, qty, vendor"), ("\xff", "has no column")],
)
def test_a_file_that_cannot_be_read_is_told(files, content, said):
    assert said in files.pull(content).error


def test_another_encoding_is_told(files):
    (files.folder / "po.csv").write_bytes(
        HEAD.encode() + "1,Müller,2026-01-01,,5\n".encode("latin-1")
    )
    assert "is it utf-8-sig?" in files.pull().error
    assert files.pull(encoding="latin-1").error is None
    assert rows(files.store, "name", "party") == ["Müller"]


def test_a_file_that_is_not_there_is_told(files):
    with pytest.raises(SourceError, match="there is no file"):
        files.source().check()


def test_a_check_names_the_columns_that_are_missing(files):
    (files.folder / "po.csv").write_text("po,day,Vendor Name,quantity,in\n")
    qty, vendor = files.source().check().missing
    assert qty.startswith("purchase_lines: no column 'qty'; near: quantity, ")
    assert vendor.startswith("purchase_lines: no column 'vendor'; near: Vendor Name, ")
