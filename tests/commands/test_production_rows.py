from commands import Ask, Grant
from commands._grammar import read
from commands._production_rows import Makes, chart, evidence, table
from commands._supply import supply
from storage.known.making import make_orders
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.story import day
from tests.storage.world import World


def asked(world, words=""):
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        query = read(session, ask, words.split(), command="production", kinds=("item",),
                     by=("item", "site", "month"))  # fmt: skip
        return Makes(ask, query, list(make_orders(session, NOW)), [], supply(session, ask))


def filled(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    for ago in range(2, 260, 2):
        world.make(desk, released=day(ago), finished=day(ago - 6) if ago > 6 else None)
    world.make(None, released=day(5), finished=day(8))
    world.make(None, released=day(5), **world.when("cancelled", day(4)))
    return world


def test_the_rows_behind_are_those_that_were_counted(tmp_path):
    seen = asked(filled(tmp_path))
    found = seen.figures(seen.every).whole
    rows = evidence(seen, found).rows
    states = [row[6] for row in rows]
    assert states.count("open") == found.open
    assert states.count("cancelled") == found.cancelled == 1
    assert states.count("left out: finished before it was released") == found.absurd == 1
    assert len(rows) == found.n + found.absurd
    assert [row[3] for row in rows] == sorted(row[3] for row in rows)
    assert all(row[5] is None for row in rows if row[6] == "open")


def test_in_a_window_only_what_was_released_in_it_counts(tmp_path):
    seen = asked(filled(tmp_path), "last 30 days")
    found = seen.figures(seen.every).whole
    assert found.n == len([ago for ago in range(2, 260, 2) if ago <= 30]) + 1
    assert len(evidence(seen, found).rows) == found.n + found.absurd


def test_the_chart_shows_what_the_answer_would_have_been(tmp_path):
    drawn = chart(asked(filled(tmp_path)))
    assert drawn.series[0].values[-1] == 6
    assert drawn.x[-1] == "20 Mar"


def test_too_little_is_not_drawn(tmp_path):
    world = World(tmp_path)
    world.make(world.item("Desk"), released=day(9), finished=day(2))
    assert chart(asked(world)) is None


def test_without_open_orders_the_table_is_by_item(tmp_path):
    seen = asked(filled(tmp_path))
    found = table(seen, seen.figures(seen.every).whole)
    assert [column.name for column in found.columns][:2] == ["Item", "Median"]
    assert [row[0] for row in found.rows] == ["Desk", "unknown"]
