"""What a channel gets of an answer, and what its asker is told of that beforehand."""

import pytest

from bot.boundary import broken
from bot.demo import page_server
from bot.settings import Access
from bot.share import REFUSED_PLACES, share_view
from commands import Notice
from tests.bot.conversation import (
    ADA,
    GENERAL,
    GUEST,
    NOOR,
    OPS,
    PARTNERS,
    SECRET,
    dialog,
    leadline,
    press,
    replies,
    said,
)

pytestmark = pytest.mark.slow  # conversations over HTTP


def test_where_nothing_may_be_shared_it_says_why(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        why = {channel: share_view(made, "lead-time", ADA, channel)
               for channel in (PARTNERS, SECRET, "D0ADA", GENERAL)}  # fmt: skip
        assert all(isinstance(one, Notice) for one in why.values())
        assert why[PARTNERS].text == REFUSED_PLACES["external"]
        assert why[SECRET].text == REFUSED_PLACES["unknown"]
        assert why["D0ADA"].text == REFUSED_PLACES["direct"]
        assert isinstance(share_view(made, "lead-time", NOOR, OPS), Notice)
        assert share_view(made, "lead-time", ADA, OPS)["type"] == "modal"


@pytest.fixture
def line(tmp_path):
    """Ada sees customers and their money, and operations only customers."""
    with leadline(tmp_path) as (slack, parts):
        parts.worker.desk.grant_of.__self__.entries = {
            "customers": Access((ADA,), (OPS,)),
            "revenue": Access((ADA,), ()),
        }
        yield slack, parts


def asked(slack):
    slack.say(ADA, OPS, "/churn")
    answer = said(slack, ADA, OPS)[0]
    assert "Last 12 months" in str(answer.blocks)
    press(slack, ADA, OPS, answer, "Share to channel…")
    return dialog(slack)


def test_what_the_channel_may_not_see_is_named_and_left_out(line):
    slack, _ = line
    view = asked(slack)
    text = view["blocks"][0]["text"]["text"]
    assert "It speaks of: customers." in text
    assert "Left out, as not all of them may see it: the column “Last 12 months”." in text
    assert view["submit"]["text"] == "Post the rest"
    assert said(slack, NOOR, OPS) == []
    slack.submit(ADA, view["id"], {})
    [shared] = said(slack, NOOR, OPS)
    assert "Acme Foods" in str(shared.blocks)
    assert "Last 12 months" not in str(shared.blocks)
    assert "500" not in str(shared.blocks)


def test_what_the_channel_may_see_only_since_the_dialog_is_not_posted(line):
    slack, parts = line
    view = asked(slack)
    parts.worker.desk.grant_of.__self__.entries["revenue"] = Access((ADA,), (OPS,))
    slack.submit(ADA, view["id"], {})
    [shared] = said(slack, NOOR, OPS)
    assert "Last 12 months" not in str(shared.blocks)


def test_when_nothing_is_left_it_is_refused(line):
    slack, parts = line
    parts.worker.desk.grant_of.__self__.entries["customers"] = Access((ADA,), ())
    slack.say(ADA, OPS, "/churn")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    assert "Not all who read" in dialog(slack)["blocks"][0]["text"]["text"]
    assert "submit" not in dialog(slack)


@pytest.fixture
def looked_up(line, monkeypatch):
    """Lets Slack answer `conversations.members` as it is told, and what it was asked."""
    asked, true_call, answers = [], page_server.call, {}

    def call(workspace, method, args, token):
        asked.append(method)
        return answers[method]() if method in answers else true_call(workspace, method, args, token)

    monkeypatch.setattr(page_server, "call", call)
    return asked, answers


def test_the_dialog_is_open_before_anything_is_looked_up(line, looked_up):
    slack, _ = line
    view = asked(slack)
    shown = [one["view"] for one in slack.events(ADA, 0) if one["kind"] == "view"]
    assert [one["id"] for one in shown] == [view["id"]] * 2
    assert "look up" in shown[0]["blocks"][0]["text"]["text"]
    assert "submit" not in shown[0]
    after = looked_up[0][looked_up[0].index("views.open") :]
    assert after == ["views.open", "conversations.members", "users.info", "users.info",
                     "users.info", "views.update"]  # fmt: skip


def test_a_dialog_that_is_closed_meanwhile_is_no_fault(line, looked_up):
    slack, _ = line
    before = broken["share"]

    def closed():
        slack.close(ADA, dialog(slack)["id"])
        return {"ok": True, "members": []}

    looked_up[1]["conversations.members"] = closed
    slack.say(ADA, OPS, "/churn")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    assert dialog(slack) is None
    assert broken["share"] == before


def test_in_a_large_channel_it_says_that_there_may_be_more_guests(line, looked_up):
    slack, _ = line
    everyone = [GUEST, *(f"U{n}" for n in range(99))]
    looked_up[1]["conversations.members"] = lambda: {
        "ok": True, "members": everyone, "response_metadata": {"next_cursor": "more"},
    }  # fmt: skip
    looked_up[1]["conversations.info"] = lambda: {
        "ok": True, "channel": {"name": "ops", "is_member": True, "num_members": 5_000},
    }  # fmt: skip
    text = asked(slack)["blocks"][0]["text"]["text"]
    assert "5,000 people read it, among them at least 1 guest (Gus)." in text
