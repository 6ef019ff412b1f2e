import pytest

from storage.sources import BadRow
from storage.sources._s4hana_movements import Ends, ends


@pytest.mark.parametrize(
    ("kind", "way"),
    [("101", ("supplier", "1010")), ("102", ("1010", "supplier")), ("122", ("1010", "supplier")),
     ("123", ("supplier", "1010")), ("261", ("1010", "production")),
     ("262", ("production", "1010")), ("601", ("1010", "customer")), ("602", ("customer", "1010")),
     ("651", ("customer", "1010")), ("551", ("1010", "inventory")), ("561", ("inventory", "1010")),
     ("701", ("inventory", "1010")), ("702", ("1010", "inventory")), ("301", ("1010", "2020")),
     ("302", ("2020", "1010")), ("303", ("1010", "transit")), ("641", ("1010", "transit"))],
)  # fmt: skip
def test_each_standard_type_goes_its_way(kind, way):
    assert ends(Ends(kind, "1010", "2020")) == way


@pytest.mark.parametrize("kind", ["103", "311", "321", "344", "411"])
def test_what_stays_in_a_plant_is_no_move(kind):
    assert ends(Ends(kind, "1010", "")) is None


def test_a_transfer_to_the_same_plant_is_no_move():
    assert ends(Ends("301", "1010", "1010")) is None
    assert ends(Ends("301", "1010", "")) is None
    assert ends(Ends("101", "", "")) is None


def test_a_receipt_may_come_from_production_or_another_plant():
    assert ends(Ends("101", "1010", "", is_made=True)) == ("production", "1010")
    assert ends(Ends("102", "1010", "", is_made=True)) == ("1010", "production")
    from_plant = Ends("101", "1010", "", is_bought=True, has_supplier=False)
    assert ends(from_plant) == ("transit", "1010")
    subcontracted = Ends("101", "1010", "", is_made=True, is_bought=True)
    assert ends(subcontracted) == ("supplier", "1010")


def test_a_type_of_ones_own_is_refused_until_it_is_said_what_it_is_like():
    with pytest.raises(BadRow, match="movement type 901 is not known: say in movement_types"):
        ends(Ends("901", "1010", ""))
