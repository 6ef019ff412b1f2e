"""A rule of leadline.toml that is told elsewhere: one alert, told in one place at a time."""

from datetime import timedelta

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.moved import follow_moved
from commands import Grant
from storage.models import AlertMessage, Deed, Episode
from tests.bot.alerts.stage import BERLIN, STEEL, Stage, labels, lines

THERE = msgspec.structs.replace(STEEL, channel="C2")


@pytest.fixture
def stage(tmp_path):
    """An alert that fires, and that Ada acknowledged."""
    made = Stage(tmp_path)
    made.grants["C2"] = Grant.everything()
    made.begin("a", "b")
    made.happens(["fired"])
    with made.message() as (session, row):
        for one in session.exec(select(Episode)):
            one.acked_at, one.acked_by = made.now, "U0ADA"
            session.add(one)
        session.add(Deed(message=row.key, owner="U0ADA", what="call", at=made.now))
    yield made
    made.store.close()


def moved(stage, rule=THERE, hours=1):
    before = len(stage.rows())
    stage.now += timedelta(hours=hours)
    follow_moved(stage.desk, [rule], stage.now, BERLIN)
    assert stage.faults == []
    return stage.rows()[before:]


def test_it_is_posted_where_it_is_told_now_and_the_old_message_says_so(stage):
    edit, reply, post = moved(stage)
    assert [one.channel for one in (edit, reply, post)] == ["C1", "C1", "C2"]
    assert "⚪ *No longer watched*: it is told elsewhere now" in lines(edit)
    assert (labels(edit), reply.text) == ([], "This is told elsewhere now, as leadline.toml says.")
    assert post.kind == "post"
    assert "🟠 *Acknowledged* by someone · " in lines(post)
    assert "Called them" in lines(post)
    assert "Since 24 Nov 13:00 CET, for 70 min" in lines(post)
    assert {one.message for one in stage.rows(Episode)} == {post.key}
    assert all(one.ended_at is None for one in stage.rows(Episode))


def test_from_then_on_it_is_told_there_alone_and_moves_once(stage):
    *_, post = moved(stage)
    assert moved(stage) == []
    stage.rule = THERE
    stage.happens(["worse"], phase="firing", value=90.0, worst=90.0)
    stage.happens(["resolved"], phase="normal", value=30.0)
    later = stage.rows()[4:]
    assert {(one.channel, one.parent) for one in later} == {("C2", post.key)}
    assert [one.kind for one in later] == ["edit", "reply", "edit", "reply"]
    assert moved(stage, STEEL) == []


def test_it_goes_back_where_it_was_if_the_file_says_so(stage):
    moved(stage)
    *_, post = moved(stage, STEEL)
    assert (post.channel, post.kind) == ("C1", "post")
    assert {one.message for one in stage.rows(Episode)} == {post.key}


def test_what_was_posted_just_now_is_left_to_the_process_that_posted_it(stage):
    assert moved(stage, hours=0.1) == []
    moved(stage)
    assert moved(stage, STEEL, hours=0.1) == []
    assert len(moved(stage, STEEL, hours=0.2)) == 3


def test_what_did_not_move_and_what_is_over_stays(stage):
    assert moved(stage, STEEL) == []
    assert moved(stage, msgspec.structs.replace(THERE, id="other")) == []
    stage.happens(["resolved"], phase="normal", value=30.0)
    assert moved(stage) == []


def test_where_the_new_channel_may_not_see_it_nothing_is_told_there(stage):
    stage.grants["C2"] = Grant({"revenue": "full"})
    edit, reply = moved(stage)
    assert (edit.channel, reply.channel) == ("C1", "C1")
    assert {one.message for one in stage.rows(Episode)} == {None}
    assert moved(stage) == []


def test_where_it_cannot_be_told_who_reads_it_it_is_tried_again(stage):
    stage.grants["C2"] = TimeoutError()
    before = stage.rows()
    stage.now += timedelta(hours=1)
    follow_moved(stage.desk, [THERE], stage.now, BERLIN)
    assert [name for name, _ in stage.faults] == [f"the move of {before[0].key}"]
    assert len(stage.rows()) == len(before)
    stage.faults.clear()
    stage.grants["C2"] = Grant.everything()
    assert len(moved(stage)) == 3


def test_whom_it_touches_is_asked_for_the_new_message_alone(stage):
    with stage.message() as (session, row):
        row.owes = "impact a"
        session.add(row)
    moved(stage)
    assert [one.owes for one in stage.rows(AlertMessage)] == [None, "impact a"]
