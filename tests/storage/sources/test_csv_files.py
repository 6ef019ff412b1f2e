import os

import pytest

from storage.sources import SourceError
from storage.sources._csv_files import found, is_pattern


def put(folder, *names):
    for age, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
        os.utime(path, (1_000_000 - age,) * 2)


def test_a_name_is_one_file(tmp_path):
    put(tmp_path, "Po.CSV")
    [file] = found(str(tmp_path), "Po.CSV")
    assert (file.name, file.suffix, file.at.timestamp()) == ("Po.CSV", ".csv", 1_000_000)
    with file.opened() as opened:
        assert opened.read() == b"Po.CSV"


def test_a_pattern_is_all_files_that_it_fits_the_newest_first(tmp_path):
    put(tmp_path, "in/po-2.csv", "in/po-3.csv", "in/po-1.csv", "in/so-1.csv", "in/~$po-9.csv")
    assert [one.name for one in found(str(tmp_path), "in/*po-*.csv")] == [
        "po-2.csv", "po-3.csv", "po-1.csv",
    ]  # fmt: skip
    assert len(found("/nowhere", f"{tmp_path}/in/?o-1.csv")) == 2


def test_of_files_of_one_time_the_last_by_name_is_the_newest(tmp_path):
    put(tmp_path, "a.csv", "b.csv")
    for name in ("a.csv", "b.csv"):
        os.utime(tmp_path / name, (5, 5))
    assert [one.name for one in found(str(tmp_path), "*.csv")] == ["b.csv", "a.csv"]


@pytest.mark.parametrize(
    ("name", "said"), [("x.csv", "there is no file"), ("x*.csv", "no file is called like")]
)
def test_what_is_not_there_is_told(tmp_path, name, said):
    with pytest.raises(SourceError, match=said):
        found(str(tmp_path), name)


def test_a_pattern_has_a_star_or_a_question_mark():
    assert is_pattern("a/*.csv")
    assert is_pattern("po-?.csv")
    assert not is_pattern("po.csv")
