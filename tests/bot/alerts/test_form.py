"""“Alert me”: from the button to the message, in a whole workspace."""

from dataclasses import replace

import pytest
from sqlmodel import select

from bot.alerts.form import MOST, _worse, watch_view
from bot.alerts.own import keep
from bot.alerts.rule import Rule
from bot.settings import Access
from commands import Notice, Reading
from storage.models import AlertRule
from tests.bot.clockwork import Figure
from tests.bot.conversation import (
    ADA,
    GENERAL,
    GUEST,
    NOOR,
    NOW,
    OPS,
    buttons,
    dialog,
    leadline,
    press,
    replies,
    said,
)

pytestmark = pytest.mark.slow  # conversations over HTTP

ALONE = "D0ADA"


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        yield found


def pressed(slack, channel=OPS):
    slack.say(ADA, channel, "/leadtime borealis")
    press(slack, ADA, channel, said(slack, ADA, channel)[-1], "Alert me…")
    return dialog(slack)


def values(word="above", value="25", where="me"):
    def option(one):
        return {"selected_option": {"value": one}}

    return {
        "when": {"when": option(word)},
        "value": {"value": {"value": value}},
        "where": {"where": option(where)},
    }


def fields(view):
    return {block["block_id"]: block["element"] for block in view["blocks"][1:]}


def rules(parts):
    with parts.worker.store.reader() as session:
        return session.exec(select(AlertRule)).all()


def test_the_dialog_is_filled_in_with_one_fifth_worse_than_now(line):
    slack, _ = line
    view = pressed(slack)
    assert (
        "Lead time Borealis Steel∗, median: 32 d now".replace("∗", "*")
        in (view["blocks"][0]["text"]["text"])
    )
    found = fields(view)
    assert found["when"]["initial_option"]["value"] == "above"
    assert found["value"]["initial_value"] == "38.4"
    assert [one["text"]["text"] for one in found["where"]["options"]] == ["me alone", "#ops"]


def test_who_watches_for_themselves_is_told_alone(line):
    slack, parts = line
    slack.submit(ADA, pressed(slack)["id"], values())
    assert dialog(slack) is None
    assert "I watch Lead time Borealis Steel" in said(slack, ADA, OPS)[-1].text
    parts.worker.tick(NOW, to_the_end=True)
    [alert] = said(slack, ADA, ALONE)
    assert "Lead time Borealis Steel, median: 32 days" in alert.text
    assert "above 25 days" in alert.text
    parts.worker.tick(NOW, to_the_end=True)
    assert len(said(slack, ADA, ALONE)) == 1
    assert said(slack, NOOR, OPS) == []


def test_a_channel_is_told_where_everyone_may_see_it(line):
    slack, parts = line
    slack.submit(ADA, pressed(slack)["id"], values(where="channel"))
    parts.worker.tick(NOW, to_the_end=True)
    [alert] = said(slack, NOOR, OPS)
    assert "above 25 days" in alert.text


def test_a_channel_that_may_not_see_it_is_not_offered_and_not_taken(line):
    slack, parts = line
    view = pressed(slack, GENERAL)
    assert [one["value"] for one in fields(view)["where"]["options"]] == ["me"]
    slack.submit(ADA, view["id"], values(where="channel"))
    assert "Not all who read" in said(slack, ADA, GENERAL)[-1].text
    assert rules(parts) == []


def test_a_channel_that_may_not_see_the_title_is_not_offered(line):
    _, parts = line
    made = replies(parts)
    figure = Figure()
    figure.also = ("customers",)
    made.desk = replace(made.desk, registry={"steel": figure.command()})
    for readers, places in (((), ["me"]), ((OPS,), ["me", "channel"])):
        made.access.entries = {
            "supply": Access((ADA,), (OPS,)),
            "customers": Access((ADA,), readers),
        }
        view = watch_view(made, "steel", ADA, OPS)
        assert [one["value"] for one in fields(view)["where"]["options"]] == places
    made.access.entries = {"supply": Access((ADA,), (OPS,))}
    assert isinstance(watch_view(made, "steel", ADA, OPS), Notice)


def test_the_dialog_is_open_before_the_figure_is_looked_up(line):
    slack, _ = line
    view = pressed(slack)
    first, then = (one["view"] for one in slack.events(ADA, 0) if one["kind"] == "view")
    assert first["id"] == then["id"] == view["id"]
    assert first["title"]["text"] == "Alert me"
    assert "submit" not in first
    assert then["submit"]["text"] == "Watch"


def test_why_there_is_nothing_to_watch_stands_in_the_dialog(line):
    slack, parts = line
    slack.say(ADA, OPS, "/leadtime borealis")
    parts.worker.desk.grant_of.__self__.entries = {}
    press(slack, ADA, OPS, said(slack, ADA, OPS)[-1], "Alert me…")
    assert "no figure that you may see" in dialog(slack)["blocks"][0]["text"]["text"]
    assert "submit" not in dialog(slack)


def test_the_home_tab_names_no_alert_that_one_may_no_longer_see(line):
    slack, parts = line
    slack.submit(ADA, pressed(slack)["id"], values())
    parts.worker.desk.grant_of.__self__.entries = {}
    slack.open_home(ADA)
    assert "Borealis" not in str(slack.homes[ADA])
    assert "An alert that you may no longer see" in str(slack.homes[ADA])
    slack.click(ADA, "", "", buttons(slack.homes[ADA])["Give up"])
    assert rules(parts)[0].ended_at is not None


def test_what_is_no_number_is_told_beside_the_field(line):
    slack, parts = line
    view = pressed(slack)
    slack.submit(ADA, view["id"], values(value="soon"))
    told = [one for one in slack.events(ADA, 0) if one["kind"] == "errors"]
    assert told[0]["errors"] == {"value": "Write a number like 40 or 2.5"}
    slack.submit(ADA, view["id"], values(value="2.5"))
    assert [(one.rule["when"], one.rule["unit"]) for one in rules(parts)] == [("above 2.5", "days")]


def test_a_dialog_that_is_sent_twice_makes_one_rule(line):
    slack, parts = line
    view = pressed(slack)
    for _ in range(2):
        slack.views[view["id"]] = view
        slack.submit(ADA, view["id"], values())
    assert len(rules(parts)) == 1


def test_who_loses_the_right_is_told_no_figure(line):
    slack, parts = line
    slack.submit(ADA, pressed(slack)["id"], values())
    parts.worker.desk.grant_of.__self__.entries = {}
    parts.worker.tick(NOW, to_the_end=True)
    assert not [one for one in said(slack, ADA, ALONE) if "32" in one.text]


def test_the_home_tab_lists_them_and_each_can_be_given_up(line):
    slack, parts = line
    slack.submit(ADA, pressed(slack)["id"], values(where="channel"))
    slack.open_home(ADA)
    assert f"alert when above 25 days, in <#{OPS}>" in str(slack.homes[ADA])
    stranger = {"action_id": "unwatch:home:1", "value": "1"}
    slack.click(NOOR, "", "", stranger)
    assert rules(parts)[0].ended_at is None
    slack.click(ADA, "", "", buttons(slack.homes[ADA])["Give up"])
    assert "Give up" not in buttons(slack.homes[ADA])
    parts.worker.tick(NOW, to_the_end=True)
    assert said(slack, NOOR, OPS) == []


def test_there_is_an_end_to_how_many_one_may_have(line):
    slack, parts = line
    with parts.worker.store.writer() as session:
        for _ in range(MOST):
            keep(session, Rule("", "lead-time", ADA, "above 900", title="x"), ADA, NOW)
    view = pressed(slack)
    slack.submit(ADA, view["id"], values())
    assert f"You have {MOST} alerts" in said(slack, ADA, OPS)[-1].text
    assert len(rules(parts)) == MOST


def test_who_may_see_no_figure_gets_no_dialog(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        assert isinstance(watch_view(made, "lead-time", GUEST, OPS), Notice)
        assert isinstance(watch_view(made, "help", ADA, OPS), Notice)
        # the first figure of churn is of customers: that revenue may be seen is not enough
        made.access.entries = {"revenue": Access((ADA,), (OPS,))}
        assert isinstance(watch_view(made, "churn", ADA, OPS), Notice)


@pytest.mark.parametrize(
    ("metric", "value", "worse"),
    [("lead-time", 32.0, ("above", "38.4")), ("lead-time", 1234.5, ("above", "1480")),
     ("match-coverage", 90.0, ("below", "72")), ("lead-time", 0.00001, ("above", "0.000012")),
     ("unknown", -5.0, ("above", "-4"))],
)  # fmt: skip
def test_worse_is_up_or_down_by_the_metric(metric, value, worse):
    assert _worse(Reading("x", value, "d", "supply", metric), value) == worse
