from datetime import date

from commands import Ask, Grant
from commands._house import days_of, read_house
from commands._window import Window, last_days, midnight
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.metrics.line import Pace, batches, day, stock, tell
from tests.storage.world import World

ASK = Ask("", NOW, BERLIN, Grant.everything())


def test_the_days_of_a_window_are_local_and_end_today_or_before_its_end():
    assert days_of(last_days(30, NOW, BERLIN), ASK) == (date(2026, 2, 18), date(2026, 3, 20))
    whole = Window(midnight(date(2026, 2, 1), BERLIN), midnight(date(2026, 3, 1), BERLIN), "")
    assert days_of(whole, ASK) == (date(2026, 2, 1), date(2026, 2, 28))


def test_all_that_moves_is_read_and_corrections_of_a_count_among_it(tmp_path):
    world = World(tmp_path)
    every = batches(Pace(), days=80)
    coil, desk = tell(world, every)
    stock(world, every, coil, desk)
    world.move(coil, "Hall/stock", "inventory", day(9), qty=3)
    with world.reader() as session:
        found = read_house(session, ASK, frozenset({(world.erp, coil)}), day(60))
    assert len(found.moves.came) == 80
    assert len(found.moves.makes) == len(found.moves.took)
    assert [one.qty for one in found.moves.corrections] == [-3]
    assert found.scope == {(world.erp, coil), (world.erp, desk)}
    assert found.tells.available == {world.erp}
    (lying,) = (one for one in found.held if one.stock.item.name == "Coil")
    assert lying.days >= 60
    assert found.moves.on_hand[world.erp, coil] == lying.stock.on_hand > 0
