"""The home tab: tiles that ask, and an answer on the spot."""

import pytest

from tests.bot.conversation import ADA, GUEST, NOOR, buttons, leadline

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
