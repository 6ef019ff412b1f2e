from storage.sources import BadRow
from storage.sources._csv_parse import RowSettings
from storage.sources._sql_rows import last_key, named, records

HOW = RowSettings(key=("po", "line"), columns={"qty": "qty"})
FIELDS = {"qty": "number"}


def rows(*keys):
    return [{"po": po, "line": line, "qty": 5} for po, line in keys]


def read(batch, last=None, before=0):
    return list(records(batch, before, last, HOW, FIELDS))


def test_rows_are_records_by_their_key():
    one, two = read(rows(("P", 1), ("P", 2)), before=7)
    assert [(r.number, r.source_id, r.row) for r in (one, two)] == [
        (8, "P|1", {"qty": 5}), (9, "P|2", {"qty": 5}),
    ]  # fmt: skip


def test_of_rows_with_one_key_the_first_counts_also_in_the_batch_before():
    again, other, twice = read(rows(("P", 1), ("P", 2), ("P", 2)), last=["P", 1])
    assert isinstance(other.row, dict)
    for one in (again, twice):
        assert one.source_id is None
        assert isinstance(one.row, BadRow)
        assert "the same key as the row before" in str(one.row)


def test_a_row_without_a_key_has_the_same_name_each_time():
    [first] = read(rows((None, 1)))
    [again] = read(rows((None, 1)), before=40)
    [other] = read(rows((None, 2)))
    assert first.name == again.name != other.name
    assert "no value in the key po, line" in str(first.row)


def test_ids_are_those_of_rows_that_have_one():
    assert named(rows(("P", 1), (None, 2), ("Q", 3.0)), HOW.key) == ["P|1", "Q|3"]


def test_the_last_key_is_that_of_the_last_row_that_has_one():
    assert last_key(rows(("P", 1), ("Q", 2), (None, 3)), HOW.key, None) == ["Q", 2]
    assert last_key(rows((None, 1)), HOW.key, ["A", 0]) == ["A", 0]
