"""What is said to people; how it goes through Slack is in test_app.py."""

from slack_sdk.errors import SlackApiError

from bot.replies import Drawn
from commands import Answer, Grant, Notice
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


def test_a_person_decides_on_links_and_a_share_does_not(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        grant = Grant.everything()
        refused = made.ask("links confirm abcdef", OPS, grant)
        assert "Only a person" in refused.title
        asked = made.ask("links confirm abcdef", OPS, grant, ADA)
        assert "That pair is not there" in asked.title


def listed(made, words, user, channel):
    return Drawn(f"{user} in {channel}: {words}", [])


def test_a_page_answers_the_line_and_the_sentence_that_ask_for_it(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        made.pages = {"digests": listed}
        for line, words in (
            ("digests", []),
            ("digest new", ["new"]),
            ("what do you post in this channel?", []),
        ):
            said = made.answer(line, ADA, OPS)
            assert said == Drawn(f"{ADA} in {OPS}: {words}", [])
            assert made.message(said, OPS) == {"text": said.text, "blocks": []}


def test_help_on_a_page_and_its_answer_elsewhere_stay_plain(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        made.pages = {"digests": listed}
        for said in (made.answer("digests help", ADA, OPS), made.figures("digests", ADA, OPS)):
            assert isinstance(said, Notice)
            assert not said.error
