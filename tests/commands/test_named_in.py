"""A message and what it names."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import Ask, Command, Grant, load
from commands._named_in import named_in
from tests.commands.dialogue import BERLIN, NOW, grant
from tests.storage.world import World

ORDER = Command("order", "", "order", (), ("supply", "customers"), lambda *_: None)
REGISTRY = {**load(), "order": ORDER}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("named"))
    steel = made.supplier("Borealis Steel")
    made.supplier("Ben & Söhne")
    acme = made.customer("Acme Foods")
    made.customer("Acme Tools")
    made.customer("Copper & Oak")
    made.item("Bolt M8")
    for number in ("P00012", "4711"):
        made.fact("purchaseorder", number=number, supplier_ref=steel,
                  **made.when("ordered", "2026-03-01"))  # fmt: skip
    made.fact("salesorder", number="SO-4711", customer_ref=acme, currency="EUR",
              **made.when("ordered", "2026-03-01"))  # fmt: skip
    made.save()
    return made


def ask(world, text, sees=None, registry=REGISTRY):
    with world.reader() as session:
        return named_in(session, Ask("", NOW, BERLIN, sees or Grant.everything()), text, registry)


def lines(world, text, **how):
    return [one.line for one in ask(world, text, **how).choices]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is P00012?", ["order P00012"]),
        ("p00012 is late", ["order P00012"]),
        ("SO-4711, please", ["order SO-4711"]),
        ("our 4711: when?", ["order 4711"]),
        ("Acme Foods asks for SO-4711", ["customer Acme Foods", "order SO-4711"]),
        ("borealis steel and acme foods", ["lead-time Borealis Steel", "customer Acme Foods"]),
        ("ACME  FOODS!", ["customer Acme Foods"]),
        ("Ben & Söhne", ["lead-time Ben & Söhne"]),
        ("Borealis is late again", ["lead-time Borealis Steel"]),
        ("Copper & Oak", ["customer Copper & Oak"]),
        ("we need copper wire", []),
        ("Acme", []),
        ("bolt m8 is out", ["lead-time Bolt M8"]),
        ("15000 is no order of ours", []),
        ("SO-47110 and XP00012 are other numbers", []),
        ("", []),
    ],
)
def test_a_message_names_what_a_person_reads_in_it(world, text, found):
    registry = {**REGISTRY, "customer": ORDER}
    for name in ("supplier", "item"):
        registry.pop(name, None)
    assert lines(world, text, registry=registry) == found


def test_a_thing_is_named_once(world):
    assert lines(world, "P00012, P00012 and p00012") == ["order P00012"]


def test_nothing_found_is_said_and_is_no_error(world):
    said = ask(world, "good morning")
    assert "nothing that I know" in said.title
    assert not said.error
    assert said.choices == ()


def test_what_the_asker_may_not_see_reads_as_if_it_were_not_there(world):
    text = "Acme Foods waits for SO-4711, that is P00012 of Borealis Steel"
    assert ask(world, text, sees=Grant()) == ask(world, "good morning")
    assert not any(
        "Acme" in one or "SO-" in one for one in lines(world, text, sees=grant("supply"))
    )
    assert "order P00012" in lines(world, text, sees=grant("supply"))


def test_what_no_command_tells_of_is_not_offered(world):
    without = {name: one for name, one in load().items() if name != "order"}
    assert lines(world, "P00012", registry=without) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(world, text):
    for one in ask(world, text + " P00012").choices:
        assert one.label
        assert one.line.split()[0] in REGISTRY


def test_a_very_long_message_is_looked_at_in_its_beginning(world):
    assert lines(world, "P00012 " + "x " * 500_000) == ["order P00012"]
