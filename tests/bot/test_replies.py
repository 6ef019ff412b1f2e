"""What is said to people; how it goes through Slack is in test_app.py."""

from slack_sdk.errors import SlackApiError

from commands import Answer, Notice
from tests.bot.conversation import ADA, OPS, leadline, replies


def test_an_answer_is_a_text_and_blocks_and_can_be_shared_from_a_channel(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        said = replies(parts).answer("lead-time", ADA, OPS)
        assert isinstance(said, Answer)
        assert set(replies(parts).message(said, OPS)) == {"text", "blocks"}
        assert "Share to channel…" in str(replies(parts).message(said, OPS))
        assert "Share to channel…" not in str(replies(parts).message(said, "D0ADA"))


def test_when_slack_does_not_say_who_asks_nothing_is_shown(tmp_path, monkeypatch):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)

        def fails(user, channel):
            raise SlackApiError("no", {"ok": False, "error": "internal_error"})

        monkeypatch.setattr(made.access, "asking", fails)
        said = made.answer("lead-time borealis", ADA, OPS)
        assert isinstance(said, Notice)
        assert "can't tell who asks" in said.title


def test_a_request_is_taken_once(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        assert [replies(parts).take(key) for key in ("a", "b", "a")] == [True, True, False]
