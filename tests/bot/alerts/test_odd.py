"""A rule on what is unusual sees what the test of suppliers says, and names who it may."""

import msgspec
import pytest

from bot.alerts.look import look
from bot.alerts.rule import Rule
from bot.channel import Desk
from commands import Grant, load
from storage.metrics.unusual import unusual
from tests.commands.dialogue import BERLIN, NOW, grant, synced
from tests.commands.supplier_world import bought, day
from tests.storage.world import World

RULE = Rule("odd", "suppliers", "C1", kind="unusual")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("odd"))
    steel, glass, dune = (world.supplier(name) for name in ("Borealis", "Cobalt", "Dune"))
    for ago in range(2, 900, 2):  # Borealis slowed down two months ago
        bought(world, steel, None, ago, (55 if ago <= 60 else 30) + ago % 5, plans=31, price=1)
        bought(world, glass, None, ago, 9 + ago % 3, plans=10, price=1)
    bought(world, dune, None, 90, 20, plans=25, price=1)
    for ago in (40, 80):
        world.sale(world.customer(f"Customer {ago}"), day(ago), amount=9)
    synced(world)
    return Desk(world.store, load(), lambda _: Grant.everything(), blocks=list, text=str,
                guarded=lambda _, fn: fn())  # fmt: skip


def test_a_supplier_fires_when_the_test_says_so_and_has_no_figure_where_it_can_not(desk):
    found = look(desk, RULE, Grant.everything(), NOW, BERLIN)
    assert found.sight.data == "ok"
    with desk.store.reader() as session:
        said = {one.supplier.name: one for one in unusual(session, NOW, BERLIN, RULE.every)}
    seen = {found.sight.labels[key]: value for key, value in found.sight.values.items()}
    assert seen == {name: None if one.p is None else float(one.fires) for name, one in said.items()}
    assert seen == {"Borealis": 1.0, "Cobalt": 0.0, "Dune": None}
    firing = {found.sight.labels[one] for one in found.sight.beyond(found.watch.when)}
    assert firing == {"Borealis"}


def test_its_words_say_what_it_takes_now_and_took_before(desk):
    found = look(desk, RULE, Grant.everything(), NOW, BERLIN)
    words = {found.sight.labels[key]: text for key, text in found.words.items()}
    assert words["Cobalt"].startswith("10 days now, 10 days before (n = ")
    assert words["Dune"] == "not enough history"


def test_its_entities_are_those_of_the_table_of_suppliers(desk):
    odd = look(desk, RULE, Grant.everything(), NOW, BERLIN)
    each = msgspec.structs.replace(RULE, kind="value", when="above 1", each=True)
    rows = look(desk, each, Grant.everything(), NOW, BERLIN)
    assert set(odd.sight.values) <= set(rows.sight.values)


def test_who_may_not_see_supply_sees_no_name(desk):
    rule = msgspec.structs.replace(RULE, ask="churn")
    found = look(desk, rule, grant("customers", "revenue"), NOW, BERLIN)
    assert (found.sight.data, found.answer, found.words) == ("error", None, {})
