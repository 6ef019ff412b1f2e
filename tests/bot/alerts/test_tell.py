"""The news of an alert, and what is posted, edited and replied: the table in bot/alerts/tell.py."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.rule import Channel
from bot.alerts.scene import Scene, redraw
from bot.alerts.touched import tell_touched
from commands import TOPICS, Grant, load
from storage.models import AlertMessage, Episode, Outbox, OwnerLink
from tests.bot.alerts.stage import BERLIN, STEEL, Stage, labels, lines
from tests.bot.clockwork import NOON
from tests.storage.world import World


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def fired(stage):
    """A stage on which one alert was told."""
    stage.begin("")
    stage.happens(["fired"])
    return stage


def kinds(stage, since=1):
    return [(one.kind, one.is_broadcast) for one in stage.rows()[since:]]


def test_what_fires_is_posted_once_with_all_that_one_needs_to_act(fired):
    (row,) = fired.rows()
    assert (row.kind, row.channel, row.must_arrive, row.topics) == ("post", "C1", True, ["supply"])
    assert row.text == "Firing · Lead time of steel, median: 43 days, above 40 days."
    assert lines(row).split("\n")[:2] == [
        "🔴 *Firing* · Lead time of steel, median: *43 days*, above 40 days.",
        "Since 24 Nov 13:00 CET, for 10 min · clears below 34 days.",
    ]
    assert "rule _Steel slows down_ · warning · lead-time@1" in lines(row)
    assert "n = 9, 1 open" in lines(row)
    assert labels(row) == ["Acknowledge", "Assign", "Snooze", "Mute", "Show"]
    assert fired.rows(Episode)[0].message == row.key == fired.rows(AlertMessage)[0].key


FIRING = {"phase": "firing", "value": 52.0, "worst": 52.0}
TABLE = [
    # news, how it stands then, what is written, how the reply begins
    (["worse"], FIRING, ["edit", "reply"], "Worse · Lead time of steel, median: 52 days"),
    (["again"], FIRING, ["edit", "reply"], "Still firing · Lead time of steel, median: 52 days"),
    ((), {"phase": "recovering", "value": 33.0}, ["edit", "reply"], "Recovering · "),
    ((), {"data": "no-data"}, ["edit", "reply"], "No figure now · "),
    ((), {"value": 44.0}, [], ""),
    (["resolved"], {"phase": "normal", "value": 33.0}, ["edit", "reply"], "Over · "),
    # silenced or snoozed: its end is not told, but the message says it
    ((), {"phase": "normal", "value": 33.0}, ["edit"], ""),
]


@pytest.mark.parametrize(("news", "then", "written", "begins"), TABLE)
def test_each_change_edits_the_message_and_is_told_in_its_thread(
    fired, news, then, written, begins
):
    fired.happens(news, **then)
    rows = fired.rows()[1:]
    assert [one.kind for one in rows] == written
    assert all(one.parent == fired.rows()[0].key and one.must_arrive for one in rows)
    if begins:
        assert rows[-1].text.startswith(begins)


@pytest.mark.parametrize("news", ["worse", "again"])
@pytest.mark.parametrize(
    ("follow_ups", "written"),
    [("thread", [("edit", False), ("reply", False)]), ("both", [("edit", False), ("reply", True)]),
     ("channel", [("edit", False), ("post", False)])],
)  # fmt: skip
def test_the_channel_hears_of_it_again_only_as_the_rule_wants(tmp_path, news, follow_ups, written):
    stage = Stage(tmp_path, msgspec.structs.replace(STEEL, follow_ups=follow_ups))
    stage.begin("")
    stage.happens(["fired"])
    stage.happens([news], **FIRING)
    assert kinds(stage) == written
    stage.happens(["resolved"], phase="normal", value=30.0)
    assert kinds(stage, 3) == [("edit", False), ("reply", False)]
    stage.store.close()


@pytest.mark.parametrize(
    ("follow_ups", "written"), [("default", ("edit", "post")), ("thread", ("edit", "reply"))]
)
def test_a_rule_that_does_not_say_where_it_is_told_does_as_its_channel_does(
    tmp_path, follow_ups, written
):
    stage = Stage(tmp_path, msgspec.structs.replace(STEEL, follow_ups=follow_ups))
    stage.desk = replace(stage.desk, channels={"C1": Channel("channel"), "C2": Channel("both")})
    stage.begin("")
    stage.happens(["fired"])
    stage.happens(["worse"], **FIRING)
    assert tuple(kind for kind, _ in kinds(stage)) == written
    stage.store.close()


def test_a_whole_life_is_one_post_and_its_thread(fired):
    fired.happens(value=44.0)
    with fired.message() as (session, row):
        episode = session.exec(select(Episode)).one()
        episode.acked_at, episode.acked_by = fired.now, "U1"
        session.add(episode)
        session.flush()
        scene = Scene(session, Grant.everything(), fired.now, BERLIN)
        redraw(scene, row, "Acknowledged by Ada.")
    fired.happens(["worse"], **FIRING)
    fired.happens(phase="recovering", value=33.0)
    fired.happens(phase="firing", value=36.0)
    fired.happens(phase="recovering", value=33.0)
    fired.happens(["resolved"], phase="normal", value=32.0)
    rows = fired.rows()
    assert [one.kind for one in rows].count("post") == 1
    assert [one.text.split(" ·")[0].split(" by")[0] for one in rows if one.kind == "edit"] == [
        "Acknowledged", "Acknowledged", "Recovering, acknowledged", "Acknowledged",
        "Recovering, acknowledged", "Over",
    ]  # fmt: skip
    assert [one.text.split(" ·")[0] for one in rows if one.kind == "reply"] == [
        "Acknowledged by Ada.", "Worse", "Recovering", "Over"
    ]  # fmt: skip
    assert [one.state for one in rows if one.kind == "edit"] == ["replaced"] * 5 + ["pending"]


def test_the_end_keeps_what_it_was(fired):
    fired.happens(["worse"], **FIRING)
    fired.happens(["resolved"], phase="normal", value=33.0)
    reply = fired.rows()[-1]
    assert reply.text == (
        "Over · Lead time of steel, median: 33 days, below 34 days: over after 30 min;"
        " 43 days when it fired, 52 days at worst."
    )
    edit = [one for one in fired.rows() if one.kind == "edit"][-1]
    assert "🟢 *Over*" in lines(edit)
    assert "43 days when it fired, 52 days at worst" in lines(edit)
    assert "From 24 Nov 13:00 CET to 24 Nov 13:30 CET, for 30 min." in lines(edit)
    assert labels(edit) == ["Show"]


@pytest.mark.slow
def test_fifty_that_fire_at_once_are_one_message(stage):
    stage.begin(*[f"Supplier {at}" for at in range(45)], value=41.0)
    for at in range(5):
        stage.begin(f"Bad {at}", value=90.0 + at)
    stage.happens(["fired"])
    (row,) = stage.rows()
    assert "*50 above 40 days*" in lines(row)
    assert "• *Bad 4*: 94 days" in lines(row).split("\n")[1]
    assert "Supplier" not in lines(row).replace("Suppliers", "")
    assert "and 45 more" in lines(row)
    assert "45 more" in labels(row)
    assert {one.message for one in stage.rows(Episode)} == {row.key}


def test_those_that_fire_later_have_a_message_of_their_own(stage):
    stage.begin("a")
    stage.happens(["fired"])
    stage.begin("b")
    stage.happens(["fired"], of=("b",))
    assert [one.kind for one in stage.rows()] == ["post", "post"]


def test_of_a_group_one_reply_tells_all_that_changed_at_once(stage):
    stage.begin(*[f"s{at}" for at in range(30)])
    stage.happens(["fired"])
    stage.happens(["resolved"], of=[f"s{at}" for at in range(15)], phase="normal", value=30.0)
    assert kinds(stage) == [("edit", False), ("reply", False)]
    assert "and 5 more" in stage.rows()[-1].text
    assert "*15 of 30 above 40 days*" in lines(stage.rows()[1])


def test_data_that_can_not_be_judged_is_told_in_the_thread_and_shown_in_the_message(fired):
    fired.happens(of_data="blind", data_now="stale")
    reply, edit = fired.rows()[1:]
    assert (reply.kind, edit.kind) == ("reply", "edit")
    assert "its data is too old" in reply.text
    assert "The alert of 24 Nov 13:00 CET stands" in reply.text
    assert "⚪ *Can't be judged now*: its data is too old" in lines(edit)
    assert "*43 days* when it was last known" in lines(edit)
    fired.happens(data_now="stale")
    assert len(fired.rows()) == 3
    fired.happens(of_data="sighted")
    assert [one.kind for one in fired.rows()[3:]] == ["reply", "edit"]
    assert "🔴 *Firing*" in lines(fired.rows()[-1])


def test_where_no_alert_stands_it_is_told_in_the_channel(stage):
    stage.happens(of_data="blind", data_now="stale")
    stage.happens(of_data="sighted")
    assert [(one.kind, one.text.startswith("Can")) for one in stage.rows()] == [("post", True)] * 2
    assert "There is no alert" in stage.rows()[0].text


def test_a_phase_is_told_once_of_an_episode_however_it_flaps(fired):
    for _ in range(5):
        fired.happens(phase="recovering", value=33.0)
        fired.happens(phase="firing", value=38.0)
    assert [one.kind for one in fired.rows()].count("reply") == 1


def test_nothing_is_said_of_one_that_is_snoozed_but_its_message_is_edited(fired):
    fired.happens(snoozed_until=NOON + timedelta(days=1))
    fired.happens(phase="recovering", value=33.0)
    assert kinds(fired) == [("edit", False)] * 2


def test_what_was_silenced_and_still_fires_is_told_in_its_thread(fired):
    fired.happens(["fired"], **FIRING)
    assert [one.kind for one in fired.rows()] == ["post", "edit", "reply"]
    assert fired.rows()[-1].text.startswith("Still firing")


def test_what_was_held_back_is_one_message_that_says_what_of_it_is_over(tmp_path):
    stage = Stage(tmp_path, msgspec.structs.replace(STEEL, quiet="20:00-07:00"))
    stage.begin("a", "b")
    stage.happens(["fired"], kind="held")
    assert stage.rows() == []
    stage.happens(of=("a",), phase="normal", value=30.0)
    stage.happens(["fired"], kind="released")
    (row,) = stage.rows()
    assert "Held back in quiet hours, 20:00-07:00." in lines(row)
    assert "*1 of 2 above 40 days*" in lines(row)
    assert "*a*: 30 days, over" in lines(row)
    stage.store.close()


def test_a_channel_that_may_no_longer_see_the_figure_is_told_nothing_of_it(fired):
    fired.grants["C1"] = Grant({"revenue": "full"})
    fired.happens(["resolved"], phase="normal", value=33.0)
    assert len(fired.rows()) == 1
    fired.happens(of_data="blind", data_now="error")
    (told,) = fired.rows()[1:]
    assert told.topics == []
    assert "steel: " not in told.text
    assert "Steel slows down" not in told.text
    assert "43" not in told.text


def test_an_alert_of_an_earlier_version_is_edited_and_ends(fired):
    with fired.store.writer() as session:
        session.delete(session.exec(select(AlertMessage)).one())
    fired.happens(["resolved"], phase="normal", value=33.0)
    assert [one.kind for one in fired.rows()] == ["post", "edit", "reply"]
    assert "🟢 *Over*" in lines(fired.rows()[1])


def test_the_same_evaluation_told_twice_is_told_once(fired):
    before = [one.key for one in fired.rows(Outbox)]
    fired.happens()
    assert [one.key for one in fired.rows(Outbox)] == before


@pytest.fixture
def supplied(stage, tmp_path):
    """A supplier for whom a customer waits, and whom U0 looks after; its entity."""
    world = World(url=f"sqlite:///{tmp_path / 'x.db'}")
    steel = world.supplier("Borealis", owner="Ann")
    acme, bar = world.customer("Acme"), world.item("Bar")
    line = world.purchase(steel, bar, "2026-11-01", promised="2026-11-10")
    sale = world.sale(acme, "2026-11-01", item=bar, promised="2026-11-15")
    world.peg("salesline", sale, "purchaseline", line, 1)
    with world.store.writer() as session:
        session.add(OwnerLink(name="ann", slack_user="U0", at=NOON))
    stage.desk = replace(stage.desk, registry={**load(), **stage.desk.registry})
    yield f"supplier:odoo:erp/{steel}"
    world.store.close()


def test_it_says_whom_it_touches_and_mentions_owners_in_the_first_post_only(stage, supplied):
    stage.begin(supplied)
    stage.happens(["fired"])
    tell_touched(stage.desk, stage.now, BERLIN)
    stage.happens(["worse"], **FIRING)
    post, edit, reply = stage.rows()
    assert "*1 customer waits for Borealis*" in lines(post)
    assert "For <@U0>" in lines(post)
    assert set(post.topics) == {"supply", "customers", "revenue"}
    assert "*1 customer waits for Borealis*" in lines(edit)
    assert "<@" not in lines(edit) + lines(reply)
    assert "Who is affected?" in labels(post)


@pytest.mark.parametrize(("topics", "is_told"), [(("supply",), False), (TOPICS, True)])
def test_whom_it_touches_is_told_only_where_that_may_be_seen(stage, supplied, topics, is_told):
    stage.grants["C1"] = Grant(dict.fromkeys(topics, "full"))
    stage.begin(supplied)
    stage.happens(["fired"])
    tell_touched(stage.desk, stage.now, BERLIN)
    (row,) = stage.rows()
    assert ("waits for" in lines(row)) == is_told
    assert ("customers" in row.topics) == is_told


def test_what_may_not_be_seen_any_more_is_left_out_of_the_next_edit(stage, supplied):
    stage.begin(supplied)
    stage.happens(["fired"])
    tell_touched(stage.desk, stage.now, BERLIN)
    stage.grants["C1"] = Grant({"supply": "full"})
    stage.happens(["worse"], **FIRING)
    edit = stage.rows()[1]
    assert "waits for" not in lines(edit)
    assert edit.topics == ["supply"]


def test_what_is_over_by_a_new_threshold_says_that_one(fired):
    fired.rule = msgspec.structs.replace(
        STEEL, when="above 60", clear="below 55", title="Steel", severity="critical"
    )
    fired.happens(["resolved"], phase="normal", value=50.0)
    *_, edit, reply = fired.rows()
    assert "Over · Lead time of steel, median: 50 days, below 55 days" in edit.text
    assert "rule _Steel_ · critical" in lines(edit)
    assert "Over · Lead time of steel, median: 50 days, below 55 days" in reply.text


def test_what_was_held_back_is_told_where_its_question_breaks_meanwhile(stage):
    stage.begin("", value=52.0)
    stage.figure.fault = ValueError("broken")
    stage.happens(["fired"], of_data="blind", data_now="error", kind="released")
    told = {one.key.split(":")[2]: one for one in stage.rows()}
    assert told["blind"].text.startswith("Can't tell: Steel slows down")
    (post,) = [one for one in stage.rows() if one.key == "alert:steel::1"]
    assert "Can't be judged now: its question can't be answered" in post.text
    assert "52 when it was last known" in lines(post).replace("*", "")
    assert post.topics == ["supply"]


def test_what_was_held_back_is_not_told_to_whom_it_is_hidden_now(stage):
    stage.begin("")
    stage.desk = replace(stage.desk, grant_of=lambda channel: Grant())
    stage.happens(["fired"], data_now="error", kind="released")
    assert stage.rows() == []
    assert stage.rows(Episode)[0].message is None
    stage.desk = replace(stage.desk, grant_of=stage.grant_of)
    stage.happens(["again"])
    assert [one.text.partition(" · ")[0] for one in stage.rows()] == ["Firing"]
