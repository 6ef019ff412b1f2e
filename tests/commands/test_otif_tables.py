"""Tables of deliveries against pandas, on random deliveries."""

import pandas as pd
import pytest

from commands import Ask, Grant
from commands._deliveries import deliveries, read_deliveries
from commands._otif_tables import by_dimension, by_month, chart, first_month, misses
from commands._otif_words import FEW
from storage.metrics.otif import holds, how_missed
from tests.commands.dialogue import BERLIN
from tests.storage.metrics.deliveries import NOW, fill
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("deliveries"))
    fill(world, seed=3, lines=600)
    return world


def seen(world, line):
    ask = Ask(line, NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        asked = read_deliveries(session, ask, line.split(), "otif")
        return deliveries(session, ask, asked, first_month(ask.today))


def frame(lines):
    rows = [(one.party.name, one.order[1], one.day(), holds()(one), how_missed(one) or "met")
            for one in lines]  # fmt: skip
    return pd.DataFrame(rows, columns=["party", "order", "day", "met", "how"])


def test_a_row_for_each_value_the_worst_first(world):
    found = seen(world, "last 180 days")
    due = found.due(found.asked.query.window).lines
    table = by_dimension(found, "customer", due, ())
    judge = frame(due).groupby("party").agg(met=("met", "mean"), n=("met", "size"))
    assert {row[0]: (row[1], row[5]) for row in table.rows} == {
        name: (pytest.approx(row.met), row.n) for name, row in judge.iterrows()
    }
    shares = [row[1] for row in table.rows if row[5] >= FEW]
    assert shares == sorted(shares)
    for name, _, before, late, short, n in table.rows:
        ways = frame([one for one in due if one.party.name == name]).how.value_counts()
        assert (late, short) == (n - ways.get("met", 0) - ways.get("short", 0), ways["short"])
        assert before is None


def test_per_order_an_order_is_met_when_all_its_lines_are(world):
    found = seen(world, "per order last 180 days")
    due = found.due(found.asked.query.window).lines
    judge = frame(due).groupby(["party", "order"]).met.all().groupby("party").mean()
    table = by_dimension(found, "customer", due, ())
    assert {row[0]: row[1] for row in table.rows} == pytest.approx(judge.to_dict())


def test_months_are_those_in_which_lines_were_due_and_the_chart_draws_the_same(world):
    found = seen(world, "")
    lines = found.due_between(first_month(found.ask.today), found.ask.today).lines
    judge = frame(lines)
    judge["month"] = pd.to_datetime(judge.day).dt.strftime("%b %Y")
    by_name = judge.groupby("month").met.mean()
    rows = by_month(found).rows
    assert [row[0] for row in rows][:2] == ["Feb 2026", "Jan 2026"]
    assert {row[0]: row[1] for row in rows} == pytest.approx(by_name.to_dict())
    drawn = chart(found)
    assert drawn.x == tuple(reversed([row[0] for row in rows]))
    assert drawn.series[0].values == pytest.approx(
        [round(100 * row[1], 1) for row in reversed(rows)]
    )


def test_missed_lines_stand_with_the_longest_late_first_and_open_ones_bold(world):
    found = seen(world, "last 60 days")
    due = found.due(found.asked.query.window).lines
    table = misses(found, due)
    assert len(table.rows) == (frame(due).how != "met").sum()
    late = [row[3] for row in table.rows]
    assert late == sorted(late, reverse=True)
    assert len(table.bold) == sum(1 for one in due if one.is_open)
    assert misses(found, [one for one in due if holds()(one)]) is None


def test_value_speaks_of_revenue_and_items_of_supply(world):
    found = seen(world, "by value in EUR")
    due = found.due(found.asked.query.window).lines
    columns = by_dimension(found, "item", due, ()).columns
    assert [column.topic for column in columns] == [
        "supply", "revenue", "revenue", "customers", "customers", "customers",
    ]  # fmt: skip
