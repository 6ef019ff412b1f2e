"""The rows that tell of an alert."""

from sqlmodel import select

from bot.alerts.scene import Scene, is_direct, marks_of, redraw, said
from commands import Grant
from storage.models import Episode
from tests.bot.alerts.stage import BERLIN, Stage, lines
from tests.bot.alerts.test_card import OVER, episode
from tests.bot.clockwork import NOON


def test_a_line_pings_only_whom_it_shall_and_is_bold_where_it_shall():
    made = said("k", "C1", "**Worse** <!channel>", ("supply",), ("U1",), kind="reply", parent="p")
    shown = made.blocks[0]["text"]["text"]
    assert shown == "*Worse* &lt;!channel&gt; <@U1>"
    assert (made.kind, made.parent, made.must_arrive, made.topics) == (
        "reply", "p", True, ("supply",)
    )  # fmt: skip
    assert "<@U1>" not in made.text


def test_a_mark_changes_with_all_that_a_message_shows():
    changes = [
        {}, OVER, {"phase": "recovering"}, {"data": "no-data"}, {"acked_by": "U1"},
        {"assignee": "U1"}, {"snoozed_until": NOON}, {"is_snoozed_out": True},
    ]  # fmt: skip
    marks = [marks_of([episode(**one)])["1"] for one in changes]
    assert len(set(marks)) == len(changes)
    assert marks_of([episode(value=99.0)])["1"] == marks[0]


def test_a_person_and_a_conversation_with_one_are_direct():
    assert [is_direct(one) for one in ("U1", "W1", "D1", "C1", "G1")] == [True] * 3 + [False] * 2


def test_what_was_done_edits_the_message_and_is_told_once_each_time(tmp_path):
    stage = Stage(tmp_path)
    stage.begin("")
    stage.happens(["fired"])
    for told in ("One.", "Two."):
        with stage.message() as (session, row):
            one = session.exec(select(Episode)).one()
            one.assignee = told
            session.add(one)
            redraw(Scene(session, Grant.everything(), NOON, BERLIN), row, told)
    rows = stage.rows()
    assert [(one.kind, one.state) for one in rows[1:]] == [
        ("edit", "replaced"), ("reply", "pending"), ("edit", "pending"), ("reply", "pending")
    ]  # fmt: skip
    assert [lines(one) for one in rows if one.kind == "reply"] == ["One.", "Two."]
    stage.happens()
    assert len(stage.rows()) == len(rows)  # the mark is that of the deed already
    with stage.message() as (session, row):
        redraw(Scene(session, Grant(), NOON, BERLIN), row, "Three.")
    assert len(stage.rows()) == len(rows)
    stage.store.close()
