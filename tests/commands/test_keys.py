from commands._keys import key_of, keys_of
from storage.known import Named

STEEL = Named("supplier", "odoo:erp", "7", "Borealis Steel")


def test_a_thing_is_named_by_its_kind_and_its_reference():
    assert key_of(STEEL) == "supplier:odoo:erp/7"
    assert key_of(Named("account", "hubspot:crm", "9", "Harbour")) == "customer:hubspot:crm/9"


def test_a_word_and_nothing_have_no_name():
    assert [key_of(one) for one in ("DE", None, Named("site", "odoo:erp", "1", "Main"))] == [""] * 3


def test_where_no_row_has_a_name_there_are_none():
    assert keys_of(["DE", "SE"]) == ()
    assert keys_of([STEEL, None]) == ("supplier:odoo:erp/7", "")
