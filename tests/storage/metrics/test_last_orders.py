from storage.metrics._last_orders import last_orders
from tests.storage.metrics.replenished import bought, buy, columns, day, makes


def last(world):
    return last_orders(columns(world), makes(world))


def test_it_is_the_last_order_of_an_item_by_all_its_names(tmp_path):
    world = bought(tmp_path)
    world.item("Hook", source_id="hook", category="Metal")
    buy(world, "hook", -60)
    world.steel = world.supplier("Dune", country="SE")
    buy(world, "hook", -9)
    found = last(world)["erp", "hook"]
    assert not found.is_made
    assert found.names == {
        "supplier": f"erp/{world.steel}", "item": "erp/hook", "category": "Metal", "lane": "SE",
    }  # fmt: skip


def test_a_production_that_began_later_is_the_last_one(tmp_path):
    world = bought(tmp_path)
    world.make("nut", released=day(-100), finished=day(-95))
    assert not last(world)["erp", "nut"].is_made
    world.make("nut", started=day(-3))
    world.make("bolt")  # nobody released it
    found = last(world)
    assert (found["erp", "nut"].is_made, found["erp", "bolt"].is_made) == (True, False)
    assert found["erp", "nut"].names == {"item": "erp/nut"}


def test_of_what_was_never_ordered_nothing_is_known(tmp_path):
    world = bought(tmp_path)
    world.item("New", source_id="new")
    assert set(last(world)) == {("erp", "bolt"), ("erp", "nut")}
