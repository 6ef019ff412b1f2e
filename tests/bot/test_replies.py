"""What is said to people; how it goes through Slack is in test_app.py."""

from slack_sdk.errors import SlackApiError

from bot.replies import REFUSED_PLACES
from commands import Answer, Notice
from tests.bot.conversation import ADA, GENERAL, NOOR, OPS, PARTNERS, SECRET, leadline


def replies(parts):
    """The replies behind a running app."""
    [listener] = [one for one in parts.app._listeners if "slash" in one.ack_function.__qualname__][
        :1
    ]
    handler = listener.ack_function.__closure__[0].cell_contents
    return handler.func.__self__.replies


def test_an_answer_for_one_is_marked_as_such(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        said = replies(parts).answer("lead-time", ADA, OPS)
        message = replies(parts).ephemeral(said)
        assert isinstance(said, Answer)
        assert message["response_type"] == "ephemeral"
        assert message["replace_original"] is False
        kinds = {block["type"] for block in replies(parts).plain(said)["blocks"]}
        assert not kinds & {"table", "data_visualization"}


def test_when_slack_does_not_say_who_asks_nothing_is_shown(tmp_path, monkeypatch):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)

        def fails(user, channel):
            raise SlackApiError("no", {"ok": False, "error": "internal_error"})

        monkeypatch.setattr(made.access, "asking", fails)
        said = made.answer("lead-time borealis", ADA, OPS)
        assert isinstance(said, Notice)
        assert "can't tell who asks" in said.title


def test_where_nothing_may_be_shared_it_says_why(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        why = {channel: made.share_view("lead-time", ADA, channel)
               for channel in (PARTNERS, SECRET, "D0ADA", GENERAL)}  # fmt: skip
        assert all(isinstance(one, Notice) for one in why.values())
        assert why[PARTNERS].text == REFUSED_PLACES["external"]
        assert why[SECRET].text == REFUSED_PLACES["unknown"]
        assert why["D0ADA"].text == REFUSED_PLACES["direct"]
        assert isinstance(made.share_view("lead-time", NOOR, OPS), Notice)
        assert made.share_view("lead-time", ADA, OPS)["type"] == "modal"
