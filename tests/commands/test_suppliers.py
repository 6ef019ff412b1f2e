"""`suppliers` as people ask it."""

import random
import time
from datetime import timedelta
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from commands import Notice, load
from storage.known.purchases import purchase_lines
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.supplier_world import TODAY, day, tell
from tests.sizes import ROWS
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("suppliers")))


def readings(said):
    return {one.name: one.value for one in said.readings}


def test_the_dialogue(world):
    verify(world, [
        ("suppliers", "answer", "**Borealis Steel slowed down**: 43 days now, 31 in the year",
         "4 of 17 open lines are overdue", "Most overdue: Borealis Steel with 4",
         "1 of 3 has too few orders", "[Who waits for Borealis Steel?]"),
        ("who slowed down", "answer", "**Borealis Steel slowed down**"),
        ("suppliers by country", "answer", "**SE slowed down**", "AT | 9"),
        ("suppliers by category", "answer", "**Steel slowed down**", "Glass | 9"),
        ("suppliers last 60 days", "answer", "31 in the 60 days before", "in the last 60 days"),
        ("suppliers in 2025", "answer",
         "**No supplier slowed down**: 2 as usual, 1 with too few orders to tell; "),
        ("suppliers in Main site", "answer", "**Borealis Steel slowed down**"),
        ("suppliers borealis", "answer", "**Borealis Steel takes 43 days** (median)",
         "▲ Slower by 12 days than in the year before", "Promise moved | +"),
        ("supplier Cobalt", "answer", "**Cobalt Glass takes 9 days** (median)",
         "● About as in the year before: 9 days then."),
        ("suppliers borealis cobalt", "answer", "Borealis Steel | 43", "Cobalt Glass | 9"),
        ("suppliers borealis by category", "answer", "Category", "Steel | 43"),
        ("suppliers boreals", "error", "I know no “boreals”", "[Borealis Steel]"),
        ("suppliers by colour", "error", "can't be split by “colour”", "[by country]"),
        ("suppliers since 2031-01-01", "error", "still to come"),
        ("suppliers help", "notice", "Usage"),
    ])  # fmt: skip


def test_the_digest_line_is_one_sentence(world):
    sentence = say(world, "suppliers").summary.text
    assert sentence == (
        "**Borealis Steel slowed down**: 43 days now, 31 in the year before;"
        " 1 as usual, 1 with too few orders to tell;"
        " 65 % of 54 lines due came on time and in full."
    )


def test_who_slowed_down_stands_first_and_is_the_one_to_look_at(world):
    table = say(world, "suppliers").table
    assert [row[0] for row in table.rows] == ["Borealis Steel", "Cobalt Glass", "Dune Sands"]
    assert table.bold == {0}


def test_all_figures_are_those_that_sql_and_pandas_find(world):
    """On time and in full of a supplier, its open and overdue lines, and what is to come."""
    with world.reader() as session:
        lines = pd.DataFrame(session.execute(text("""
            SELECT s.name AS supplier, l.promised_first AS due, l.qty / 1e6 AS qty,
                   l.unit_price / 1e4 AS price, r.received_on AS came
              FROM purchaseline l
              JOIN purchaseorder o ON o.source_id = l.order_ref
              JOIN party s ON s.source_id = o.supplier_ref
              LEFT JOIN receipt r ON r.line_ref = l.source_id""")).mappings().all())  # fmt: skip
    since, today = day(90).isoformat(), TODAY.isoformat()
    due = lines[(lines.due >= since) & (lines.due < today)]
    came = due[due.came.notna() & (due.came <= due.due)]
    waiting = lines[lines.came.isna()]
    said = say(world, "suppliers")
    found = readings(said)
    assert found["on time and in full"] == pytest.approx(len(came) / len(due))
    assert found["open lines"] == len(waiting)
    assert found["overdue lines"] == (waiting.due < today).sum()
    assert found["to come"] == (waiting.qty * waiting.price).sum()
    for name, _, _, share, overdue, worth, _ in said.table.rows:
        theirs, open_ = due[due.supplier == name], waiting[waiting.supplier == name]
        assert share == pytest.approx((came.supplier == name).sum() / len(theirs))
        assert overdue == (open_.due < today).sum()
        assert worth is None or worth == (open_.qty * open_.price).sum()


def test_the_rows_behind_it_are_all_lines_each_with_its_state(world):
    evidence = say(world, "suppliers borealis", rows=True).evidence
    states = [row[-1] for row in evidence.rows]
    assert set(states) == {"open", "received"}
    assert states.count("open") == readings(say(world, "suppliers borealis"))["open lines"]
    assert {row[1] for row in evidence.rows} == {"Borealis Steel"}
    assert len(say(world, "suppliers", rows=True).evidence.rows) > len(evidence.rows)


def test_every_figure_names_the_definition_it_is_by(world):
    said = say(world, "suppliers borealis")
    assert {one.metric for one in said.basis} <= {one.metric for one in said.readings}
    assert said.basis[-1].history_from is not None


def test_a_supplier_that_nobody_flags_in_the_list_is_not_flagged_on_its_card(world):
    for name, *_ in say(world, "suppliers").table.rows:
        is_flagged = "▲ Slower" in words_of(say(world, f"suppliers {name}"))
        assert is_flagged == (name == "Borealis Steel")


def test_many_steady_suppliers_give_no_list_of_slow_ones(tmp_path):
    world, rng = World(tmp_path), random.Random(7)
    for number in range(20):
        supplier = world.supplier(f"Supplier {number}")
        for ago in range(1, 300, 6):
            days = round(20 * rng.lognormvariate(0, 0.4))
            world.purchase(
                supplier, None, day(ago), received=day(ago - days) if days <= ago else None
            )
    synced(world)
    found = readings(say(world, "suppliers"))
    assert found["tested"] > 15
    assert found["slowed down"] <= 1


def test_too_few_orders_are_said_to_be_too_few(tmp_path):
    world = World(tmp_path)
    world.purchase(world.supplier("Rare"), None, day(50), received=day(20))
    synced(world)
    verify(world, [
        ("suppliers", "answer", "**Too few orders to tell whether a supplier slowed down**"),
        ("suppliers rare", "answer", "Too few orders to tell whether that changed"),
    ])  # fmt: skip
    assert readings(say(world, "suppliers"))["slowed down"] is None


def test_nothing_bought_is_said(tmp_path):
    world = World(tmp_path)
    world.supplier("Idle")
    verify(world, [
        ("suppliers", "notice", "No purchases yet"),
        ("suppliers idle", "notice", "No purchases from Idle"),
    ])  # fmt: skip


def test_two_suppliers_of_one_name_give_a_choice(tmp_path):
    world = World(tmp_path)
    for ref in ("s1", "s2"):
        world.purchase(world.supplier("Twin", source_id=ref), None, day(50), received=day(20))
    verify(world, [
        ("suppliers twin", "notice", "2 suppliers are called Twin", "[Twin (s1)]"),
        ("suppliers s2", "answer", "**Twin"),
    ])  # fmt: skip


def test_money_of_two_currencies_is_not_summed(tmp_path):
    world = World(tmp_path)
    steel = world.supplier("Borealis")
    for currency in ("EUR", "USD"):
        order = world.fact("purchaseorder", number=currency, supplier_ref=steel, currency=currency,
                           **world.when("ordered", day(9)))  # fmt: skip
        world.purchase_line(order, None, qty=2, unit_price=Decimal(50))
    verify(world, [("suppliers", "answer", "to come: EUR 100 + USD 100")])


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers", "revenue")) for line in
            ("suppliers", "suppliers borealis", "suppliers invented")]  # fmt: skip
    assert all(isinstance(one, Notice) and one.error for one in said)
    assert len({words_of(one) for one in said}) == 1


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "suppliers", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")


@pytest.mark.slow
def test_an_answer_about_many_lines_takes_little_longer_than_reading_them(tmp_path):
    world, rng = World(tmp_path), random.Random(1)
    suppliers = [world.supplier(f"Supplier {number}") for number in range(150)]
    for number in range(ROWS):
        ago, days = rng.randint(1, 1000), rng.randint(5, 60)
        world.purchase(
            suppliers[number % 150], None, day(ago), promised=day(ago - 30),
            received=day(ago - days) if days <= ago else None,
        )  # fmt: skip
    assert load()  # commands are imported once, which is not a part of an answer
    with world.reader() as session:
        begun = time.process_time()
        assert sum(1 for _ in purchase_lines(session, NOW)) == ROWS
    read = time.process_time()
    assert not isinstance(say(world, "suppliers"), Notice)
    assert time.process_time() - read < 2.5 * (read - begun)
