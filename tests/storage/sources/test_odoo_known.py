from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._odoo_known import Known, scale

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
