"""`segments` as people ask it."""

import pytest

from bot.text import as_csv
from commands import Ask, Grant
from commands.segments import answer
from tests.commands.dialogue import BERLIN, NOW, grant, say, synced, verify, words_of
from tests.commands.people import company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


def test_segments_stand_with_counts_and_revenue(world):
    said = say(world, "segments")
    verify(world, [("rfm", "answer", "of 12 customers are champions", "slip away",
                    "Champions bring")])  # fmt: skip
    assert sum(row[1] for row in said.table.rows) == said.basis[0].n == 12
    figures = {one.name: one.value for one in said.readings}
    assert sum(row[2] for row in said.table.rows) == figures["revenue of two years"]
    assert sum(row[3] for row in said.table.rows) == pytest.approx(1)


def test_a_segment_lists_its_members_with_whom_one_may_write_to(world):
    names = {row[0]: row[1] for row in say(world, "segments").table.rows}
    listed = {}
    for name, count in names.items():
        said = say(world, f"segments {name}")
        assert len(said.table.rows) == count
        listed |= {row[0]: row for row in said.table.rows}
    assert listed["Nordwind Retail"][5] == "buyer@nordwind.example"
    assert "no@nordwind" not in str(listed)
    assert listed["Other 1"][5] == "–"


def test_an_audience_is_a_file_and_its_addresses_are_personal(world):
    segment = next(
        name
        for name in (row[0] for row in say(world, "segments").table.rows)
        if "Nordwind" in words_of(say(world, f"segments {name}"))
    )
    assert "buyer@nordwind.example" in as_csv(say(world, f"segments {segment}"))
    hidden = say(world, f"segments {segment}", sees=grant("customers", "revenue"))
    assert "buyer@" not in as_csv(hidden)
    assert "agreed" not in words_of(hidden)
    assert "Revenue" not in words_of(say(world, "segments", sees=grant("customers", "personal")))


def test_typos_and_nothing_there(world, tmp_path):
    verify(world, [
        ("segments champion", "answer", "Segment champions"),
        ("segments cant lose", "answer"),
        ("segments new", "notice", "Nobody is in “new”"),
    ])  # fmt: skip
    with world.reader() as session:
        ask = Ask("", NOW, BERLIN, Grant.everything())
        said = answer(session, ask, ["champoins"])
    assert said.title == "I know no segment “champoins”"
    assert said.choices[0].line == "segments champions"
    (tmp_path / "few").mkdir()
    few = World(tmp_path / "few")
    few.sale(few.customer("One"), "2026-01-05")
    synced(few)
    verify(few, [("segments", "notice", "Too few customers for segments")])
    (tmp_path / "empty").mkdir()
    verify(World(tmp_path / "empty"), [("segments", "notice", "No customers yet")])
