"""`lead-time tryton` as people ask it."""

from datetime import date, timedelta

import pandas as pd
import pytest

from commands._lead_time_tryton import without_tryton
from tests.commands.dialogue import NOW, say, verify, words_of
from tests.storage.world import World

TODAY = NOW.date()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Borealis took 30 days ten times and two orders wait; Odoo has one more that is not asked."""
    world = World(tmp_path_factory.mktemp("tryton"), erp="tryton:erp")
    steel, glass = world.supplier("Borealis Steel"), world.supplier("Cobalt Glass")
    coil, pane = world.item("Coil"), world.item("Pane")
    for ago in range(40, 140, 10):
        ordered(world, steel, coil, ago, received=ago - 30)
        ordered(world, glass, pane, ago, received=ago - 7)
    ordered(world, steel, coil, 4)
    ordered(world, steel, coil, 2, planned=-10)
    ordered(world, steel, coil, 400, received=1)
    order = world.fact("purchaseorder", "odoo:other", number="P", status="done",
                       **world.when("ordered", TODAY - timedelta(50)))  # fmt: skip
    world.fact("purchaseline", "odoo:other", order_ref=order, qty=1)
    return world


def ordered(world, supplier, item, ago, *, received=None, planned=None):
    order = world.fact(
        "purchaseorder", number=f"P{ago}", supplier_ref=supplier, status="processing",
        **world.when("ordered", TODAY - timedelta(ago)),
    )  # fmt: skip
    plan = None if planned is None else TODAY - timedelta(planned)
    line = world.purchase_line(order, item, planned_on=plan)
    if received is not None:
        world.receive(line, TODAY - timedelta(received))


def test_the_dialogue(world):
    verify(world, [
        ("lead-time tryton", "answer", ("**A purchase takes 17.5 days on average by Tryton's"
         " definition**: 22 receipts and open rests"), "Borealis Steel | 26.3", "2 of 22",
         "Of purchases in Tryton (erp)."),
        ("lead-time by Tryton's definition", "answer", "17.5 days on average by Tryton's"),
        ("lead-time by tryton’s definition by item", "answer", "Coil | 26.3", "Pane | 7.0"),
        ("lead-time tryton borealis by item", "answer", "**Borealis Steel takes 26.3 days"),
        ("lead-time tryton last 30 days", "answer", "is always of the last year"),
        ("lead-time tryton by month", "error", "can't be split by “month”", "[by supplier]"),
        ("lead-time tryton boreals", "error", "[Borealis Steel]"),
    ])  # fmt: skip


def test_it_is_the_mean_that_pandas_finds_of_the_rows_given_with_it(world):
    said = say(world, "lead-time tryton")
    names = [column.name for column in said.evidence.columns]
    rows = pd.DataFrame(said.evidence.rows, columns=names)
    ends = rows.Received.fillna(rows.Planned).fillna(TODAY.isoformat())
    days = (pd.to_datetime(ends) - pd.to_datetime(rows.Ordered)).dt.days
    assert (days == rows.Days).all()
    # Tryton cuts to whole minutes
    assert said.readings[0].value == pytest.approx(days.mean(), abs=1 / 1440)
    assert (rows.State == "open").sum() == said.basis[0].open == 2
    assert rows.Ordered.min() >= date(2025, 3, 20).isoformat()


def test_it_bears_its_own_definition_and_leadlines_is_one_click_away(world):
    said = say(world, "lead-time tryton")
    assert said.basis[0].metric == "lead-time-tryton"
    assert "lead-time" in [up.line for up in said.follow_ups]
    assert "by Tryton's definition" not in words_of(say(world, "lead-time"))


def test_without_tryton_it_says_what_it_would_need(tmp_path):
    world = World(tmp_path)
    world.purchase(world.supplier("Borealis"), None, "2026-01-01", received="2026-02-01")
    verify(world, [("lead-time tryton", "notice", "it needs a source of that kind", "[Lead time]")])


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("tryton", ""), ("by tryton's definition", ""), ("as Tryton does by item", "by item"),
        ("borealis tryton by supplier", "borealis by supplier"), ("borealis by item", None),
        ("", None),
    ],
)  # fmt: skip
def test_how_it_is_asked_for(line, rest):
    assert without_tryton(line.split()) == (None if rest is None else rest.split())
