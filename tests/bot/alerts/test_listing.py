"""`/leadline alerts`: whose rules it shows, how they stand, and what can be done from there."""

import pytest

from bot.alerts.listing import ON_PAGE, number, page
from bot.alerts.own import keep
from bot.alerts.rule import Rule
from bot.settings import Access
from commands import Notice
from storage.models import RuleState
from tests.bot.conversation import (
    ACCESS,
    ADA,
    GUEST,
    NOOR,
    NOW,
    OPS,
    buttons,
    leadline,
    press,
    replies,
    said,
)

pytestmark = pytest.mark.slow  # conversations over HTTP

STEEL = Rule(
    "", "lead-time borealis", OPS, "above 25", title="Lead time Borealis Steel", figure="median",
    unit="days", owner=ADA,
)  # fmt: skip
DECLARED = Rule("tin", "lead-time", OPS, "above 900", title="Lead time of all")


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        yield found


def kept(parts, rule=STEEL, owner=ADA):
    with parts.worker.store.writer() as session:
        return keep(session, rule, owner, NOW).id


def listed(slack, user=ADA, channel=OPS):
    slack.say(user, channel, "/leadline alerts")
    return said(slack, user, channel)[-1]


def text(message):
    return "\n".join(one["text"]["text"] for one in message.blocks if one["type"] == "section")


def test_where_nothing_is_watched_it_says_how_to_begin(line):
    slack, _ = line
    assert "Nothing is watched here" in listed(slack).text


def test_it_says_what_is_watched_when_and_whose_it_is(line):
    slack, parts = line
    kept(parts)
    shown = text(listed(slack))
    assert "*1 alert* for you and this channel" in shown
    assert "*Lead time Borealis Steel*: median goes above 25 days" in shown
    assert "⚪ not looked at yet" in shown
    assert f"of <@{ADA}> · told in <#{OPS}>" in shown
    parts.worker.tick(NOW, to_the_end=True)
    assert "🔴 firing since 1 Mar 12:00 UTC" in text(listed(slack))


def test_a_rule_of_the_file_is_marked_and_read_only(line):
    slack, parts = line
    replies(parts).rules = (DECLARED,)
    message = listed(slack)
    assert "made in leadline.toml, and changed there" in text(message)
    assert set(buttons(message)) == {"History", "New…"}


def test_one_sees_the_rules_of_the_channel_and_ones_own_and_no_others(line):
    slack, parts = line
    for where, owner in ((OPS, NOOR), (ADA, ADA), (NOOR, NOOR), ("C0OTHER", NOOR)):
        kept(parts, Rule("", "lead-time", where, "above 9", title=f"{owner} in {where}"), owner)
    shown = text(listed(slack))
    assert f"{ADA} in {ADA}" in shown
    assert f"{NOOR} in {OPS}" in shown
    assert "C0OTHER" not in shown
    assert f"{NOOR} in {NOOR}" not in shown


def test_who_may_not_see_it_reads_no_name_and_has_no_buttons(line):
    slack, parts = line
    kept(parts)
    parts.worker.tick(NOW, to_the_end=True)
    message = listed(slack, GUEST)
    assert "Borealis" not in str(message.blocks)
    assert "25" not in text(message)
    assert "An alert that you may not see" in text(message)
    assert set(buttons(message)) == {"New…"}


def test_a_hundred_rules_are_turned_over_in_pages_that_slack_takes(line):
    slack, parts = line
    for at in range(100):
        kept(parts, Rule("", "lead-time", OPS, "above 900", title=f"Rule {at:03}"), f"U{at % 9}")
    replies(parts).access.entries = ACCESS | {"operators": Access((ADA,))}
    message, seen = listed(slack), []
    for _ in range(20):
        assert len(message.blocks) <= 50
        seen += [one["text"]["text"][1:9] for one in message.blocks[1:] if one["type"] == "section"]
        more = next((label for label in buttons(message) if label.endswith(" more")), None)
        if more is None:
            break
        press(slack, ADA, OPS, message, more)
        message = said(slack, ADA, OPS)[-1]
    assert seen == [f"Rule {at:03}" for at in reversed(range(100))]
    press(slack, ADA, OPS, message, "Newer")
    assert len(said(slack, ADA, OPS)[-1].blocks) == 1 + 2 * ON_PAGE + 1


def test_a_page_that_is_not_there_any_more_is_the_last_one(line):
    _, parts = line
    kept(parts)
    assert "Rule" not in str(page(replies(parts), ADA, OPS, 500).blocks[0])
    assert len(page(replies(parts), ADA, OPS, 500).blocks) == 4


def test_when_slack_does_not_say_who_asks_nothing_is_listed(line, monkeypatch):
    _, parts = line
    kept(parts)
    made = replies(parts)

    def fails(*_):
        raise OSError("gone")

    monkeypatch.setattr(made.access, "asking", fails)
    assert isinstance(page(made, ADA, OPS, 0), Notice)


def test_data_that_can_not_be_judged_is_never_called_fine(line):
    slack, parts = line
    kept(parts)
    with parts.worker.store.writer() as session:
        session.add(RuleState(rule="own:1", evaluated_at=NOW, data="stale"))
    shown = text(listed(slack))
    assert "⚪ can't tell: its data is too old" in shown
    assert "fine" not in shown


@pytest.mark.parametrize(
    ("value", "read"),
    [("own:3 10 24", ("own:3", 10, "24")), ("own:3", ("own:3", 0, "")), ("", ("", 0, "")),
     ("x ² 1", ("x", 0, "1"))],
)  # fmt: skip
def test_what_a_button_carries_is_read_whatever_it_is(value, read):
    assert number(value) == read


def test_of_anothers_rule_one_reads_only_what_one_may_see_all_of(line):
    slack, parts = line
    kept(parts, Rule("", "exposed", OPS, "above 0", title="Exposed to Acme"), NOOR)
    assert "Acme" not in str(listed(slack).blocks)  # Ada may not see revenue
    entries = ACCESS | {"revenue": Access((ADA,), ())}
    replies(parts).access.entries = entries
    assert "Acme" in str(listed(slack).blocks)
