"""What becomes of a message, for every way in which Slack fails."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.post import Absent, Doubt, Later, Posted, Refused, Slack, Unsure, web_client
from tests.bot.slack_server import slack_server

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BLOCKS = [{"type": "divider"}]


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


@pytest.fixture
def slack(server):
    return Slack(WebClient("xoxb-1", base_url=server.url, timeout=1, retry_handlers=[]))


def post(slack):
    return slack.post("C1", "hello", BLOCKS, "k1")


def test_a_message_is_posted_with_its_key_in_the_metadata(server, slack):
    assert post(slack) == Posted("1800000000.000100")
    (message,) = server.messages
    assert message["metadata"] == {"event_type": "leadline_post", "event_payload": {"key": "k1"}}
    assert (message["blocks"], message["text"]) == (BLOCKS, "hello")
    assert (message["unfurl_links"], message["unfurl_media"]) == (False, False)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("429", Later), ("500", Unsure), ("500-after", Unsure), ("drop", Unsure),
     ("drop-after", Unsure), ("hang-after", Unsure), ("internal_error", Unsure),
     ("invalid_auth", Later), ("missing_scope", Later), ("channel_not_found", Refused),
     ("is_archived", Refused), ("invalid_blocks", Refused), ("msg_too_long", Refused)],
)  # fmt: skip
def test_a_failure_means_what_it_means_and_is_never_tried_again_here(server, slack, fault, kind):
    server.faults += [fault] * 2
    assert isinstance(post(slack), kind)
    tries = 2 if fault == "invalid_blocks" else 1  # once with the text alone
    assert server.requests == ["chat.postMessage"] * tries


def test_the_pause_is_as_long_as_slack_asks(server, slack):
    server.faults.append("429")
    assert post(slack).after == timedelta(seconds=30)
    server.retry_after, server.faults = "soon", ["429"]
    assert post(slack).after > timedelta(0)


def test_blocks_that_slack_does_not_know_are_left_out(server, slack):
    server.faults += ["no-blocks", "no-blocks"]
    assert post(slack) == Posted("1800000000.000100", "invalid_blocks")
    assert server.messages[0].get("blocks") is None


def test_a_slack_that_can_not_be_reached_has_nothing():
    with slack_server() as server:
        url = server.url
    assert isinstance(post(Slack(web_client("xoxb-1", url))), Later)


def test_a_message_is_found_by_its_key_on_any_page(server, slack):
    server.page = 2
    for number in range(5):
        slack.post("C1", "hello", [], f"k{number}")
    assert slack.find("C1", "k0", LONG_AGO) == Posted("1800000000.000100")
    assert slack.find("C1", "k9", LONG_AGO) == Absent()
    assert slack.find("C2", "k0", LONG_AGO) == Absent()


def test_looking_back_ends_where_the_message_can_not_be(server, slack):
    server.page = 2
    for number in range(9):
        slack.post("C1", "hello", [], f"k{number}")
    since = datetime.fromtimestamp(server.first_ts, UTC) + timedelta(days=1)
    assert slack.find("C1", "k9", since) == Absent()
    assert server.requests.count("conversations.history") == 1


def test_a_channel_with_too_much_in_it_leaves_a_doubt(server, slack):
    server.page = 1
    for number in range(11):
        slack.post("C1", "hello", [], f"k{number}")
    assert isinstance(slack.find("C1", "k0", LONG_AGO), Doubt)


@pytest.mark.parametrize("fault", ["missing_scope", "not_in_channel", "channel_not_found"])
def test_a_history_that_may_not_be_read_leaves_a_doubt(server, slack, fault):
    server.history_faults.append(fault)
    assert isinstance(slack.find("C1", "k1", LONG_AGO), Doubt)


@pytest.mark.parametrize("fault", ["429", "500", "drop", "internal_error", "invalid_auth"])
def test_a_history_that_can_be_read_later_leaves_the_question_open(server, slack, fault):
    server.history_faults.append(fault)
    assert isinstance(slack.find("C1", "k1", LONG_AGO), Unsure)


def test_a_persons_id_is_the_conversation_with_that_person(server, slack):
    assert isinstance(slack.post("U0ADA", "hello", [], "k1"), Posted)
    assert [one["channel"] for one in server.messages] == ["D0ADA"]
    assert isinstance(slack.find("U0ADA", "k1", LONG_AGO), Posted)
    assert isinstance(slack.find("U0NOOR", "k1", LONG_AGO), Absent)
