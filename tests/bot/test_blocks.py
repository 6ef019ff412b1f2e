import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slackblocks import InvalidUsageError

from bot.blocks import blocks, fallback
from bot.plans import forms
from commands import (
    Answer,
    Basis,
    Chart,
    Column,
    FollowUp,
    Notice,
    Sentence,
    Series,
    SourceAge,
    Table,
)  # fmt: skip
from tests.bot.slack_judge import judge_message

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
AGE = (SourceAge("odoo:erp", timedelta(minutes=4), False),)
BASIS = (Basis("lead-time", 1, NOW - timedelta(days=90), NOW, 84, 39, NOW, AGE),)
HOSTILE = st.one_of(
    st.text(max_size=4_000),
    st.sampled_from(["<!channel>", "<@U1>", "& < >", "**", "*", "", "\u202e", "x" * 5_000]),
)


def answer(text="**Borealis takes 43 days**; 9 in 10 within 61.", **more):
    return Answer("Lead time", Sentence(text, ("supply",)), BASIS, line="lead-time", **more)


def table(rows):
    columns = (Column("Supplier", "supply"), Column("Median", "supply", "d", "lead-time"))
    return Table(columns, tuple(rows), frozenset({0}), len(rows))


def chart(values=(1.0, 2.0)):
    return Chart("line", "Days", ("Jan", "Feb"), (Series("median", values),), "supply", "d")


def kinds(made):
    return [block["type"] for block in made]


def test_an_answer_says_the_figure_first_and_then_what_it_rests_on():
    made = blocks(answer(chart=chart(), table=table([("Borealis", 43)])), UTC_ZONE)
    assert kinds(made) == ["section", "data_visualization", "table", "context", "actions"]
    assert made[0]["text"]["text"].startswith("*Borealis takes 43 days*; 9 in 10")
    assert "n = 84, 39 open · Odoo (erp) 4 min old" in made[3]["elements"][0]["text"]


def test_a_figure_has_its_unit_and_the_row_to_look_at_is_bold():
    rows = blocks(answer(table=table([("Borealis", 43), ("Cobalt", None)])), UTC_ZONE)[1]["rows"]
    assert rows[1][0]["elements"][0]["elements"][0]["style"] == {"bold": True}
    assert [rows[1][1]["text"], rows[2][1]["text"]] == ["43 d", "n/a"]


def labels(actions):
    return [one["text"]["text"] for one in actions["elements"]]


def test_next_questions_come_first_and_sharing_last():
    said = answer(
        table=table([("Borealis", 43)]), follow_ups=(FollowUp("By item", "lead-time by item"),)
    )
    questions, deeds = blocks(said, UTC_ZONE)[-2:]
    assert labels(questions) == ["By item"]
    assert labels(deeds) == ["How is this computed?", "CSV to me", "Share to channel…"]
    every = [*questions["elements"], *deeds["elements"]]
    assert all("style" not in one for one in every)
    assert every[0]["value"] == "lead-time by item"
    assert [one["value"] for one in every[2:]] == ["lead-time", "lead-time"]


def test_where_nobody_else_reads_nothing_is_shared():
    assert labels(blocks(answer(), UTC_ZONE, is_direct=True)[-1]) == ["How is this computed?"]


def test_many_rows_come_with_pages_and_few_without():
    few, many = (
        blocks(answer(table=table([("Borealis", 43)] * count)), UTC_ZONE)[1]["type"]
        for count in (10, 11)
    )
    assert (few, many) == ("table", "data_table")


def test_it_says_how_many_rows_are_not_shown():
    context = blocks(answer(table=table([("Borealis", 43)] * 130)), UTC_ZONE)[-2]
    assert "100 of 130 rows shown" in context["elements"][0]["text"]


def test_when_it_was_so_is_said_in_the_zone_of_the_reader():
    text = blocks(answer(), ZoneInfo("Europe/Berlin"))[1]["elements"][0]["text"]
    at = int(NOW.timestamp())
    assert f"as of <!date^{at}^{{date_short_pretty}} {{time}}|24 Nov 2026 13:00 CET>" in text


def test_what_is_read_aloud_says_what_the_table_shows():
    said = answer("▲ **slower** by 12 days.", table=table([("Borealis", 43), ("Cobalt", 3)]))
    assert fallback(said) == "slower by 12 days. First of 2 rows: Supplier Borealis, Median 43 d."


def test_what_is_shared_is_not_offered_again():
    buttons = blocks(answer(), UTC_ZONE, is_shared=True)[-1]["elements"]
    assert [one["text"]["text"] for one in buttons] == ["How is this computed?"]


def test_a_point_without_a_value_is_left_out_of_a_chart():
    made = blocks(answer(chart=chart((None, 2.0))), UTC_ZONE)
    assert "data_visualization" not in kinds(made)


def test_a_notice_is_text_and_choices():
    made = blocks(Notice("Which?", "One of these.", (FollowUp("A", "a"),)), UTC_ZONE)
    assert made[0]["text"]["text"] == "*Which?*\nOne of these."
    assert made[1]["elements"][0]["value"] == "a"


def test_a_long_notice_is_in_parts_of_which_none_is_cut():
    lines = [f"• `question-{number}`: {'what it tells ' * 6}" for number in range(60)]
    made = blocks(Notice("What you can ask", "\n".join(lines), (FollowUp("A", "a"),)), UTC_ZONE)
    *parts, choices = made
    assert "\n".join(one["text"]["text"] for one in parts).split("\n")[1:] == lines
    assert choices["type"] == "actions"
    judge_message(made, "text")


def test_names_from_outside_can_mention_nobody():
    made = blocks(answer("<!channel> & <@U1>"), UTC_ZONE)[0]["text"]
    assert made["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert made["verbatim"]


@pytest.mark.slow
@settings(deadline=None)
@given(
    HOSTILE,
    HOSTILE,
    HOSTILE,
    st.lists(st.tuples(HOSTILE, st.none() | st.floats(0, 1e9)), max_size=30),
    st.sampled_from(["line", "bar", "area", "pie"]),
)
def test_every_message_is_within_the_limits_of_slack(text, label, note, rows, kind):
    ups = tuple(FollowUp(label, label) for _ in range(9))
    drawn = Chart(kind, label, (note, note), (Series(text, (1.0, 0.0)),) * 2, "supply", label)
    said = answer(
        text, table=table(rows), chart=drawn, follow_ups=ups, notes=(Sentence(note, ("supply",)),)
    )
    for form in forms(blocks(said, UTC_ZONE)):
        judge_message(form, fallback(said))
    notice = Notice(label, text, ups)
    judge_message(blocks(notice, UTC_ZONE), fallback(notice))
    assert len(fallback(said)) <= 3_000
    for one in texts(blocks(said, UTC_ZONE)):
        assert_means_nothing(one)
    assert_means_nothing(fallback(said))


def texts(made):
    """Every text in which Slack looks for marks."""
    for block in made:
        for one in (block.get("text"), *block.get("elements", ())):
            if isinstance(one, dict) and one.get("type") == "mrkdwn":
                yield one["text"]


def assert_means_nothing(text):
    """No mention, link or command but our own dates; written apart from its code."""
    rest = re.sub(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>", "", text)
    assert not set(rest) & set("<>")


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001, "verbatim": True}},
        {"type": "context", "elements": []},
        {"type": "actions", "elements": [{"type": "button", "value": "a", "action_id": "a",
                                          "text": {"type": "plain_text", "text": "x" * 76}}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21],
         "column_settings": []},
        {"type": "data_visualization", "title": "t", "chart": {
            "type": "line", "axis_config": {"categories": ["a", "a"]},
            "series": [{"name": "s", "data": [{"label": "a", "value": 1}] * 2}]}},
    ],
    ids=lambda block: block["type"],
)  # fmt: skip
def test_the_judge_refuses_what_slack_would(wrong):
    with pytest.raises(InvalidUsageError):
        judge_message([wrong], "text")
