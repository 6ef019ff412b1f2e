"""What is exposed is one sum, wherever it is said."""

from datetime import timedelta

import pytest

from bot.alerts.look import look
from bot.channel import Desk
from bot.digests.say import Saying, asked, messages
from bot.schedule import Due
from bot.settings import Digest, Rule
from commands import Grant, load
from tests.commands.dialogue import BERLIN, NOW, say
from tests.commands.story import tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("sum")))


@pytest.fixture(scope="module")
def desk(world):
    return Desk(
        world.store, load(), lambda _: Grant.everything(), blocks=lambda said: [{"said": said}],
        text=str, guarded=lambda _, fn: fn(),
    )  # fmt: skip


def test_an_answer_an_alert_and_a_digest_of_one_moment_say_the_same_sum(world, desk):
    answered = say(world, "exposed").readings[0]
    rule = Rule(id="r", ask="exposed", when="above 1", channel="C1")
    watched = look(desk, rule, Grant.everything(), NOW, BERLIN)
    digest = Digest(id="d", channel="C1", cron="0 9 * * 1", zone="Europe/Berlin", ask=("exposed",))
    due = Due("2026-03-20T12:59", NOW - timedelta(minutes=1))
    said = asked(desk, digest, NOW, Grant.everything())
    message, detail = messages(desk, Saying(digest, due, NOW, said), "d", "C1")
    told = [block["said"] for block in detail.blocks]
    assert answered.value == 44_000
    assert watched.seen.value == float(answered.value)
    assert told[0].readings[0] == answered
    assert "EUR 44,000" in message.text


def test_what_an_impact_is_worth_is_the_sum_of_what_its_customers_wait_for(world):
    found = {one.name: one.value for one in say(world, "impact borealis").readings}
    theirs = {one.name: one.value for one in say(world, "exposed harbour").readings}
    rows = say(world, "impact borealis").table.rows
    waiting = sum(row[2] for row in rows if row[0] == "Harbour & Sons")
    assert theirs["value of the lines"] == waiting
    assert found["value that waits"] == sum(row[2] for row in rows)
