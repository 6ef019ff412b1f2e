"""A message that is sent late says so once, in the words of the zone, and never breaks a limit."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.claims import Claim, Message
from bot.lateness import MOST_BLOCKS, sent_late
from tests.bot.sending import NOON
from tests.bot.slack_judge import judge_message

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "a"}}
CONTEXT = {"type": "context", "elements": [{"type": "mrkdwn", "text": "b"}]}


def claim(blocks=(), error=None, meant_at=NOON, **more):
    message = Message("k", "C1", "text", list(blocks), (), **more)
    return Claim(1, 1, NOON, "t", message, NOON, 1, "", None, meant_at, 0, error)


def line(found, now):
    return sent_late(found, now, BERLIN).text.partition("\n")[2]


def test_a_message_is_late_after_five_minutes():
    assert line(claim(), NOON + 5 * MINUTE) == ""
    assert line(claim(), NOON + 6 * MINUTE) == "Written at 13:00 CET, sent late."


@pytest.mark.parametrize(
    "error", ["Slack can't be reached: gone", "Slack did not answer: x", "Slack answered 503"]
)
def test_the_reason_is_said_where_it_is_known(error):
    said = line(claim(error=error), NOON + 30 * MINUTE)
    assert said == "Written at 13:00 CET, sent late: Slack could not be reached."
    assert line(claim(error="invalid_auth"), NOON + 30 * MINUTE).endswith("sent late.")


def test_the_reason_is_said_too_where_another_message_met_it():
    late = NOON + 30 * MINUTE
    for missed_at, is_said in ((NOON + MINUTE, True), (NOON - MINUTE, False), (None, False)):
        said = sent_late(claim(), late, BERLIN, missed_at).text
        assert ("Slack could not be reached" in said) == is_said


def test_another_day_is_named():
    assert line(claim(), NOON + 12 * 60 * MINUTE) == "Written on 24 Nov at 13:00 CET, sent late."


def test_what_was_to_wait_is_late_from_then_on():
    waited = claim(meant_at=NOON + 60 * MINUTE)
    assert line(waited, NOON + 64 * MINUTE) == ""
    assert line(waited, NOON + 66 * MINUTE) == "Written at 14:00 CET, sent late."


def test_an_edit_says_what_is_so_now():
    assert line(claim(kind="edit", parent="a"), NOON + 60 * MINUTE) == ""


@pytest.mark.parametrize(
    "blocks", [[TEXT], [TEXT] * (MOST_BLOCKS - 1), [*[TEXT] * (MOST_BLOCKS - 1), CONTEXT]]
)
def test_the_line_stands_at_the_end_of_the_blocks(blocks):
    kept = [dict(one) for one in blocks]
    made = sent_late(claim(blocks), NOON + 60 * MINUTE, BERLIN)
    assert made.text == "text"
    assert made.blocks[-1]["elements"][-1]["text"] == "Written at 13:00 CET, sent late."
    judge_message(made.blocks, made.text)
    assert blocks == kept


def test_a_full_message_is_sent_as_it_is():
    full = [CONTEXT | {"elements": CONTEXT["elements"] * 10}]
    for blocks in ([TEXT] * MOST_BLOCKS, [TEXT] * (MOST_BLOCKS - 1) + full):
        found = claim(blocks)
        assert sent_late(found, NOON + 60 * MINUTE, BERLIN) == found.message
