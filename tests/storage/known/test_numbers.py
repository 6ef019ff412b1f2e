from storage.known.numbers import sales_numbers
from tests.storage.world import World


def test_lines_are_numbered_by_source_and_what_is_not_there_is_left_out(tmp_path):
    world = World(tmp_path)
    mine = world.sale(world.customer("Acme"), "2026-01-02")
    world.fact("salesline", "shop", source_id=mine, order_ref="1", qty=1)
    keys = [(world.erp, mine), ("shop", mine), ("shop", "gone")]
    with world.reader() as session:
        found = sales_numbers(session, keys)
        assert sales_numbers(session, []) == {}
    assert set(found) == set(keys[:2])
    assert found[keys[0]] != found[keys[1]]
