"""An alert from “Alert me…” until it is over, by the hand of a person at the page."""

import pytest

from tests.bot.conversation import OPS
from tests.bot.demo.hands import dialog, push, say, sent
from tests.bot.demo.living import living

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture
def world(tmp_path, built):
    with living(tmp_path / "world", built) as made:
        yield made


@pytest.fixture
def page(world, opened):
    return opened(world.address)


def alert_me(page, number="28"):
    """Alerts the channel of the steel that takes 32 days."""
    say(page, "/leadtime borealis")
    push(page, "Alert me…")
    found = dialog(page, "Alert me")
    found.get_by_text("would not have fired").wait_for()
    found.get_by_label("This number").fill(number)
    push(page, "Try it")
    found.get_by_text("would have fired once").wait_for()
    found.get_by_label("Tell").select_option("#ops")
    sent(found, "Watch")
    page.get_by_text("I watch Lead time Borealis Steel").wait_for()


def card(page):
    """The one message of the alert."""
    return page.locator(
        "main article", has=page.get_by_role("button", name="Show", exact=True)
    ).last


def reads(page, *words):
    for one in words:
        card(page).get_by_text(one).first.wait_for()


def thread(page, count):
    """What stands in the thread of the alert, once so much of it is there."""
    card(page).get_by_role("button", name=f"{count} repl").click()
    said = page.get_by_role("complementary", name="Thread").locator("article")
    said.nth(count).wait_for()
    return [one.split("\n", 1)[-1] for one in said.all_inner_texts()[1:]]


def test_an_alert_is_made_fires_is_handled_and_is_over_in_one_message(page, world):
    alert_me(page)
    world.passes(minutes=11)
    reads(page, "Firing", "32 days", "above 28 days")
    assert page.get_by_role("button", name="What did you do?").count() == 0

    push(page, "Acknowledge")
    reads(page, "Acknowledged", "by Ada")

    push(page, "Assign")
    found = dialog(page, "Assign")
    found.get_by_label("Who takes care of it").select_option("Noor")
    sent(found, "Assign")
    page.get_by_text("That person may not see the figure").wait_for()
    push(page, "Assign")
    found.get_by_label("Who takes care of it").select_option("Ada")
    sent(found, "Assign")
    card(page).get_by_role("button", name="2 replies").wait_for()

    push(page, "Snooze")
    found = dialog(page, "Snooze")
    found.get_by_label("For an hour").check()
    sent(found, "Snooze")
    card(page).get_by_role("button", name="3 replies").wait_for()

    push(page, "What did you do?")
    found = dialog(page, "What did you do?")
    found.get_by_label("What", exact=True).select_option("Called them")
    found.get_by_label("Note").fill("Two loads come on Friday")
    sent(found, "Keep it")
    card(page).get_by_role("button", name="4 replies").wait_for()

    push(page, "Who is affected?")
    page.get_by_text("Nothing is open of Borealis Steel").wait_for()

    world.passes(world.steel_is_quick, minutes=70)
    reads(page, "Over", "Called them")
    assert page.get_by_role("button", name="Acknowledge").count() == 0
    said = "\n".join(thread(page, 5))
    for words in (
        "Acknowledged by Ada",
        "Ada takes care of it",
        "Snoozed by Ada",
        "Two loads",
        "Over",
    ):
        assert words in said, said
    # one message, however often it was edited, and its thread
    posts = [one for one in world.slack.visible("", OPS) if not one.thread]
    assert len([one for one in posts if one.user == "U0LEADLINE"]) == 1


def test_an_alert_that_is_muted_is_told_no_more_and_its_message_goes_on(page, world):
    alert_me(page)
    world.passes(minutes=11)
    push(page, "Mute")
    found = dialog(page, "Mute")
    found.get_by_label("For how many days").fill("3")
    sent(found, "Mute")
    card(page).get_by_role("button", name="1 reply").wait_for()
    before = len(world.slack.messages)
    world.passes(world.steel_is_quick, minutes=20)
    reads(page, "Over")
    assert len(world.slack.messages) == before
