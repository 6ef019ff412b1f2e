from dataclasses import replace

import pytest

from storage.sources import SourceError
from storage.sources._entity import of
from storage.sources._shiphero_map import ENTITIES
from storage.sources._shiphero_query import Queries, fields
from tests.storage.sources.fake_graphql import parsed
from tests.storage.sources.fake_shiphero import TYPES

MADE = {one.table: one for one in ENTITIES}


def queries(types=TYPES, made=MADE, **more):
    return Queries(made, lambda kind: list(types.get(kind, ())), **more)


def test_names_with_dots_are_records_within():
    assert fields(["a", "b.c", "b.d.e", "a"]) == "a b { c d { e } }"


@pytest.mark.parametrize("stream", ["items", "stock_levels", "sales"])
def test_every_query_can_be_read_and_asks_what_is_needed(stream):
    ((root, given, (data,)),) = parsed(queries().page(stream))
    assert dict(given) == {"updated_from": "$from", "updated_to": "$to"}
    assert (root, data[0]) != ("", "")
    assert parsed(queries().more_lines())
    assert parsed(queries().warehouses())


def test_of_one_customer_only_theirs_is_asked():
    ((_, given, _),) = parsed(queries(customer=True).page("items"))
    assert dict(given)["customer_account_id"] == "$customer"


def test_a_field_of_ones_own_is_asked_and_one_that_is_not_there_is_not():
    order = MADE["salesorder"]
    own = replace(order, fields={**order.fields, "owner": of("email"), "status": of("state")})
    asked = queries(made={**MADE, "salesorder": own}).asked(own)
    assert "email" in asked
    assert "state" not in asked


def test_a_needed_field_that_is_not_there_is_named():
    types = {**TYPES, "WarehouseProduct": {"id": None, "sku": None, "updated_at": None}}
    with pytest.raises(SourceError, match="'on_hand'"):
        queries(types).page("stock_levels")
