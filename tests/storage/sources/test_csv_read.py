import pytest

from storage.sources import BadRow, SourceError
from storage.sources._csv_files import found
from storage.sources._csv_parse import StreamSettings
from storage.sources._csv_read import fingerprint, header, records

FIELDS = {"order": "text", "qty": "number"}
FILE = StreamSettings(file="x.csv", key=("id",), columns={"order": "po", "qty": "qty"})


@pytest.fixture
def read(tmp_path):
    def read(text, file=FILE, fields=FIELDS):
        path = tmp_path / "x.csv"
        path.write_text(text, "utf-8", newline="")
        return list(records(found(str(tmp_path), "x.csv"), file, fields))

    return read


def test_a_record_has_its_line_its_key_and_its_order(read):
    first, second = read("id,po,qty\n1,P1,5\n2,,3\n")
    assert (first.number, first.source_id, first.order, first.row["qty"]) == (2, "1", "P1", 5)
    assert (second.order, second.row["order"]) == ("2", "2")  # without an order its key is one


def test_a_record_over_two_lines_bears_the_last(read):
    (one,) = read('id,po,qty\n1,"P\n1",5\n')
    assert (one.number, one.order) == (3, "P\n1")


@pytest.mark.parametrize(
    ("line", "name", "order", "said"),
    [
        (",P1,5", "line 2", "P1", "no value in the key id"),
        ("1,P1,5,6", "1", "P1", "more cells than the header has"),
        ("1,P1,many", "1", "P1", "qty 'many' is not a number"),
    ],
)
def test_a_record_that_makes_no_sense_says_why_and_of_what_order_it_is(
    read, line, name, order, said
):
    (one,) = read(f"id,po,qty\n{line}\n")
    assert (one.name, one.order) == (name, order)
    assert isinstance(one.row, BadRow)
    assert said in str(one.row)


def test_a_key_that_is_taken_is_refused_with_the_line_that_has_it(read):
    _, again = read("id,po,qty\n1,P1,5\n1,P2,5\n")
    assert (again.name, str(again.row)) == ("line 3", "the same key as line 2: 1")


def test_a_stream_without_orders_has_none_in_its_rows(read):
    (one,) = read(
        "id,qty\n1,5\n",
        StreamSettings(file="x", key=("id",), columns={"qty": "qty"}),
        {"qty": "number"},
    )
    assert "order" not in one.row


def test_a_file_without_a_column_says_what_it_has(read):
    with pytest.raises(SourceError, match=r"x\.csv has no column po, qty; it has id, price"):
        read("id,price\n")


def test_the_columns_of_a_file(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,po\n")
    [file] = found(str(tmp_path), "x.csv")
    assert header(file, FILE) == ["id", "po"]
    path.write_text("")
    assert header(file, FILE) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("id\n", 0), ("id\n1\n2\n", 2), ("id\r\n1\r\n2", 2), ("id", 0)],
)
def test_a_fingerprint_counts_the_records(tmp_path, text, count):
    path = tmp_path / "x.csv"
    path.write_text(text, newline="")
    assert fingerprint(found(str(tmp_path), "x.csv"), FILE, b"")[1] == count


def test_a_fingerprint_changes_with_the_file_and_with_the_way_it_is_read(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id\n1\n")
    files = found(str(tmp_path), "x.csv")
    first = fingerprint(files, FILE, b"a")
    assert fingerprint(files, FILE, b"a") == first
    assert fingerprint(files, FILE, b"b") != first
    path.write_text("id\n2\n")
    assert fingerprint(files, FILE, b"a") != first
