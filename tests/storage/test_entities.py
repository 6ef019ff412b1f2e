from hypothesis import given
from hypothesis import strategies as st

from storage.entities import KINDS, entity, read_entity

KEYS = st.tuples(st.sampled_from(["odoo:erp", "csv:old", "tryton:main-2"]), st.text(min_size=1))


@given(st.sampled_from(KINDS), KEYS)
def test_a_name_is_read_as_the_thing_that_it_was_made_of(kind, key):
    assert read_entity(entity(kind, key)) == (kind, key)


def test_what_follows_the_kind_is_how_a_line_names_it():
    assert entity("supplier", ("odoo:erp", "7")) == "supplier:odoo:erp/7"


def test_nothing_has_no_name_and_a_label_is_none():
    assert entity("supplier", None) == ""
    for text in ("", "Borealis Steel", "supplier:", "supplier:odoo:erp", "planet:odoo:erp/7"):
        assert read_entity(text) is None
