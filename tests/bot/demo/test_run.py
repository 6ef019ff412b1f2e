"""The demo as a person meets it: in a real browser."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.demo.hands import say

ROOT = Path(__file__).parents[3]
# of its own work; on a machine that does other things too it takes longer by the clock
CPU_SECONDS, READY_WITHIN = 30, 180


@pytest.fixture(scope="session")
def demo(tmp_path_factory, browser, built):
    """The demo in a process of its own: its address, its folder, what it said, and how many
    seconds of CPU it had used when a first answer was on screen.
    """
    keep, begun = tmp_path_factory.mktemp("kept"), time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--keep", str(keep)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    said = []
    reader = threading.Thread(target=lambda: said.extend(iter(process.stdout.readline, "")))
    reader.start()
    ends = begun + READY_WITHIN
    while not any("Ready" in line for line in said):
        assert process.poll() is None, "".join(said)
        assert time.monotonic() < ends, "".join(said)
        reader.join(0.2)
    address = next(word for line in said for word in line.split() if word.startswith("http://"))
    first = browser.new_page()
    first.goto(address)
    assert "days" in ask(first, "/leadtime").inner_text()
    yield address, keep, said, cpu_seconds(process.pid)
    first.close()
    process.send_signal(2)
    assert process.wait(20) == 0
    reader.join(5)
    process.stdout.close()


@pytest.fixture
def page(demo, opened):
    made = opened(demo[0])
    # a first answer is there already: those to come are counted from it
    made.locator("article", has_text="Only visible to you").first.wait_for()
    return made


def cpu_seconds(pid):
    """What a process has used so far, with the children that it waited for."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def answers(page):
    # an alert may be posted at the same time: it is for everyone
    return page.locator("article", has_text="Only visible to you")


def ask(page, line):
    before = answers(page).count()
    page.locator(".composer input").fill(line)
    page.locator(".composer input").press("Enter")
    answer = answers(page).nth(before)
    answer.wait_for(timeout=10_000)
    return answer


def be(page, name):
    page.locator(".who select").select_option(label=name)
    page.wait_for_timeout(300)


pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def test_lead_time_is_answered_with_a_chart_a_table_and_its_basis(page):
    answer = ask(page, "/leadtime borealis")
    text = answer.inner_text()
    assert "Borealis Steel takes" in text
    assert "▲ slower" in text
    assert "Only visible to you" in text
    assert "lead-time@" in text
    assert answer.locator("table").count() >= 1
    assert answer.locator("svg").count() >= 1
    assert answer.locator("strong").first.inner_text().startswith("Borealis Steel takes")


def test_churn_names_the_customer_who_went_quiet(page):
    answer = ask(page, "/churn")
    assert "Nordwind Retail" in answer.inner_text()
    before = answers(page).count()
    answer.get_by_role("button", name="Why").first.click()
    answers(page).nth(before).get_by_text("Last order").wait_for()
    assert "usually every" in ask(page, "/churn nordwind").inner_text()


def test_nothing_is_wider_than_its_place(page):
    ask(page, "/leadtime")
    ask(page, "/churn")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1100
    wide = page.evaluate(
        "[...document.querySelectorAll('article table')]"
        ".filter(t => t.getBoundingClientRect().right > innerWidth).length"
    )
    assert wide == 0


def test_the_composer_completes_slash_commands(page):
    field = page.locator(".composer input")
    field.fill("/l")
    offers = page.locator(".offers li")
    assert offers.count() == 2
    field.press("ArrowDown")
    field.press("Enter")
    assert field.input_value() == "/leadline "
    field.fill("/leadline stat")
    assert page.locator(".offers li b", has_text="/leadline status").count() == 1
    field.press("Escape")
    assert offers.count() == 0


def test_sharing_asks_and_then_everyone_reads_it(page):
    answer = ask(page, "/leadtime danube")
    answer.get_by_role("button", name="Share to channel…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("#operations").wait_for()
    dialog.get_by_role("button", name="Post").click()
    page.get_by_text("Shared by").last.wait_for(timeout=10_000)
    be(page, "Noor, sales")
    page.get_by_text("Danube Fasteners takes").last.wait_for()


def test_a_guest_gets_no_figure(page):
    be(page, "Gus, guest")
    page.get_by_role("button", name="general").click()
    text = ask(page, "/leadtime borealis").inner_text()
    assert "Borealis Steel" not in text


def test_the_home_tab_shows_what_can_be_asked(page):
    page.get_by_role("button", name="Leadline home").click()
    page.get_by_text("What you can ask").wait_for()
    page.get_by_text("streams are fresh").wait_for()


def test_the_alert_of_the_supplier_who_slows_down_comes_by_itself(page):
    page.get_by_text("above 36 days").first.wait_for(timeout=30_000)


def test_suppliers_that_let_us_wait_share_one_message_of_which_one_is_acknowledged(page):
    card = page.locator("article", has_text="Suppliers let us wait").first
    card.get_by_text("Borealis Steel").first.wait_for(timeout=30_000)
    card.get_by_role("button", name="Acknowledge").click()
    card.get_by_text("by Ada").first.wait_for()
    card.locator(".replies").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_text("Acknowledged by Ada").first.wait_for()


def test_the_digests_and_rules_of_the_file_are_listed(page):
    say(page, "/leadline digests")
    page.get_by_text("Monday operations").last.wait_for()
    say(page, "/leadline alerts")
    page.get_by_text("Steel slows down").last.wait_for()


def test_an_owner_in_the_data_is_found_in_slack_by_the_address(demo):
    links = "SELECT name, slack_user FROM ownerlink"
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with closing(sqlite3.connect(f"file:{demo[1]}/leadline.db?mode=ro", uri=True)) as store:
            if found := dict(store.execute(links).fetchall()):
                break
        time.sleep(0.2)
    assert found["noor.haddad@works.example"] == "U0NOOR"
    assert found["tom.okafor@works.example"] == ""


def test_the_first_answer_is_there_within_half_a_minute(demo):
    assert 1 < demo[3] < CPU_SECONDS


def test_it_starts_without_a_complaint(demo):
    assert not [line for line in demo[2] if "WARNING" in line or "failed" in line]


def test_what_it_ran_with_is_kept_and_can_be_run_again(demo):
    keep = demo[1]
    assert (keep / ".env").stat().st_mode & 0o077 == 0
    for words, said in (
        ("check", "hubspot:crm: "),
        ('ask "lead-time borealis" --user U0ADA', "Borealis Steel takes"),
        ("ask lead-time --user U0GUS", "nothing that I may show you"),
    ):
        line = f"set -a && . {keep}/.env && exec {sys.executable} -m bot {words}"
        again = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert said in again.stdout, again.stdout + again.stderr


def test_what_is_kept_is_not_written_over(demo):
    keep = demo[1]
    words = [sys.executable, "-m", "bot", "demo", "--keep", str(keep)]
    again = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "there is a leadline.toml already" in again.stderr


def test_only_this_machine_is_served(demo):
    request = urllib.request.Request(f"{demo[0]}/browser/state", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(request)
    refused.value.close()
