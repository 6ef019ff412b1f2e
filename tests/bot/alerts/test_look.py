"""What a rule sees, and that it is to the last digit what a person sees."""

from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bot.alerts.look import look
from bot.alerts.rule import Rule
from bot.channel import Desk
from bot.text import as_csv, as_json
from commands import Grant, load
from storage.entities import read_entity
from storage.sight import Ground, judge
from storage.telling import Hush
from tests.bot.alerts.board import EACH, TOTAL, Board, office
from tests.bot.clockwork import NOON, Figure, Office
from tests.commands import supplier_world
from tests.commands.dialogue import BERLIN, NOW, say
from tests.commands.story import tell
from tests.storage.world import World

RULE = Rule("steel", "steel", "C1", "above 40")
KEY = "supplier:odoo:erp/1"
ROWS = [(KEY, "Borealis", 43.0, Decimal(900))]


def seen(tmp_path, board, rule, grant=None, **desk):
    made = office(tmp_path, board)
    told = grant or Grant.everything()
    found = look(replace(made.desk, **desk), rule, told, NOON, BERLIN)
    made.store.close()
    return found


def test_what_is_seen_is_the_first_figure_and_what_it_rests_on(tmp_path):
    office = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure(value=43.0))
    found = look(office.desk, RULE, Grant.everything(), NOON, ZoneInfo("UTC"))
    assert (found.sight.data, found.sight.values, found.sight.n) == ("ok", {"": 43.0}, 9)
    office.store.close()


def test_data_that_can_not_be_trusted_has_no_values(tmp_path):
    figure = Figure(value=43.0)
    figure.stale = True
    office = Office(f"sqlite:///{tmp_path / 'x.db'}", figure)
    found = look(office.desk, RULE, Grant.everything(), NOON, ZoneInfo("UTC"))
    assert (found.sight.data, found.sight.values) == ("stale", {})
    office.store.close()


def test_each_row_is_seen_by_itself(tmp_path):
    found = seen(tmp_path, Board(lambda now: ROWS), EACH)
    assert (found.sight.data, found.sight.values) == ("ok", {KEY: 43.0})
    assert found.sight.labels == {KEY: "Borealis"}
    assert found.topics == ("supply",)


def test_a_goal_is_the_companys_number_for_the_figure_that_is_judged(tmp_path):
    rule = msgspec.structs.replace(EACH, when="above goal", clear="")
    found = seen(tmp_path, Board(lambda now: ROWS), rule, goals={"lead-time": 42.0})
    assert str(found.watch.when) == "above 42"
    nobodys = seen(tmp_path, Board(lambda now: ROWS), rule)
    assert nobodys.sight.data == "error"
    assert nobodys.why == "there is no goal for lead-time; write one under [goals]"


@pytest.mark.parametrize("figure", ["Value", "Days"])
def test_a_channel_that_may_not_see_the_column_or_the_names_sees_nothing(tmp_path, figure):
    board = Board(lambda now: ROWS)
    rule = msgspec.structs.replace(EACH, figure=figure)
    only_supply = seen(tmp_path, board, rule, Grant({"supply": "full"}))
    assert (only_supply.sight.data == "ok") == (figure == "Days")
    board.topics = ("customers", "supply", "supply")
    unnamed = seen(tmp_path, board, rule, Grant({"supply": "full"}))
    assert (unnamed.sight.data, unnamed.answer) == ("error", None)


def test_rows_that_rest_on_nothing_are_no_all_clear(tmp_path):
    board = Board(lambda now: ROWS)
    board.n = 0
    found = seen(tmp_path, board, EACH)
    ground, _ = judge(Ground(), found.sight, found.watch, Hush(), NOON)
    assert ground.data == "no-data"


def test_a_row_without_a_figure_has_none_while_the_others_do(tmp_path):
    rows = [*ROWS, ("supplier:odoo:erp/2", "Cobalt", None, None)]
    found = seen(tmp_path, Board(lambda now: rows), EACH)
    assert found.sight.values == {KEY: 43.0, "supplier:odoo:erp/2": None}


def test_a_unit_that_changed_is_not_held_against_the_threshold(tmp_path):
    rule = msgspec.structs.replace(EACH, unit="wd")
    found = seen(tmp_path, Board(lambda now: ROWS), rule)
    assert (found.sight.data, found.why) == ("error", "its figure is in days now")


LINES = {
    "suppliers": ("Days", "Before", "On time, full", "Overdue", "To come"),
    "suppliers by country": ("Days", "Overdue"),
    "lead-time": ("Median", "9 in 10", "Orders", "Open"),
    "lead-time by item": ("Median",),
    "otif suppliers by supplier": (),
    "otif by customer": (),
    "otif by country": (),
    "backorders": ("Late", "Owed", "Value"),
    "backorders by customer": ("Lines late", "Of open", "Oldest", "Value"),
    "backorders suppliers": ("Late",),
    "order-cycle": (),
    "unacknowledged": ("Age", "Working"),
    "exposed": ("12 months",),
    "churn": ("Usual gap", "Last 12 months"),
    "customer": ("Health", "Owed"),
    "impact Borealis Steel": ("Not sent",),
    "nps": ("Score",),
    "tickets": ("Open for",),
    "renewals": (),
}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    return [
        told(World(tmp_path_factory.mktemp("rows"))) for told in (tell, supplier_world.tell)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def desks(worlds):
    return [
        Desk(one.store, load(), lambda _: Grant.everything(), blocks=lambda said: [], text=str,
             guarded=lambda _, fn: fn())
        for one in worlds
    ]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_rule_on_rows_and_the_table_a_person_sees_agree_to_the_last_digit(worlds, desks, line):
    tables = 0
    for world, desk in zip(worlds, desks, strict=True):
        table = getattr(say(world, line), "table", None)
        if table is None:
            continue
        tables += 1
        columns = [one.name for one in table.columns]
        numeric = [
            at for at in range(1, len(columns))
            if any(isinstance(row[at], (int, float, Decimal)) for row in table.rows)
        ]  # fmt: skip
        assert set(LINES[line]) <= {columns[at] for at in numeric}
        assert numeric or line == "renewals"
        for at in numeric:
            rule = Rule("r", line, "C1", "above 9", each=True,
                        figure=columns[at])  # fmt: skip
            found = look(desk, rule, Grant.everything(), NOW, BERLIN)
            assert found.sight.data == "ok", found.why
            shown = {}
            for key, row in zip(table.keys or [""] * len(table.rows), table.rows, strict=True):
                value = row[at]
                number = float(value) if isinstance(value, (int, float, Decimal)) else None
                shown.setdefault(key or row[0], number)
            assert found.sight.values == shown
            assert set(found.sight.labels.values()) == {str(row[0]) for row in table.rows}
    assert tables


KEYED = {
    "suppliers": "supplier", "lead-time": "supplier", "lead-time by item": "item",
    "backorders": "salesline", "backorders suppliers": "purchaseline",
    "backorders by customer": "customer", "unacknowledged": "purchase", "exposed": "customer",
    "churn": "customer", "customer": "customer", "impact Borealis Steel": "salesline",
    "nps": "customer", "tickets": "ticket", "renewals": "customer",
    "order-cycle": "customer", "otif by customer": "customer",
}  # fmt: skip


@pytest.mark.parametrize("line", KEYED)
def test_rows_are_named_by_what_they_are_of_and_that_is_never_shown(worlds, line):
    found = [said for world in worlds if getattr(said := say(world, line), "table", None)]
    for said in found:
        table = said.table
        assert len(table.keys) == len(table.rows)
        assert {read_entity(key)[0] for key in table.keys} == {KEYED[line]}
        shown = f"{as_json(said)} {as_csv(said)}"
        assert not any(key in shown for key in table.keys)
        # a line may name a thing so
        one = say(worlds[0], f"suppliers {table.keys[0].partition(':')[2]}")
        assert KEYED[line] != "supplier" or "I know no" not in one.title
    assert found


def test_the_total_of_another_figure_is_judged_where_it_is_named(tmp_path):
    rule = msgspec.structs.replace(TOTAL, figure="9 in 10")
    assert seen(tmp_path, Board(), rule).sight.values == {"": 70.0}
