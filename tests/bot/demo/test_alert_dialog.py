"""From “Alert me…” to a rule that is kept, listed, silenced and given up, in a real browser."""

import re
import shutil

import pytest
from sqlmodel import select

from storage.models import AlertRule, Audit
from tests.bot.conversation import leadline

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

TRIED = re.compile("It would")


@pytest.fixture
def line(built, tmp_path, opened):
    folder = tmp_path / "page"
    shutil.copytree(built, folder)
    with leadline(folder) as (slack, parts):
        yield opened(slack.base_url), parts


def say(page, text):
    page.locator("main .composer input").fill(text)
    page.locator("main .composer input").press("Enter")


def rows(parts, kind):
    with parts.worker.store.reader() as session:
        return session.exec(select(kind)).all()


def dialog(page, name):
    found = page.get_by_role("dialog", name=name)
    tried(found)
    return found


def tried(found):
    """Waits until the past was looked at to its end."""
    found.get_by_text("looked at").wait_for(state="hidden", timeout=60_000)
    found.get_by_text(TRIED).wait_for()


def test_an_alert_is_made_changed_silenced_and_given_up_by_clicks_alone(line):
    page, parts = line
    say(page, "/leadtime borealis")
    page.get_by_role("button", name="Alert me…").click()
    found = dialog(page, "Alert me")
    found.get_by_label("This number (days)").fill("28")
    found.get_by_role("button", name="More options…").click()
    found.get_by_label("Severity").select_option("critical")
    found.get_by_label("Quiet hours begin").fill("20:00")
    found.get_by_role("button", name="Watch").click()
    found.get_by_text("Quiet hours need a beginning and an end").wait_for()
    found.get_by_label("Quiet hours end").fill("07:00")
    found.get_by_label("What to do then").fill("https://wiki.example.com/steel")
    found.get_by_label("Which figure").select_option("9 in 10 within (39 days now)")
    found.get_by_text("9 in 10 within: 39 days now").wait_for()
    tried(found)
    found.get_by_label("This number (days)").fill("28")
    found.get_by_role("button", name="Try it").click()
    found.get_by_text("looked at").wait_for()
    tried(found)
    found.get_by_role("button", name="Watch").click()
    found.wait_for(state="hidden")
    page.get_by_text("I watch Lead time Borealis Steel").wait_for()
    [row] = rows(parts, AlertRule)
    kept = {key: row.rule[key] for key in ("when", "figure", "severity", "quiet", "runbook")}
    assert kept == {
        "when": "above 28", "figure": "9 in 10 within", "severity": "critical",
        "quiet": "20:00-07:00", "runbook": "https://wiki.example.com/steel",
    }  # fmt: skip

    say(page, "/leadline alerts")
    page.get_by_role("button", name="Edit").click()
    found = dialog(page, "Change the alert")
    found.get_by_label("This number (days)").fill("30")
    found.get_by_role("button", name="Keep").click()
    found.wait_for(state="hidden")
    say(page, "/leadline alerts")
    page.locator("article", has_text="above 30 days").last.wait_for()

    page.get_by_label("Silence…").last.select_option("for 1 hour")
    page.get_by_text("I say nothing of it for an hour").wait_for()
    page.get_by_role("button", name="End silence").last.click()
    page.get_by_text("I speak of it again").wait_for()
    page.get_by_role("button", name="History").last.click()
    history = page.get_by_role("dialog", name="History")
    history.get_by_text("fires “above 28” → “above 30”").wait_for()
    history.get_by_role("button", name="Close").last.click()
    history.wait_for(state="hidden")
    page.get_by_role("button", name="Give up").last.click()
    page.get_by_role("button", name="Undo").last.click()
    page.get_by_text("I watch it again").wait_for()
    assert [one.action for one in rows(parts, Audit)] == [
        "made", "changed", "silenced", "silence ended", "given up", "taken back"
    ]  # fmt: skip
    assert rows(parts, AlertRule)[0].ended_at is None
