"""Each ready-made digest says what is true of the company of the story."""

from datetime import timedelta

import pytest

from bot.blocks import blocks, fallback
from bot.channel import Desk
from bot.digests.condition import read_condition
from bot.digests.only_if import unmet
from bot.digests.plan import Digest
from bot.digests.ready import READY, questions, starts
from bot.digests.say import Saying, asked, head, messages, sentence
from bot.digests.when import cron_of, words_of
from bot.schedule import Due
from commands import Grant, load
from tests.bot.slack_judge import judge_message
from tests.commands.dialogue import BERLIN, NOW, grant
from tests.commands.story import tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    world = tell(World(tmp_path_factory.mktemp("ready")))
    return Desk(
        world.store, load(), lambda _: Grant.everything(),
        blocks=lambda said: blocks(said, BERLIN, is_shared=True), text=fallback,
        guarded=lambda _, fn: fn(),
    )  # fmt: skip


def digest(key):
    one = READY[key]
    return Digest(
        key, "C1", cron_of(one.when), "Europe/Berlin", one.ask, one.title, only_if=one.only_if
    )


def told(desk, key, sees=None, now=NOW):
    return [sentence(one) for one in asked(desk, digest(key), now, sees or Grant.everything())]


def test_monday_operations(desk):
    assert told(desk, "monday") == [
        (
            "*Nothing was due in the last week*  No order line with a promise, or a day asked for,"
            " had its day in that time. What is due today is judged when the day is over."
        ),
        (
            "*Suppliers*  Borealis Steel slowed down: 42 days now, 30 in the year before; 1 with"
            " too few orders to tell; 0 of 1 line due came on time and in full."
        ),
        (
            "*No stock is known*  It needs stock levels (stock on hand by item and place), and"
            " stock moves for its past. See what has been read so far."
        ),
        (
            "*Exposed*  EUR 44,000 a year is exposed: 1 customer at risk waits for a late order."
        ),
    ]  # fmt: skip


def test_renewals_with_how_we_delivered(desk):
    assert told(desk, "renewals") == [
        (
            "*Renewals*  1 renewal must be decided in the next 60 days; first Harbour &amp; Sons,"
            " by 19 Apr (in 30 d)."
        ),
    ]  # fmt: skip
    _, detail = messages(desk, saying(desk, "renewals"), "k", "C1")
    assert "1 of 1 late, up to 4 d, 1 owed" in str(detail.blocks)


def test_late_orders_of_customers_at_risk(desk):
    exposed, why = told(desk, "late")
    assert exposed == (
        "*Exposed*  EUR 44,000 a year is exposed: 1 customer at risk waits for a late order."
    )
    assert "Borealis Steel" in why
    condition = read_condition(READY["late"].only_if)
    found = unmet(desk, condition, "C1", NOW, BERLIN, Grant.everything())
    assert found == (False, "")


def test_what_changed_since_yesterday(desk):
    assert told(desk, "changes")[0].startswith(
        "*What changed*  Nothing changed since Thu 19 Mar 13:00: no order became late"
    )
    late = told(desk, "changes", now=NOW - timedelta(days=1))
    assert late == ["*What changed*  1 order became late since Wed 18 Mar 13:00."]


def saying(desk, key, sees=None):
    one = digest(key)
    said = asked(desk, one, NOW, sees or Grant.everything())
    return Saying(one, Due("2026-03-20T13:00", NOW), NOW, said)


@pytest.mark.parametrize("key", READY)
def test_slack_takes_each_of_them_and_their_threads(desk, key):
    for message in messages(desk, saying(desk, key), "k", "C1"):
        judge_message(message.blocks, message.text)


@pytest.mark.parametrize("key", READY)
def test_a_channel_that_may_see_nothing_is_told_nothing(desk, key):
    text = str(head(saying(desk, key, grant("personal"))))
    assert not any(word in text for word in ("Borealis", "Harbour", "44,000", "renewal must"))


@pytest.mark.parametrize("key", READY)
def test_their_times_are_said_as_they_are_read(key):
    assert words_of(cron_of(READY[key].when)) == READY[key].when


def test_they_can_be_picked_by_their_titles():
    assert starts()[0].text == "Monday operations"
    assert len(starts()) == 4


def test_only_what_may_be_asked_can_be_picked():
    registry = load()
    every = [one.value for one in questions(registry, Grant.everything())]
    assert every[0] == "otif last week"
    assert len(every) == len(set(every)) <= 100
    assert all(line in every for one in READY.values() for line in one.ask)
    supply = [one.value for one in questions(registry, grant("supply"))]
    assert "suppliers" in supply
    assert "churn" not in supply
