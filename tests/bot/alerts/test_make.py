"""What a card is made of: thresholds in words, and whom an alert touches."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.look import Look, look
from bot.alerts.make import _limit, affects, basis_text, make_card, named_in, touches
from bot.alerts.rule import Rule
from commands import Answer, Basis, Column, Grant, Notice, Reading, Sentence, Table, load
from storage.episodes import Sight
from storage.watch import Bound, read_watch
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


BEFORE = Reading("median before", 31.0, "d", "supply", "lead-time")


@pytest.mark.parametrize(
    ("reading", "rule", "is_told"),
    [({}, {}, True), ({"value": None}, {}, False), ({"unit": "EUR"}, {}, False),
     ({"name": "9 in 10 before"}, {}, False), ({"topic": "revenue"}, {}, False),
     ({}, {"kind": "change"}, False), ({}, {"each": True}, False)],
)  # fmt: skip
def test_it_knows_what_its_figure_was_in_the_window_before(stage, reading, rule, is_told):
    seen = found(stage)
    more = (*seen.answer.readings, replace(BEFORE, **reading))
    seen = replace(seen, answer=replace(seen.answer, readings=more))
    card = make_card(msgspec.structs.replace(STEEL, **rule), seen, BERLIN)
    assert card.before == (31.0 if is_told else None)


def test_what_is_so_or_is_not_has_no_thresholds(stage):
    rule = msgspec.structs.replace(STEEL, kind="new")
    card = make_card(rule, found(stage), BERLIN)
    assert (card.when, card.clear, card.kind) == ("", "", "new")


@pytest.mark.parametrize(
    ("entity", "line"),
    [("supplier:odoo:erp/7", "impact supplier:odoo:erp/7"),
     ("item:odoo:erp/7", "impact item:odoo:erp/7"),
     ("customer:odoo:erp/7", "exposed customer:odoo:erp/7"), ("contract:crm:1/2", ""), ("Acme", ""),
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


def rows(unit="", values=(11, 2)):
    """What a rule on the rows of suppliers sees, of which each but 5 % back is over."""
    columns = (Column("Supplier", "supply"), Column("Overdue", "supply", unit))
    table = Table(columns, tuple(zip(("Borealis", "Kestrel"), values, strict=True)))
    at = Basis("otif", 1, NOON, NOON, 9, 0, NOON, ())
    answer = Answer("Suppliers", Sentence("Two are late.", ("supply",)), (at,), table=table)
    rule = Rule("late", "suppliers", "C1", "at least 1", each=True, figure="Overdue")
    reading = Reading("Overdue", None, unit, "supply", "otif")
    seen = Look(Sight("ok"), answer, reading, watch=read_watch("at least 1", ""))
    return make_card(rule, seen, BERLIN)


def test_a_rule_on_rows_names_what_they_are_rows_of_and_their_figure():
    card = rows()
    assert (card.of, card.column) == ("Suppliers", "overdue")


def test_the_thresholds_of_what_is_counted_are_whole():
    assert (rows().when, rows().clear) == ("at least 1", "below 1")
    assert rows(values=(11, None)).clear == "below 1"
    # what is not counted keeps its own
    assert rows(values=(11.5, 2.0)).clear == "below 0.95"
    assert rows("d").clear == "below 0.95 days"


@given(st.integers(-50, 50), st.floats(-50, 50), st.sampled_from(["above", "below", "at least",
                                                                  "at most"]))  # fmt: skip
def test_a_whole_threshold_means_the_same_of_what_is_counted(value, limit, word):
    told = _limit(Bound(word, limit), "", True).removeprefix(word)
    whole = float(told.replace(",", ""))
    assert Bound(word, whole).holds(value) == Bound(word, limit).holds(value)
