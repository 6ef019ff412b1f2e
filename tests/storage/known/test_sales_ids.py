from storage.known.sales_ids import ids_of_order, numbers_of
from tests.storage.world import World


def test_lines_are_numbered_by_source_and_what_is_not_there_is_left_out(tmp_path):
    world = World(tmp_path)
    mine = world.sale(world.customer("Acme"), "2026-01-02")
    world.fact("salesline", "shop", source_id=mine, order_ref="1", qty=1)
    keys = [(world.erp, mine), ("shop", mine), ("shop", "gone")]
    with world.reader() as session:
        found = numbers_of(session, keys)
        assert numbers_of(session, []) == {}
    assert set(found) == set(keys[:2])
    assert found[keys[0]] != found[keys[1]]


def test_an_order_has_its_own_lines(tmp_path):
    world = World(tmp_path)
    world.fact("salesline", "shop", order_ref="7", qty=1)
    lines = [world.fact("salesline", order_ref="7", qty=1) for _ in range(2)]
    with world.reader() as session:
        found = ids_of_order(session, (world.erp, "7"))
        assert sorted(found) == sorted(
            numbers_of(session, [(world.erp, one) for one in lines]).values()
        )
        assert ids_of_order(session, (world.erp, "8")) == []
