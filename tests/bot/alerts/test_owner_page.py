"""`/leadline owners`: for operators, in a whole workspace."""

import pytest
from sqlmodel import select

from bot.alerts.owner_page import ON_PAGE, owner_view
from bot.settings import Access
from storage.models import Account, OwnerLink
from tests.bot.conversation import ADA, NOOR, NOW, OPS, buttons, dialog, leadline, replies, said
from tests.bot.slack_judge import judge_view

pytestmark = pytest.mark.slow  # conversations over HTTP
NOBODY = {"who": {"who": {"selected_user": None}}}


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            for number, owner in enumerate(["Ann Bo", "cy@x.example"]):
                session.add(account(number, owner))
        access = replies(parts).access
        access.entries = {**access.entries, "operators": Access((ADA,), ())}
        yield slack, parts


def account(number, owner):
    return Account(
        source="crm", source_id=f"a{number}", row_hash=0, first_seen_at=NOW, name="x", owner=owner
    )


def page(slack, user=ADA, text="owners"):
    slack.say(user, OPS, f"/leadline {text}")
    return said(slack, user, OPS)[-1]


def lines(message):
    return [one["text"]["text"] for one in message.blocks if one["type"] == "section"]


def choose(slack, message, name, values):
    [button] = [one["accessory"] for one in message.blocks
                if one.get("accessory", {}).get("value") == name]  # fmt: skip
    slack.click(ADA, OPS, message.ts, button)
    slack.submit(ADA, dialog(slack)["id"], values)


def test_an_operator_says_who_an_owner_is_and_takes_it_back(line):
    slack, parts = line
    first = page(slack)
    assert lines(first) == [
        "2 owners in the data, 0 of them known in Slack.", "ann bo: not known",
        "cy@x.example: not known",
    ]  # fmt: skip
    choose(slack, first, "ann bo", {"who": {"who": {"selected_user": NOOR}}})
    assert "ann bo is Noor from now on" in said(slack, ADA, OPS)[-1].text
    second = page(slack)
    assert lines(second)[1:] == [
        "cy@x.example: not known", f"ann bo: <@{NOOR}>, said by <@{ADA}>"
    ]  # fmt: skip
    choose(slack, second, "ann bo", NOBODY)
    assert "nobody in Slack" in said(slack, ADA, OPS)[-1].text
    with parts.worker.store.reader() as session:
        (link,) = session.exec(select(OwnerLink))
    assert (link.name, link.slack_user, link.said_by) == ("ann bo", "", ADA)
    view = owner_view(replies(parts), "Ann Bo", ADA, OPS)
    judge_view(view)
    assert view["blocks"][1]["text"]["text"].split("\n") == [
        "*What was said of it*",
        f"• 1 Mar 12:00 UTC: <@{ADA}> said nobody",
        f"• 1 Mar 12:00 UTC: <@{ADA}> said <@{NOOR}>",
    ]


def test_nobody_else_sees_the_names_or_sets_them(line):
    slack, parts = line
    shown = page(slack)
    [button] = [one["accessory"] for one in shown.blocks
                if one.get("accessory", {}).get("value") == "ann bo"]  # fmt: skip
    refused = page(slack, NOOR)
    assert "Not here" in refused.text
    assert "ann" not in str(refused.blocks)
    slack.click(NOOR, OPS, shown.ts, button)
    assert "I have nothing that I may show you" in str(dialog(slack)["blocks"])
    view = dialog(slack)
    metadata = f'{{"name": "ann bo", "channel": "{OPS}"}}'
    slack.views[view["id"]] = {**view, "callback_id": "owner", "private_metadata": metadata}
    slack.submit(NOOR, view["id"], {"who": {"who": {"selected_user": NOOR}}})
    with parts.worker.store.reader() as session:
        assert session.exec(select(OwnerLink)).all() == []


def test_many_are_on_several_pages(line):
    slack, parts = line
    with parts.worker.store.writer() as session:
        for number in range(10, 10 + ON_PAGE):
            session.add(account(number, f"P {number}"))
    first = page(slack)
    assert len(lines(first)) == ON_PAGE + 1
    slack.click(ADA, OPS, first.ts, buttons(first)["2 more"])
    second = said(slack, ADA, OPS)[-1]
    assert len(lines(second)) == 3
    assert "Back" in buttons(second)
    assert lines(page(slack, text="owners 99")) == lines(second)
