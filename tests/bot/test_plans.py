"""What is sent when Slack does not take what we would like to send."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.blocks import blocks
from bot.plans import forms, has_newest, taken
from tests.bot.test_blocks import UTC_ZONE, answer, chart, kinds, table

MANY = answer(chart=chart(), table=table([("Borealis", 43), *[("Cobalt", None)] * 13]))


def test_first_a_table_without_pages_then_words():
    rich, simple, plain = forms(blocks(MANY, UTC_ZONE))
    assert kinds(rich)[:3] == ["section", "data_visualization", "data_table"]
    assert kinds(simple)[:4] == ["section", "data_visualization", "table", "context"]
    assert len(simple[2]["rows"]) == 11
    assert simple[3]["elements"][0]["text"] == "10 of 14 rows shown"
    assert simple[2]["column_settings"][1]["align"] == "right"
    assert {cell["type"] for row in simple[2]["rows"] for cell in row} == {"raw_text", "rich_text"}
    assert "data_visualization" not in kinds(plain)
    assert "Borealis  43 d" in plain[1]["text"]["text"]


def test_what_is_simple_has_one_form():
    simple = blocks(answer(), UTC_ZONE)
    assert forms(simple) == [simple]
    assert not has_newest(simple)
    assert has_newest(blocks(MANY, UTC_ZONE))


def refusing(error, *kinds_refused):
    sent = []

    def send(form):
        sent.append(form)
        if set(kinds(form)) & set(kinds_refused):
            raise SlackApiError("no", {"ok": False, "error": error})
        return len(sent)

    return send


@pytest.mark.parametrize(
    ("refused", "tries"),
    [((), 1), (("data_table",), 2), (("data_table", "data_visualization"), 3), (("table",), 1)],
)
def test_the_richest_form_that_slack_takes_is_sent(refused, tries):
    assert taken(refusing("invalid_blocks", *refused), blocks(MANY, UTC_ZONE)) == tries


def test_any_other_refusal_is_not_tried_again():
    send = refusing("channel_not_found", "data_table")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        taken(send, blocks(MANY, UTC_ZONE))
