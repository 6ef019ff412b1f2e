"""Deadlines within some days, from today on, with who looks after the customer."""

import pytest

from commands import Ask, Grant
from commands._notices import deadlines
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.story import day, tell
from tests.storage.world import World


def found(world, days):
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        return deadlines(session, ask, days)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("notices")))


def test_a_deadline_is_the_end_less_the_notice_with_its_owners(world):
    (one,) = found(world, 30)
    assert (one.name, one.call, one.owners) == (
        "Harbour & Sons", "Harbour & Sons", ("ana@example.com",),
    )  # fmt: skip
    assert (one.by, one.ends_on, one.is_notice_known, one.is_deal) == (
        day(-30), day(-50), True, False,
    )  # fmt: skip
    assert found(world, 29) == []


def test_what_has_passed_is_none(tmp_path):
    world = World(tmp_path)
    account = world.account("Late")
    world.contract(account, day(700), renewal=day(-5), notice_days=6)
    world.contract(account, day(700), renewal=day(-9), notice_days=9)
    assert [one.by for one in found(world, 30)] == [day(0)]


def test_each_deadline_of_a_customer_has_a_key_of_its_own(tmp_path):
    world = World(tmp_path)
    account = world.account("Twice")
    for end in (-20, -40, -40):
        world.contract(account, day(700), renewal=day(end), notice_days=0)
    keys = [one.key for one in found(world, 60)]
    assert len(keys) == len(set(keys)) == 2
