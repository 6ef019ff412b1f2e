"""What a file is, is proposed from its first line."""

import pytest

from storage.sources._csv_asks import ASKS, block, columns, delimiter, key


@pytest.fixture
def given(tmp_path):
    def write(line, **more):
        (tmp_path / "x.csv").write_text(line + "\n1\n", encoding="utf-8-sig")
        return {"folder": str(tmp_path), "file": "x.csv", "stream": "purchase_lines", **more}

    return write


@pytest.mark.parametrize(
    ("line", "sign"), [("a;b,c;d", ";"), ("a\tb\tc", "tab"), ("a|b", "|"), ("a", ",")]
)
def test_the_sign_between_columns_is_the_one_that_is_there_most(given, line, sign):
    assert delimiter(given(line)) == sign


def test_columns_are_paired_with_the_fields_whose_names_are_nearly_theirs(given):
    found = given('"Ordered At";Suplier;Foo;Qty', delimiter=";")
    assert columns(found) == "ordered_at=Ordered At, supplier=Suplier, qty=Qty"
    assert key(found) == "Ordered At"


def test_no_two_columns_are_the_same_field(given):
    assert columns(given("qty,Qty,supplier", delimiter=",")) == "qty=qty, supplier=supplier"


def test_a_file_that_can_not_be_read_proposes_nothing(tmp_path):
    missing = {"folder": str(tmp_path), "file": "none.csv", "stream": "contract", "delimiter": ","}
    assert (key(missing), columns(missing), delimiter(missing)) == ("", "", ",")


def test_the_block_says_what_is_not_usual(given):
    made = block({
        "stream": "contract", "file": "x.csv", "delimiter": "tab", "decimal": ",", "key": "a, b",
        "columns": "account_ref=customer, renewal_on=renewal, mrr", "dates": "%d.%m.%Y",
    })  # fmt: skip
    assert made == {"streams": {"contract": {
        "file": "x.csv", "key": ["a", "b"], "delimiter": "\t", "decimal": ",",
        "columns": {"account_ref": "customer", "renewal_on": "renewal", "mrr": "mrr"},
        "formats": {"renewal_on": "%d.%m.%Y"},
    }}}  # fmt: skip


def test_it_asks_in_an_order_in_which_each_default_can_be_told():
    assert [one.name for one in ASKS][:5] == ["stream", "file", "delimiter", "key", "columns"]
