import json

import pytest

from bot.demo._slack_api import METHODS, call
from tests.bot.demo.small_slack import BOT, ask, small_slack


@pytest.fixture
def slack():
    return small_slack()


@pytest.mark.parametrize("method", METHODS)
def test_without_our_token_nothing_is_told(slack, method):
    assert call(slack, method, {}, "xoxb-wrong") == {"ok": False, "error": "invalid_auth"}


def test_a_method_that_is_not_there_is_told(slack):
    assert ask(slack, "admin.everything")["error"] == "unknown_method"


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("usergroups.users.list", {"usergroup": "S1"}, "no_such_subteam"),
        ("files.getUploadURLExternal", {"filename": "x"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"channel_id": "C9"}, "channel_not_found"),
        ("files.completeUploadExternal", {"channel_id": "C1", "files": "[]"}, "file_not_found"),
    ],
)
def test_what_cannot_be_done_is_told_as_slack_tells_it(slack, method, args, error):
    assert ask(slack, method, **args)["error"] == error


def test_we_are_told_who_we_are(slack):
    assert ask(slack, "auth.test")["user_id"] == BOT


def test_a_file_is_announced_and_shared_in_a_conversation_that_was_opened(slack):
    direct = ask(slack, "conversations.open", users="U1")["channel"]["id"]
    url = ask(slack, "files.getUploadURLExternal", filename="x.csv", length=1)
    slack.files.upload(url["file_id"], b"x")
    files = json.dumps([{"id": url["file_id"]}])
    done = ask(
        slack, "files.completeUploadExternal", files=files, channel_id=direct, thread_ts="7.0"
    )
    assert done["ok"]
    assert [(one.files[0]["name"], one.thread) for one in slack.messages] == [("x.csv", "7.0")]
