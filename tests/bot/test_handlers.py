"""Being named, written to and clicked on, through a whole workspace."""

import pytest

from bot.demo._members import BOT
from bot.settings import Access
from storage.models import Quarantine
from storage.store import Store
from tests.bot import conversation
from tests.bot.conversation import (
    ADA,
    GUEST,
    NOOR,
    NOW,
    OPS,
    PARTNERS,
    buttons,
    leadline,
    press,
    said,
)

pytestmark = pytest.mark.slow  # conversations over HTTP

ALONE = "D0ADA"


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        yield found


def texts(slack, viewer, channel):
    return [one.text for one in said(slack, viewer, channel)]


def test_who_names_the_bot_in_a_channel_gets_an_answer_that_nobody_else_sees(line):
    slack, _ = line
    slack.say(ADA, OPS, "@Leadline lead-time borealis")
    [answer] = said(slack, ADA, OPS)
    assert "Borealis Steel takes 32 days" in answer.text
    assert answer.only_for == ADA
    assert "Share to channel…" in buttons(answer)
    assert said(slack, NOOR, OPS) == []


def test_the_answer_stands_in_the_thread_of_the_question_and_else_in_the_channel(line):
    slack, _ = line
    begun = slack.post(OPS, NOOR, "Where is the steel?")
    slack.say(ADA, OPS, "@Leadline lead-time borealis", thread=begun.ts)
    slack.say(ADA, OPS, "@Leadline lead-time borealis")
    assert [one.thread for one in said(slack, ADA, OPS)] == [begun.ts, None]


@pytest.mark.parametrize(("user", "channel"), [(GUEST, OPS), (NOOR, OPS), (ADA, PARTNERS)])
def test_who_may_not_see_gets_no_figure_by_a_mention_either(line, user, channel):
    slack, _ = line
    slack.say(user, channel, "@Leadline lead-time borealis")
    [text] = texts(slack, user, channel)
    assert "32" not in text


def test_a_line_written_to_the_bot_alone_is_answered_under_the_persons_own_right(line):
    slack, _ = line
    slack.say(ADA, ALONE, "lead-time borealis")
    slack.say(NOOR, "D0NOOR", "lead-time borealis")
    [answer] = said(slack, ADA, ALONE)
    assert "Borealis Steel takes 32 days" in answer.text
    assert answer.only_for is None
    assert "Share to channel…" not in buttons(answer)
    assert "32" not in texts(slack, NOOR, "D0NOOR")[0]


def test_what_is_asked_by_a_button_alone_with_the_bot_stays_there(line):
    slack, _ = line
    slack.say(ADA, ALONE, "lead-time")
    press(slack, ADA, ALONE, said(slack, ADA, ALONE)[0], "Borealis Steel")
    assert said(slack, ADA, ALONE)[1].only_for is None


def test_an_event_that_slack_tells_again_is_answered_once(line):
    slack, _ = line
    event = {"type": "message", "channel_type": "im", "channel": ALONE, "user": ADA,
             "text": "lead-time", "ts": "1.0"}  # fmt: skip
    body = slack.payloads.event(event)
    for _ in range(3):
        slack.deliver("events_api", body)
    assert len(said(slack, ADA, ALONE)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"user": BOT},
        {"bot_id": "B0OTHER"},
        {"user": "", "subtype": "bot_message"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"edited": {"user": ADA, "ts": "2.0"}},
        {"channel": OPS, "channel_type": "channel"},
    ],
    ids=str,
)
def test_what_no_person_asks_is_not_answered(tmp_path, more):
    with leadline(tmp_path, is_http=True) as (slack, _):
        event = {"type": "message", "channel_type": "im", "channel": ALONE, "user": ADA,
                 "text": "lead-time", "ts": "1.0", **more}  # fmt: skip
        slack.deliver("events_api", slack.payloads.event(event))
        assert said(slack, ADA, ALONE) == said(slack, ADA, OPS) == []


@pytest.mark.parametrize("text", ["", "  ", "hello there", "lead-time &lt;!channel&gt;", "🦊"])
def test_any_line_gets_an_answer(tmp_path, text):
    with leadline(tmp_path, is_http=True) as (slack, _):
        slack.say(ADA, OPS, f"@Leadline {text}")
        [answer] = said(slack, ADA, OPS)
        assert answer.text.strip()
        assert "<!channel>" not in str(answer.blocks)


def test_a_slack_that_knows_no_charts_and_tables_gets_the_same_in_words(line):
    slack, _ = line
    slack.unknown_blocks = {"table", "data_table", "data_visualization"}
    slack.say(ADA, OPS, "/leadtime")
    slack.say(ADA, OPS, "@Leadline lead-time")
    slack.say(ADA, ALONE, "lead-time")
    shown = [*said(slack, ADA, OPS), *said(slack, ADA, ALONE)]
    assert len(shown) == 3
    for one in shown:
        assert "takes 32 days" in one.blocks[0]["text"]["text"]
        assert "Borealis Steel  32 d" in one.blocks[1]["text"]["text"].replace("\u00a0", " ")


def the_file(slack, viewer, channel):
    """The file that came to a conversation, once it is there."""
    seq = 0
    for _ in range(50):
        for event in slack.events(viewer, seq, wait=5):
            seq = event["seq"]
            if event["kind"] == "message" and event["message"].get("files"):
                assert event["message"]["channel"] == channel
                [shown] = event["message"]["files"]
                return slack.files.read(shown["id"])
    raise AssertionError("no file came")


def told(slack, viewer, channel, count):
    """The bot's messages in a channel, once there are so many."""
    seq = 0
    while len(said(slack, viewer, channel)) < count:
        found = slack.events(viewer, seq, wait=5)
        assert found, "nothing more came"
        seq = found[-1]["seq"]
    return said(slack, viewer, channel)


def test_the_rows_of_an_answer_come_as_a_file_to_the_asker_alone(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadtime by supplier")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "CSV to me")
    file = the_file(slack, ADA, ALONE)
    rows = file.content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Supplier,Median (d),9 in 10 (d)")
    assert rows[1].startswith("Borealis Steel,32")
    assert file.name == "lead-time-by-supplier-2026-03-01.csv"
    assert "I sent it to you" in told(slack, ADA, OPS, 2)[1].text
    assert not [one for one in slack.messages if one.files and one.channel != ALONE]


def test_rights_are_asked_again_before_a_file_is_sent(line):
    slack, parts = line
    slack.say(ADA, OPS, "/leadtime")
    answer = said(slack, ADA, OPS)[0]
    parts.worker.desk.grant_of.__self__.entries = {}
    press(slack, ADA, OPS, answer, "CSV to me")
    assert "nothing that I may show you" in told(slack, ADA, OPS, 2)[1].text
    assert not [one for one in slack.messages if one.files]


def test_an_answer_without_a_table_has_no_file(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadline help")
    assert "CSV to me" not in buttons(said(slack, ADA, OPS)[0])
    assert "CSV of these rows" not in buttons(said(slack, ADA, OPS)[0])


def test_the_menu_of_a_message_offers_what_the_message_names(line):
    slack, _ = line
    message = slack.post(OPS, NOOR, "Borealis Steel &amp; <@U0GUEST|gus>: where are my coils?")
    slack.use_shortcut(ADA, OPS, message.ts, "lookup")
    [found] = said(slack, ADA, OPS)
    assert found.only_for == ADA
    assert list(buttons(found)) == ["Borealis Steel"]
    press(slack, ADA, OPS, found, "Borealis Steel")
    assert "Borealis Steel takes 32 days" in said(slack, ADA, OPS)[1].text


def test_who_may_not_see_a_name_does_not_find_it_in_a_message(line):
    slack, _ = line
    named = slack.post(OPS, ADA, "Borealis Steel is late")
    slack.use_shortcut(GUEST, OPS, named.ts, "lookup")
    other = slack.post(OPS, ADA, "good morning")
    slack.use_shortcut(GUEST, OPS, other.ts, "lookup")
    first, second = said(slack, GUEST, OPS)
    assert (first.text, first.blocks) == (second.text, second.blocks)


def test_the_rows_behind_a_figure_come_from_where_it_is_explained(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadline lead-time borealis since 2026-01-01")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "How is this computed?")
    explained = said(slack, ADA, OPS)[1]
    assert "Counted: 20 received." in explained.text
    assert list(buttons(explained)) == ["The answer", "CSV of these rows", "Share to channel…"]
    press(slack, ADA, OPS, explained, "CSV of these rows")
    rows = the_file(slack, ADA, ALONE).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Order,Supplier,Item,Ordered,Ended,State,Days (d)"
    assert len(rows) == 21


def test_all_of_it_goes_by_socket_mode_as_well(tmp_path):
    with leadline(tmp_path) as (slack, _):
        slack.say(ADA, OPS, "@Leadline lead-time borealis")
        slack.say(ADA, ALONE, "lead-time borealis")
        message = slack.post(OPS, NOOR, "Borealis Steel?")
        slack.use_shortcut(ADA, OPS, message.ts, "lookup")
        slack.open_home(ADA)
        slack.click(ADA, "", "", buttons(slack.homes[ADA])["lead-time"])
        named, found = said(slack, ADA, OPS)
        assert "takes 32 days" in named.text
        assert list(buttons(found)) == ["Borealis Steel"]
        assert "takes 32 days" in texts(slack, ADA, ALONE)[0]
        assert "takes 32 days" in str(slack.homes[ADA]["blocks"][0])
        press(slack, ADA, OPS, named, "Alert me…")
        assert slack.views


def test_an_operator_looks_at_the_refused_rows_behind_their_button(tmp_path, monkeypatch):
    rights = {**conversation.ACCESS, "operators": Access((ADA,))}
    monkeypatch.setattr(conversation, "ACCESS", rights)
    with leadline(tmp_path, is_http=True) as (slack, _):
        store = Store(f"sqlite:///{tmp_path}/world.db")
        with store.writer() as session:
            session.add(
                Quarantine(source="odoo:erp", stream="orders", source_id="PO7", payload_hash="0",
                           error="no date", first_seen_at=NOW, last_seen_at=NOW)
            )  # fmt: skip
        store.close()
        slack.say(ADA, ALONE, "status")
        press(slack, ADA, ALONE, said(slack, ADA, ALONE)[0], "Show 1 refused row")
        shown = said(slack, ADA, ALONE)[1]
        assert "PO7" in str(shown.blocks)
        assert "no date" in str(shown.blocks)
        slack.say(NOOR, "D0NOOR", "status refused")
        assert "no date" not in str(said(slack, NOOR, "D0NOOR")[0].blocks)
