"""A digest from `/leadline digest new` to its messages, by the hand of a person at the page."""

from datetime import UTC, datetime

import pytest

from tests.bot.conversation import ADA, OPS
from tests.bot.demo.hands import dialog, push, say, sent
from tests.bot.demo.living import living

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
# the small world stands on Sunday, 1 March 2026
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def world(tmp_path, built):
    with living(tmp_path / "world", built) as made:
        yield made


@pytest.fixture
def page(world, opened):
    return opened(world.address)


def made(page):
    """A digest of what Borealis takes, for the channel, each Monday."""
    say(page, "/leadline digest new")
    found = dialog(page, "New digest")
    found.get_by_text("Next:").wait_for()
    found.get_by_label("Title").fill("Steel on Monday")
    found.get_by_label("Other questions").fill("lead-time borealis")
    found.get_by_label("By the clocks of").fill("Europe/Berlin")
    found.get_by_label("By the clocks of").press("Enter")
    found.get_by_text("Mon 2 Mar 2026 09:00 CET; Mon 9 Mar 2026 09:00 CET").wait_for()
    found.get_by_role("button", name="Look again").click()
    found.get_by_text("Borealis Steel takes 32 days").wait_for()
    return found


def posts(world, channel=OPS):
    return [one for one in world.slack.visible("", channel) if one.user == "U0LEADLINE"]


def test_a_digest_is_made_with_what_it_would_say_and_when(page, world):
    found = made(page)
    found.get_by_role("button", name="Send a test to me").click()
    page.locator("nav").get_by_label("1 for you").wait_for()
    sent(found, "Make it")
    assert "Test: Steel on Monday" in posts(world, f"D{ADA[1:]}")[0].text
    world.passes(hours=(MONDAY - world.now).total_seconds() / 3600)
    [head, *details] = posts(world)
    assert (head.thread, {one.thread for one in details}) == (None, {head.ts})
    digest = page.locator("main article", has_text="Monday 2 March").last
    digest.get_by_text("Borealis Steel").first.wait_for()
    digest.get_by_role("button", name="repl").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_text("lead-time@2").first.wait_for()


def test_what_is_wrong_in_a_digest_stands_at_its_field(page):
    found = made(page)
    found.get_by_label("Days and time").fill("now and then")
    found.get_by_role("button", name="Make it").click()
    found.locator(".input", has_text="Days and time").get_by_role("alert").wait_for()


def test_a_ready_made_digest_fills_in_the_dialog(page):
    say(page, "/leadline digest new")
    found = dialog(page, "New digest")
    found.get_by_text("Next:").wait_for()
    found.get_by_label("Start from").select_option("Monday operations")
    found.locator(".token", has_text="suppliers").wait_for()
    assert found.get_by_label("Title").input_value() == "Monday operations"


def test_digests_are_listed_changed_paused_skipped_and_deleted(page, world):
    sent(made(page), "Make it")
    say(page, "/leadline digests")
    page.get_by_text("Steel on Monday").last.wait_for()
    push(page, "Edit")
    found = dialog(page, "Change the digest")
    found.get_by_label("Title").fill("Steel")
    sent(found, "Save")
    say(page, "/leadline digests")
    page.get_by_text("Steel: ").last.wait_for()
    push(page, "Skip the next")
    page.get_by_role("button", name="Don't skip").last.wait_for()
    push(page, "Pause")
    page.get_by_text("“Steel” is paused").last.wait_for()
    world.passes(hours=(MONDAY - world.now).total_seconds() / 3600)
    assert posts(world) == []
    push(page, "Go on")
    page.get_by_text("“Steel” goes on").last.wait_for()
    push(page, "History")
    dialog(page, "History").get_by_text("@Ada").first.wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Close").first.click()
    push(page, "Delete")
    page.get_by_text("I deleted “Steel”").last.wait_for()
    push(page, "Undo")
    page.get_by_text("“Steel” is back").last.wait_for()
