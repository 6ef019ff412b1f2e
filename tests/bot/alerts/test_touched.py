"""Whom an alert touches: asked outside any transaction, told in its message, lost by no crash."""

import sqlite3
from dataclasses import replace

import msgspec
import pytest

from bot.alerts.touched import AT_ONCE, tell_touched
from commands import TOPICS, Grant, Notice
from storage.models import AlertMessage, OwnerLink
from tests.bot.alerts.stage import BERLIN, Stage, labels, lines
from tests.bot.clockwork import NOON, Figure
from tests.storage.world import World

STEEL = "supplier:odoo:erp/1"


class Impact(Figure):
    """Who waits for a supplier, if nobody holds up those who write meanwhile."""

    def __init__(self, path):
        super().__init__("impact", "customers", 3.0)
        self.path = path

    def answer(self, session, ask, words):
        with sqlite3.connect(self.path, timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
        other.close()
        return super().answer(session, ask, words)


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    made.impact = Impact(tmp_path / "x.db")
    registry = {**made.desk.registry, "impact": made.impact.command()}
    made.desk = replace(made.desk, registry=registry)
    with made.store.writer() as session:
        session.add(OwnerLink(name="ann", slack_user="U0", at=NOON))
    yield made
    made.store.close()


def touch(stage):
    tell_touched(stage.desk, stage.now, BERLIN)
    assert stage.faults == []


def test_it_is_asked_while_nobody_is_kept_from_writing(stage):
    stage.begin(STEEL)
    stage.happens(["fired"])
    (post,) = stage.rows()
    assert "impact takes" not in lines(post)
    assert stage.impact.asked == []
    touch(stage)
    (post,) = stage.rows()
    assert "*impact takes 3.0 days*" in lines(post)
    assert set(post.topics) == {"supply", "customers"}
    assert stage.rows(AlertMessage)[0].version == 0


def test_it_is_told_once_and_asked_once(stage):
    stage.begin(STEEL)
    stage.happens(["fired"])
    touch(stage)
    before = [(one.key, one.blocks) for one in stage.rows()]
    touch(stage)
    assert [(one.key, one.blocks) for one in stage.rows()] == before
    assert len(stage.impact.asked) == 1


@pytest.mark.parametrize("state", ["sending", "unsure", "sent", "failed"])
def test_what_is_under_way_is_edited(stage, state):
    stage.begin(STEEL)
    stage.happens(["fired"])
    with stage.store.writer() as session:
        row = stage.rows()[0]
        row.state = state
        session.add(row)
    touch(stage)
    post, edit = stage.rows()
    assert (edit.kind, edit.parent) == ("edit", post.key)
    assert "*impact takes 3.0 days*" in lines(edit)
    assert "impact takes" not in lines(post)


def test_an_edit_that_waits_does_not_take_it_away_again(stage):
    stage.begin(STEEL)
    stage.happens(["fired"])
    stage.happens(phase="recovering", value=33.0)
    touch(stage)
    last = [one for one in stage.rows() if one.kind == "edit"][-1]
    assert last.state == "pending"
    assert "*impact takes 3.0 days*" in lines(last)
    assert "Recovering" in lines(last)


def test_a_process_that_dies_while_it_asks_loses_neither_the_post_nor_the_sentence(stage):
    stage.begin(STEEL)
    stage.happens(["fired"])
    guarded, stage.impact.fault = stage.desk.guarded, KeyboardInterrupt()
    stage.desk = replace(stage.desk, guarded=lambda name, fn: fn())
    with pytest.raises(KeyboardInterrupt):
        touch(stage)
    assert [one.kind for one in stage.rows()] == ["post"]
    stage.desk, stage.impact.fault = replace(stage.desk, guarded=guarded), None
    touch(stage)
    assert "*impact takes 3.0 days*" in lines(stage.rows()[-1])


def test_it_is_asked_again_where_slack_could_not_tell_who_reads_it(stage):
    stage.begin(STEEL)
    stage.happens(["fired"])
    stage.grants["C1"] = OSError("Slack is away")
    tell_touched(stage.desk, stage.now, BERLIN)
    assert [str(error) for _, error in stage.faults] == ["Slack is away"]
    stage.faults.clear()
    stage.grants["C1"] = Grant.everything()
    touch(stage)
    assert "impact takes" in lines(stage.rows()[0])


@pytest.mark.parametrize(("topics", "is_told"), [(("supply",), False), (TOPICS, True)])
def test_it_is_told_only_where_it_may_be_seen(stage, topics, is_told):
    stage.grants["C1"] = Grant(dict.fromkeys(topics, "full"))
    stage.begin(STEEL)
    stage.happens(["fired"])
    touch(stage)
    (row,) = stage.rows()
    assert ("impact takes" in lines(row)) == is_told
    assert ("customers" in row.topics) == is_told


def test_nothing_is_edited_where_nobody_is_touched(stage):
    stage.impact.notice = Notice("Nobody", "Nobody waits.")
    stage.begin(STEEL)
    stage.happens(["fired"])
    before = stage.rows()[0].blocks
    touch(stage)
    assert [one.blocks for one in stage.rows()] == [before]
    assert stage.rows(AlertMessage)[0].owes is None


def test_what_touches_nobody_by_its_nature_owes_nothing(stage):
    stage.begin("contract:crm:1/2")
    stage.happens(["fired"])
    assert stage.rows(AlertMessage)[0].owes is None


@pytest.mark.parametrize(
    ("line", "is_named"), [("steel borealis", True), ("steel", False)]
)  # fmt: skip
def test_of_a_total_whoever_feels_what_its_question_names_is_told(tmp_path, stage, line, is_named):
    world = World(url=f"sqlite:///{tmp_path / 'x.db'}")
    world.supplier("Borealis")
    world.store.close()
    stage.rule = msgspec.structs.replace(stage.rule, ask=line)
    stage.begin("")
    stage.happens(["fired"])
    assert "Who is affected?" not in labels(stage.rows()[0])
    touch(stage)
    (post,) = stage.rows()
    assert ("Who is affected?" in labels(post)) == is_named
    assert ("*impact takes 3.0 days*" in lines(post)) == is_named
    assert stage.rows(AlertMessage)[0].owes is None


@pytest.mark.slow
def test_many_hold_up_their_posts_only_for_a_while(stage):
    for at in range(AT_ONCE + 5):
        stage.begin(f"supplier:odoo:erp/{at}")
        stage.happens(["fired"], of=[f"supplier:odoo:erp/{at}"])
    touch(stage)
    told = ["impact takes" in lines(one) for one in stage.rows()]
    assert told == [True] * AT_ONCE + [False] * 5
    touch(stage)
    assert all("impact takes" in lines(one) for one in stage.rows())
