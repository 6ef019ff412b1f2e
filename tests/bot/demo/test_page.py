"""The page draws and drives all that a bot can show, in a real browser."""

import json

import pytest

from tests.bot.conversation import ADA, GENERAL, NOOR, OPS
from tests.bot.demo.sampler import sampled

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture
def sample(built):
    with sampled(built) as (slack, base, go_on):
        yield slack, base, go_on


@pytest.fixture
def page(sample, opened):
    return opened(sample[1])


def say(page, line):
    page.locator("main .composer input").fill(line)
    page.locator("main .composer input").press("Enter")


def last(page):
    return page.locator("main article").last


def posted(page):
    """A message with all that one can act on."""
    say(page, "/sample message")
    page.get_by_role("button", name="Acknowledge").wait_for()
    return last(page)


def dialog(page):
    say(page, "/sample dialog")
    found = page.get_by_role("dialog", name="Alert me")
    found.wait_for()
    return found


def fill(found, name="Steel"):
    found.get_by_label("Name").fill(name)
    found.get_by_label("Limit").fill("36.5")
    found.get_by_label("Questions").select_option("OTIF")
    found.get_by_label("Questions").select_option("Churn")
    found.get_by_label("Critical").check()
    found.get_by_label("Wednesday").check()
    found.get_by_label("Time").fill("08:30")
    found.get_by_label("Until").fill("2026-06-01")
    found.get_by_label("Where").select_option("#general")
    found.get_by_label("Owner").select_option("Noor")
    found.get_by_label("What one should do").fill("call\nthem")


FILLED = {
    "name": "Steel", "kind": "above", "limit": "36.5", "questions": ["otif", "churn"],
    "severity": "critical", "days": ["monday", "wednesday"], "time": "08:30",
    "until": "2026-06-01", "where": GENERAL, "owner": NOOR, "note": "call\nthem", "runbook": None,
}  # fmt: skip


def data(article):
    return json.loads(article.locator("code").inner_text())


def test_every_input_of_a_dialog_reaches_the_bot_as_it_was_filled_in(page):
    found = dialog(page)
    fill(found)
    found.get_by_role("button", name="Save").click()
    found.wait_for(state="detached")
    page.locator("main article code").wait_for()
    assert data(last(page)) == FILLED


def test_a_choice_that_need_not_be_made_can_be_taken_back(page):
    found = dialog(page)
    fill(found)
    found.get_by_label("Runbook").select_option("Steel")
    found.get_by_label("Runbook").select_option("Choose…")
    found.get_by_role("button", name="Save").click()
    found.wait_for(state="detached")
    page.locator("main article code").wait_for()
    assert data(last(page))["runbook"] is None


def test_a_dialog_is_not_sent_before_it_is_complete(page, sample):
    found = dialog(page)
    fill(found, name="")
    found.get_by_label("Limit").fill("-1")
    found.get_by_role("button", name="Save").click()
    alerts = found.get_by_role("alert")
    assert alerts.all_inner_texts() == ["Please complete this required field.", "The least is 0."]
    found.get_by_label("Name").fill("x")
    assert alerts.all_inner_texts() == ["The least is 0."]


def test_what_the_bot_finds_wrong_stands_at_its_field_and_the_rest_stays(page):
    found = dialog(page)
    fill(found, name="wrong")
    found.get_by_role("button", name="Save").click()
    found.locator('[data-block="name"]').get_by_role("alert").wait_for()
    assert found.get_by_role("alert").inner_text() == "That name is taken."
    found.get_by_label("Name").fill("right")
    found.get_by_role("button", name="Save").click()
    found.wait_for(state="detached")
    page.locator("main article code").wait_for()
    assert data(last(page)) == FILLED | {"name": "right"}


def test_a_dialog_is_sent_once_however_often_one_clicks(page, sample):
    slack, _, go_on = sample
    found = dialog(page)
    fill(found, name="slow")
    save = found.get_by_role("button", name="Save")
    save.click()
    assert save.is_disabled()
    found.get_by_label("Name").press("Enter")
    go_on.set()
    found.wait_for(state="detached")
    page.locator("main article code").wait_for()
    assert len([one for one in slack.visible(ADA, OPS) if "slow" in one.text]) == 1


def test_a_choice_that_is_told_at_once_changes_the_dialog_and_keeps_what_was_typed(page):
    found = dialog(page)
    fill(found)
    found.get_by_label("When it is").select_option("Unusual")
    found.get_by_label("Limit").wait_for(state="detached")
    assert found.get_by_label("Name").input_value() == "Steel"
    assert found.locator(".token").all_inner_texts() == ["OTIF\n×", "Churn\n×"]
    found.get_by_role("button", name="Save").click()
    found.wait_for(state="detached")
    page.locator("main article code").wait_for()
    said = data(last(page))
    assert said == {**{k: v for k, v in FILLED.items() if k != "limit"}, "kind": "unusual"}


def test_a_view_over_another_leads_back_to_what_was_typed(page, sample):
    slack, *_ = sample
    found = dialog(page)
    found.get_by_label("Name").fill("Steel")
    found.get_by_role("button", name="Show the days").click()
    above = page.get_by_role("dialog", name="The days")
    above.get_by_text("10 Feb").wait_for()
    above.get_by_role("button", name="Back").click()
    page.get_by_role("dialog", name="Alert me").wait_for()
    assert found.get_by_label("Name").input_value() == "Steel"
    found.get_by_role("button", name="Show the days").click()
    above.get_by_role("button", name="Done").click()
    page.get_by_role("dialog").wait_for(state="detached")
    assert slack.views == {}


@pytest.mark.parametrize(
    ("how", "is_all"), [("Escape", False), ("Not now", False), ("Close", True)]
)
def test_a_dialog_that_is_closed_is_told(page, how, is_all):
    found = dialog(page)
    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        found.get_by_role("button", name=how).click()
    found.wait_for(state="detached")
    page.get_by_text(f"closed, all: {is_all}").wait_for()


def test_a_dialog_that_the_bot_does_not_answer_says_so_and_can_be_sent_again(
    page, sample, monkeypatch
):
    *_, go_on = sample
    monkeypatch.setattr("bot.demo._socket_mode.ANSWER_WITHIN", 0.2)
    found = dialog(page)
    fill(found, name="slow")
    found.get_by_role("button", name="Save").click()
    found.get_by_text("trouble connecting").wait_for()
    assert found.get_by_role("button", name="Save").is_enabled()
    go_on.set()


def test_a_thread_opens_beside_the_channel_and_counts_its_replies(page, sample):
    posted(page).get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Acknowledged by @Ada").wait_for()
    page.get_by_role("button", name="2 replies").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_text("An aside").wait_for()
    assert page.locator("main").get_by_text("An aside").count() == 0
    assert page.locator("main").get_by_text("replied to a thread").count() == 1
    thread.get_by_label("Reply in thread").fill("I call them")
    thread.get_by_label("Reply in thread").press("Enter")
    page.get_by_role("button", name="3 replies").wait_for()
    assert thread.locator("article").count() == 4
    thread.get_by_role("button", name="Close thread").click()
    assert thread.count() == 0


def test_a_text_that_was_changed_is_marked_and_a_message_of_blocks_is_not_as_in_slack(page):
    posted(page).get_by_role("button", name="Acknowledge").click()
    page.get_by_text("by 3 days").wait_for()
    assert page.get_by_text("(edited)").count() == 1
    assert "(edited)" in last(page).inner_text()
    assert page.get_by_role("button", name="Acknowledge").count() == 0


def test_a_button_that_asks_first_does_nothing_until_one_is_sure(page):
    posted(page).get_by_role("button", name="Mute").click()
    sure = page.get_by_role("dialog", name="Mute Borealis Steel?")
    sure.get_by_role("button", name="Keep").click()
    assert page.locator("main article").count() == 1
    page.get_by_role("button", name="Mute").click()
    sure.get_by_role("button", name="Mute").click()
    page.locator("main article code").wait_for()
    assert data(last(page)) == {"type": "button", "action_id": "mute", "value": "m"}


def test_menus_and_dates_of_a_message_are_told_at_once(page):
    posted(page)
    page.get_by_label("Snooze").select_option("1 hour")
    page.locator("main article code").wait_for()
    assert data(last(page))["selected_option"]["value"] == "1 hour"
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Skip").click()
    page.locator("main article code").nth(1).wait_for()
    assert data(last(page))["selected_option"]["value"] == "skip"
    assert page.get_by_role("menuitem").count() == 0


def test_what_was_not_read_is_marked_and_what_is_for_me_is_counted(page, sample):
    slack, *_ = sample
    slack.post(GENERAL, NOOR, "hello")
    slack.post(f"D{ADA[1:]}", "U0LEADLINE", "a reminder")
    general = page.get_by_role("button", name="general")
    page.locator("nav .unread", has_text="general").wait_for()
    assert page.get_by_label("1 for you").count() == 1
    general.click()
    page.locator("nav .unread", has_text="general").wait_for(state="detached")
    slack.post(GENERAL, NOOR, f"<@{ADA}> look")
    page.get_by_text("@Ada look").wait_for()
    assert page.locator("nav .unread", has_text="general").count() == 0
    page.get_by_role("button", name="ops").click()
    slack.post(GENERAL, NOOR, f"<@{ADA}> look again")
    page.locator("nav .unread", has_text="general").get_by_label("1 for you").wait_for()


@pytest.mark.parametrize("width", [390, 760, 1100])
def test_nothing_is_wider_than_the_page(sample, opened, width):
    page = opened(sample[1], width=width)
    wide = "document.documentElement.scrollWidth"
    posted(page).get_by_role("button", name="Acknowledge").click()
    page.get_by_role("button", name="2 replies").click()
    page.get_by_label("Reply in thread").wait_for()
    assert page.evaluate(wide) <= width
    page.get_by_role("button", name="Close thread").click()
    found = dialog(page)
    box = found.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate(wide) <= width
