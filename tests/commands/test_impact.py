"""`impact` as people ask it."""

import pytest

from tests.commands.dialogue import grant, say, verify, words_of
from tests.commands.story import tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("impact")))


@pytest.mark.slow
def test_the_dialogue(world):
    verify(world, [
        ("impact borealis", "answer", "**3 customers wait for Borealis Steel**: 3 lines hang on",
         "2 of 3 are late or will likely be.", "worth EUR 5,600",
         "Harbour & Sons | S00471, 4 d late | 4000"),
        ("who is affected borealis steel", "answer", "3 customers wait"),
        ("impact P00900", "answer", "**3 customers wait for P00900**"),
        ("impact coil", "answer", "**3 customers wait for Coil 2 mm**"),
        ("impact", "answer", "3 customers wait for late purchases"),
        ("impact borealiss", "error", "I know no", "[Borealis Steel]"),
        ("impact P99999", "error", "I know no"),
    ])  # fmt: skip


def test_a_supplier_of_whom_nothing_is_open_has_no_impact(world):
    world.supplier("Idle Iron")
    verify(world, [("impact idle iron", "notice", "Nothing is open of Idle Iron")])


def test_who_may_see_supply_alone_gets_no_customer(world):
    text = words_of(say(world, "impact borealis", sees=grant("supply")))
    for name in ("Harbour", "Quiet", "Later", "S00471", "4000"):
        assert name not in text
    assert "open purchase lines" in text
