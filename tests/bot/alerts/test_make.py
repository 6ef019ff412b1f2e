"""What a card is made of: thresholds in words, and whom an alert touches."""

from dataclasses import replace

import msgspec
import pytest

from bot.alerts.look import look
from bot.alerts.make import affects, basis_text, make_card, named_in, touches
from commands import Grant, Notice, load
from tests.bot.alerts.stage import BERLIN, STEEL, Stage
from tests.bot.clockwork import NOON
from tests.storage.world import World


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.store.close()


def found(stage, rule=STEEL):
    return look(stage.desk, rule, Grant.everything(), NOON, BERLIN)


def test_a_card_has_the_thresholds_in_words_and_what_its_figure_rests_on(stage):
    card = make_card(STEEL, found(stage), BERLIN)
    assert (card.when, card.clear, card.is_upper) == ("above 40 days", "below 34 days", True)
    assert card.of == "Lead time of steel, median"
    assert card.basis.startswith("lead-time@1 · ")
    assert card.basis.endswith("as of 24 Nov 13:00 CET")
    assert basis_text(found(stage), BERLIN) == card.basis


def test_what_is_so_or_is_not_has_no_thresholds(stage):
    rule = msgspec.structs.replace(STEEL, kind="new")
    card = make_card(rule, found(stage), BERLIN)
    assert (card.when, card.clear, card.kind) == ("", "", "new")


@pytest.mark.parametrize(
    ("entity", "line"),
    [("supplier:odoo:erp/7", "impact odoo:erp/7"), ("item:odoo:erp/7", "impact odoo:erp/7"),
     ("customer:odoo:erp/7", "exposed odoo:erp/7"), ("contract:crm:1/2", ""), ("Acme", ""),
     ("", "")],
)  # fmt: skip
def test_who_feels_it_is_asked_by_what_the_entity_is(entity, line):
    assert affects(entity) == line


def test_a_total_is_of_the_one_thing_that_its_line_names(stage, tmp_path):
    world = World(tmp_path)
    world.supplier("Borealis Steel")
    world.supplier("Leadworks")
    with world.reader() as session:
        desk = replace(stage.desk, registry=load())
        lines = [
            named_in(session, desk, line, NOON, BERLIN)
            for line in ("lead-time borealis", "lead-time", "lead-time leadworks", "suppliers")
        ]
    assert lines == ["impact Borealis Steel", "", "impact Leadworks", ""]


def test_it_touches_only_what_may_be_seen(stage):
    stage.figure.also = ("customers",)
    told = touches(stage.desk, "steel", Grant.everything(), NOON, BERLIN)
    assert [(one.text, one.topics) for one in told] == [
        ("**steel takes 43.0 days**.", ("supply", "customers"))
    ]
    assert touches(stage.desk, "steel", Grant({"supply": "full"}), NOON, BERLIN) == ()
    assert touches(stage.desk, "", Grant.everything(), NOON, BERLIN) == ()
    stage.figure.notice = Notice("Nothing", "Nothing is open.")
    assert touches(stage.desk, "steel", Grant.everything(), NOON, BERLIN) == ()
