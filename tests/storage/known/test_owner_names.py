from storage.known.owner_names import owner_names
from tests.storage.world import World


def test_everyone_who_looks_after_something_is_named_once(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme", owner="Ann Bo")
    steel = world.supplier("Steel", owner="")
    world.account("Acme Inc", owner="ann.bo@x.example")
    world.fact("salesorder", number="S1", customer_ref=acme, owner="Ann Bo")
    world.fact("purchaseorder", number="P1", supplier_ref=steel, buyer="Cy")
    with world.reader() as session:
        assert owner_names(session) == ["Ann Bo", "Cy", "ann.bo@x.example"]
