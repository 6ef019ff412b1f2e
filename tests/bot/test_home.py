"""The home tab: tiles that ask, and an answer on the spot."""

import pytest
from sqlmodel import select

from bot.alerts.own import keep
from bot.alerts.rule import Rule
from storage.models import AlertRule
from tests.bot.conversation import (
    ADA,
    GUEST,
    NOOR,
    NOW,
    OPS,
    buttons,
    dialog,
    leadline,
    replies,
    send,
)

STEEL = Rule("", "lead-time borealis", OPS, "above 25", title="Lead time Borealis Steel",
             figure="median", unit="days", owner=ADA)  # fmt: skip

pytestmark = pytest.mark.slow  # conversations over HTTP


@pytest.fixture
def slack(tmp_path):
    with leadline(tmp_path, is_http=True) as (found, _):
        yield found


def home_of(slack, user):
    slack.open_home(user)
    return slack.homes[user]


def tiles(home):
    return [b["accessory"]["value"] for b in home["blocks"] if "accessory" in b]


def test_it_has_a_tile_for_what_people_ask_most(slack):
    home = home_of(slack, ADA)
    assert tiles(home)[:2] == ["lead-time", "churn"]
    assert "status" in tiles(home)
    assert len(home["blocks"]) <= 100


def test_a_tile_is_answered_in_the_tab_and_for_this_person_alone(slack):
    home = home_of(slack, ADA)
    slack.click(ADA, "", "", buttons(home)["lead-time"])
    assert "takes 32 days" in slack.homes[ADA]["blocks"][0]["text"]["text"]
    assert tiles(slack.homes[ADA]) == tiles(home)
    assert NOOR not in slack.homes
    assert slack.messages == []


def test_a_next_question_in_the_tab_is_answered_there_too(slack):
    home_of(slack, ADA)
    slack.click(ADA, "", "", {"action_id": "ask:0:1", "value": "lead-time by supplier"})
    tables = [b for b in slack.homes[ADA]["blocks"] if b["type"] in ("table", "data_table")]
    assert len(tables) == 1


def test_who_may_not_ask_has_no_tile_and_no_figure(slack):
    assert "lead-time" not in tiles(home_of(slack, NOOR))
    home = home_of(slack, GUEST)
    assert tiles(home) == []
    slack.click(GUEST, "", "", {"action_id": "ask:0:1", "value": "lead-time"})
    assert "32" not in str(slack.homes[GUEST]["blocks"][0])


def test_a_slack_that_knows_no_tables_gets_a_tab_without(slack):
    slack.unknown_blocks = {"table", "data_table"}
    assert "table" not in {block["type"] for block in home_of(slack, ADA)["blocks"]}


@pytest.fixture
def watched(tmp_path):
    """A home tab with one alert of Ada's, for a channel."""
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            keep(session, STEEL, ADA, NOW)
        yield slack, parts


def rules(parts):
    with parts.worker.store.reader() as session:
        return session.exec(select(AlertRule)).all()


def test_ones_own_alerts_stand_there_and_can_be_given_up_and_taken_back(watched):
    slack, parts = watched
    home = home_of(slack, ADA)
    assert "median goes above 25 days" in str(home)
    assert f"told in <#{OPS}>" in str(home)
    assert "Give up" not in buttons(home_of(slack, NOOR))
    slack.click(ADA, "", "", buttons(home)["Give up"])
    assert rules(parts)[0].ended_at == NOW
    assert "I gave up" in str(slack.homes[ADA]["blocks"][0])
    assert "Give up" not in buttons(slack.homes[ADA])
    slack.click(ADA, "", "", buttons(slack.homes[ADA])["Undo"])
    assert rules(parts)[0].ended_at is None
    assert "Give up" in buttons(slack.homes[ADA])


def test_what_stood_of_an_alert_that_was_given_up_fires_there_no_more(watched):
    slack, parts = watched
    parts.worker.tick(NOW, to_the_end=True)
    home = home_of(slack, ADA)
    assert "firing since" in str(home)
    slack.click(ADA, "", "", buttons(home)["Give up"])
    slack.click(ADA, "", "", buttons(slack.homes[ADA])["Undo"])
    assert "not looked at yet" in str(slack.homes[ADA])
    assert "firing since" not in str(slack.homes[ADA])


def test_an_alert_is_changed_from_there_and_the_tab_says_so(watched):
    slack, parts = watched
    slack.click(ADA, "", "", buttons(home_of(slack, ADA))["Edit"])
    assert send(slack, ADA, value="31") == {}
    assert rules(parts)[0].rule["when"] == "above 31"
    assert dialog(slack) is None
    assert "I watch Lead time Borealis Steel" in str(slack.homes[ADA]["blocks"][0])


def test_it_names_no_alert_that_one_may_no_longer_see(watched):
    slack, parts = watched
    replies(parts).access.entries = {}
    home = home_of(slack, ADA)
    assert "Borealis" not in str(home)
    assert "An alert that you may not see" in str(home)
    slack.click(ADA, "", "", buttons(home)["Give up"])
    assert rules(parts)[0].ended_at is not None
