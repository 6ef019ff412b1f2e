import pytest

from bot.written import line_of, read

BOT = "U0BOT"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<@U0BOT> lead-time borealis", "lead-time borealis"),
        ("  hey <@U0BOT|leadline>  churn ", "hey churn"),
        ("`lead-time acme`", "lead-time acme"),
        ("lead-time Ben &amp; Söhne", "lead-time Ben & Söhne"),
        ("customer <http://acme.example|acme.example>", "customer acme.example"),
        ("<https://x.example/a>", "https://x.example/a"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("<mailto:a@x.example>", "a@x.example"),
        ("order 5 &lt; 6", "order 5 < 6"),
        ("who is <@U0ADA|ada> in <#C1|ops>", "who is ada in ops"),
        ("", ""),
    ],
)
def test_a_line_is_what_a_person_reads(text, line):
    assert line_of(text, BOT) == line


def body(**more):
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "churn", **more}
    return {"event_id": "Ev1", "event": event}


def test_a_mention_and_a_direct_message_are_read():
    found = read(body(thread_ts="7.0"), BOT)
    assert (found.line, found.user, found.channel) == ("churn", "U1", "C1")
    assert (found.thread, found.is_direct) == ("7.0", False)
    assert read(body(type="message", channel="D1", channel_type="im"), BOT).is_direct
    assert read(body(type="message", channel="D1", subtype="file_share"), BOT).is_direct


@pytest.mark.parametrize(
    "odd",
    [{}, {"event": None}, {"event_id": "Ev1", "event": {}}, {**body(), "event_id": ""},
     body(type="message"), body(channel="D1"), body(user=None), body(user=BOT), body(bot_id="B1"),
     body(type="message", channel="D1", subtype="message_deleted")],
    ids=str,
)  # fmt: skip
def test_what_is_no_question_of_a_person_is_none(odd):
    assert read(odd, BOT) is None
