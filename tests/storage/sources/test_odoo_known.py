from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._odoo_known import Known, Recipe, scale

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
KNOWN = Known(
    BERLIN,
    zones={"warehouse/1": TOKYO},
    depot={5: "warehouse/1"},
    factor={1: Decimal(1), 2: Decimal(12)},
    base={9: (1, "Units")},
)


def test_a_site_has_its_zone_and_elsewhere_is_that_of_the_source():
    assert KNOWN.at("warehouse/1") == TOKYO
    assert KNOWN.at("location/3") == KNOWN.at(None) == BERLIN


def test_a_purchase_goes_to_the_depot_of_its_picking_type():
    assert KNOWN.depot_of({"picking_type_id": [5, "In"]}) == "warehouse/1"
    assert KNOWN.depot_of({"picking_type_id": False}) is None


@pytest.mark.parametrize(("unit", "times"), [([2, "Dozens"], 12), ([1, "Units"], 1), (False, 1)])
def test_a_unit_is_so_many_of_the_items_own(unit, times):
    assert scale({"product_id": [9, "Bolt"], "product_uom": unit}, KNOWN) == times


def test_a_unit_that_cannot_be_converted_is_refused():
    with pytest.raises(BadRow, match="Crates"):
        scale({"product_id": [9, "Bolt"], "product_uom": [3, "Crates"]}, KNOWN)


def test_a_move_leads_out_in_or_neither():
    known = Known(BERLIN, usage={4: "supplier", 8: "internal"})
    move = {"location_id": [4, "Vendors"], "location_dest_id": [8, "Stock"]}
    back = {"location_id": [8, "Stock"], "location_dest_id": [4, "Vendors"]}
    assert [known.sign(one, "supplier") for one in (move, back)] == [1, -1]
    assert known.sign(move, "customer") == 0
    with pytest.raises(BadRow, match="can't be seen"):
        known.sign({**move, "location_id": [99, "?"]}, "supplier")


def test_a_recipe_needs_one_choice_of_each_attribute_that_is_named():
    recipe = Recipe({1: Decimal(1)}, {1: frozenset({11, 21})}, {11: 1, 12: 1, 21: 2})
    assert recipe.needs(1, [])
    assert recipe.needs(1, [11, 12, 21])
    assert not recipe.needs(1, [12, 21])
