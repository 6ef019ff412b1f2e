"""A block is added to leadline.toml, and all that stood there stays as it was."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot._values import SettingsError
from bot.block import append, block_text, fits

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
VALUE = st.one_of(TEXT, st.integers(-(2**60), 2**60), st.booleans(), st.lists(TEXT, max_size=3))
BLOCK = st.recursive(
    st.dictionaries(TEXT, VALUE, max_size=4),
    lambda deeper: st.dictionaries(TEXT, st.one_of(VALUE, deeper), max_size=3),
    max_leaves=8,
)


@given(BLOCK)
def test_what_is_written_is_what_is_read(block):
    assert tomllib.loads(block_text("erp", block))["sources"]["erp"] == block


def test_it_comes_after_what_is_there_with_a_line_between(tmp_path):
    path = tmp_path / "leadline.toml"
    path.write_text("zone='UTC' # no end of line")
    append(path, fits(path, "erp", {"kind": "odoo"}))
    assert path.read_text() == "zone='UTC' # no end of line\n\n[sources.erp]\nkind = \"odoo\"\n"


def test_a_file_that_is_not_there_is_made(tmp_path):
    path = tmp_path / "leadline.toml"
    append(path, fits(path, "erp", {"kind": "odoo"}))
    assert path.read_text() == '[sources.erp]\nkind = "odoo"\n'


@pytest.mark.parametrize("there", ["sources = {}\n", "[sources.erp]\nkind = 'csv'\n", "[sour"])
def test_a_file_that_can_not_take_it_is_left_alone(tmp_path, there):
    path = tmp_path / "leadline.toml"
    path.write_text(there)
    with pytest.raises(SettingsError, match="can't take the block"):
        fits(path, "erp", {"kind": "odoo"})
    assert path.read_text() == there
