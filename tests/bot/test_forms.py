"""What is printed is what is posted, and no colour goes where none is read."""

import json
from zoneinfo import ZoneInfo

import pytest

from bot.forms import formed
from tests.bot.conversation import ADA, OPS, leadline, replies, said
from tests.bot.test_text import BERLIN, answer


def test_the_blocks_are_those_that_are_posted(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        slack.say(ADA, OPS, "/leadline lead-time by supplier")
        [posted] = said(slack, ADA, OPS)
        found = replies(parts).answer("lead-time by supplier", ADA, OPS)
        printed = json.loads(formed(found, "blocks", ZoneInfo("UTC")))
    assert printed == {"text": posted.text, "blocks": posted.blocks}


@pytest.mark.parametrize("form", ["json", "blocks"])
def test_data_is_json(form):
    assert json.loads(formed(answer(("Acme", 1.0)), form, BERLIN))


def test_what_is_not_a_terminal_gets_no_colours():
    assert "\x1b" not in formed(answer(("Acme", 1.0)), "text", BERLIN)
    assert formed(answer(("Acme", 1.0)), "csv", BERLIN).startswith("Supplier,")
