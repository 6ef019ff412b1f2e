"""What people do in Slack and what they get, with Slack's own client in between."""

import pytest

from bot.outbox import Message, put
from tests.bot.conversation import (
    ADA,
    GENERAL,
    GUEST,
    NOOR,
    NOW,
    OPS,
    PARTNERS,
    SECRET,
    buttons,
    dialog,
    leadline,
    press,
    said,
)


@pytest.fixture(params=["socket", "http"])
def line(request, tmp_path):
    with leadline(tmp_path, is_http=request.param == "http") as found:
        yield found


@pytest.fixture(scope="module", params=["socket", "http"])
def talk(request, tmp_path_factory):
    """One conversation for questions that leave nothing behind."""
    folder = tmp_path_factory.mktemp("talk")
    with leadline(folder, is_http=request.param == "http") as (slack, _):
        yield slack


def asked(slack, user, channel, text):
    """The one message that a line brings."""
    before = len(slack.visible(user, channel))
    slack.say(user, channel, text)
    [answer] = slack.visible(user, channel)[before:]
    return answer


def test_a_slash_command_gets_an_answer_for_the_asker_alone(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadtime borealis")
    [answer] = said(slack, ADA, OPS)
    assert answer.blocks[0]["text"]["text"].startswith("*Borealis Steel takes 32 days*")
    assert said(slack, NOOR, OPS) == []


def test_both_ways_in_give_the_same_answer(tmp_path):
    answers = []
    for way in ("socket", "http"):
        folder = tmp_path / way
        folder.mkdir()
        with leadline(folder, is_http=way == "http") as (slack, _):
            slack.say(ADA, OPS, "/leadline lead-time by supplier last 90 days")
            [answer] = said(slack, ADA, OPS)
            answers.append((answer.text, answer.blocks))
    assert answers[0] == answers[1]


def test_a_button_asks_the_line_that_it_carries(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadtime")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "How is this computed?")
    answer = said(slack, ADA, OPS)[1]
    assert "Kaplan-Meier" in answer.blocks[0]["text"]["text"]
    assert answer.only_for == ADA


def test_sharing_asks_first_and_names_who_will_read_it(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadtime borealis")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    text = dialog(slack)["blocks"][0]["text"]["text"]
    assert "to #ops?" in text
    assert "4 people read it, among them 1 guest (Gus)." in text
    assert "supply" in text
    assert said(slack, NOOR, OPS) == []
    slack.submit(ADA, dialog(slack)["id"], {})
    [shared] = said(slack, NOOR, OPS)
    assert "Borealis Steel takes 32 days" in shared.text
    assert "Share to channel…" not in buttons(shared)


def test_a_share_that_is_confirmed_twice_is_posted_once(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadtime")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    view = dialog(slack)
    slack.submit(ADA, view["id"], {})
    slack.views[view["id"]] = view
    slack.submit(ADA, view["id"], {})
    assert len(said(slack, NOOR, OPS)) == 1


def test_a_share_that_is_cancelled_is_not_posted(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadtime")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    slack.close(ADA, dialog(slack)["id"])
    assert said(slack, NOOR, OPS) == []


@pytest.mark.parametrize(
    ("channel", "why"),
    [(GENERAL, "Not all who read"), (SECRET, "Invite me first")],
)
def test_what_a_channel_may_not_see_is_not_shared(line, channel, why):
    slack, _ = line
    slack.say(ADA, channel, "/leadtime")
    press(slack, ADA, channel, said(slack, ADA, channel)[0], "Share to channel…")
    assert why in dialog(slack)["blocks"][0]["text"]["text"]
    assert "submit" not in dialog(slack)
    assert len(said(slack, ADA, channel)) == 1


def test_rights_are_asked_again_when_a_share_is_posted(line):
    slack, parts = line
    slack.say(ADA, OPS, "/leadtime")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    parts.worker.desk.grant_of.__self__.entries = {}
    slack.submit(ADA, dialog(slack)["id"], {})
    assert said(slack, NOOR, OPS) == []
    assert "Not all who read" in said(slack, ADA, OPS)[1].text


@pytest.mark.parametrize(
    ("user", "channel"),
    [(NOOR, OPS), (GUEST, OPS), (ADA, PARTNERS)],
    ids=["no right", "guest", "shared with another company"],
)
def test_who_may_not_see_gets_no_figure_and_no_name(talk, user, channel):
    known, invented = (
        asked(talk, user, channel, f"/leadtime {name}") for name in ("borealis", "invented")
    )
    assert (known.text, known.blocks) == (invented.text, invented.blocks)
    assert "32" not in known.text


def test_nothing_at_all_is_posted_where_others_read_it(line):
    slack, parts = line
    for channel in (OPS, PARTNERS, SECRET):
        with parts.worker.store.writer() as session:
            put(session, Message(f"title in {channel}", channel, "Monday", [], ()), NOW)
    parts.worker.send()
    assert [len(said(slack, ADA, one)) for one in (OPS, PARTNERS, SECRET)] == [1, 0, 0]


def test_the_home_tab_says_what_can_be_asked_and_how_fresh_the_data_is(line):
    slack, _ = line
    slack.open_home(ADA)
    assert "Odoo" in str(slack.homes[ADA])
    assert "lead-time" in str(slack.homes[ADA])


@pytest.mark.parametrize(
    "text",
    ["", " \u00a0 ", "x" * 5_000, "a\0b", "\u202eabc\u200b", "<!channel>", "'; DROP TABLE party--",
     "“Borealis”", "lead-tiem", "lead-time last １２ days", "lead-time last ١٢ days",
     "lead-time last 1e9 days", "lead-time last -0 days", "lead-time last NaN days",
     "lead-time since 30/02", "lead-time tomorrow", "lead-time since 9999-01-01", "🚚🚚",
     "word " * 10_000, "lead-time <@U123|ann>", "lead-time by", "help", "status", "define"],
    ids=range(24),
)  # fmt: skip
def test_any_text_gets_an_answer(talk, text):
    answer = asked(talk, ADA, OPS, f"/leadline {text}")
    assert answer.user != "USLACKBOT", answer.text
    assert answer.text.strip()
    assert "<!channel>" not in answer.text
    assert "Traceback" not in str(answer.blocks)
