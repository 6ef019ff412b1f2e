from collections import Counter

import pytest

from commands import Ask, Grant
from commands._deliveries import deliveries, read_deliveries
from commands._otif_rows import rows_behind
from storage.metrics.otif import holds
from tests.commands.dialogue import BERLIN, grant, say
from tests.storage.metrics.deliveries import NOW, TODAY, fill
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("deliveries"))
    fill(world, seed=3, lines=500)
    return world


def test_every_line_of_the_window_stands_as_it_was_judged_and_so_does_what_was_left_out(world):
    ask = Ask("", NOW, BERLIN, Grant.everything(), wants_evidence=True)
    with world.reader() as session:
        asked = read_deliveries(session, ask, ["last", "90", "days"], "otif")
        seen = deliveries(session, ask, asked, TODAY.replace(year=2025))
    due = seen.due(asked.query.window)
    table = rows_behind(seen, due)
    states = Counter(row[-1] for row in table.rows)
    assert states["met"] == sum(map(holds(), due.lines))
    assert states["left out: called off in time"] == len(due.called_off) > 0
    assert states["left out: without a date"] > 0
    kept = [row for row in table.rows if not row[-1].startswith("left out")]
    assert len(kept) == len(due.lines)
    for row in kept:
        quantity, there, late = row[8], row[9], row[11]
        assert (row[-1] == "met") <= (there >= quantity)
        assert (late > 0) <= (there < quantity)


def test_the_rows_are_made_only_where_wanted_and_show_nothing_that_may_not_be_seen(world):
    assert say(world, "otif", now=NOW).evidence is None
    said = say(world, "otif", now=NOW, rows=True)
    assert len(said.evidence.rows) >= said.basis[0].n
    partly = say(world, "otif", now=NOW, rows=True, sees=grant("customers"))
    names = {column.name for column in partly.evidence.columns}
    assert "Order" in names
    assert not names & {"Value", "Currency", "Item"}


@pytest.mark.parametrize("line", ["otif", "backorders", "order-cycle", "otif by value in EUR"])
def test_a_figure_can_be_explained_with_what_was_counted(world, line):
    metric = line.split()[0]
    said = say(world, f"define {metric} of {line}", now=NOW)
    text = " ".join(one.text for one in said.detail)
    assert "Counted: " in text
    assert said.evidence.rows
