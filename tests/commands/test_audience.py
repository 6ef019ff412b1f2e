from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import blocks
from bot.forms import formed
from commands import (
    TOPICS,
    Answer,
    Basis,
    Chart,
    Column,
    FollowUp,
    Grant,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    load,
)
from commands._audience import left_out, refusal, topics_of, visible
from tests.commands.dialogue import BERLIN, NOW, grant

NOTES = tuple(Sentence(f"SECRET-{one}", (one,)) for one in TOPICS)
BASIS = (Basis("churn", 1, NOW, NOW, 1, 0, NOW, (), notes=NOTES),)
FULL = Answer(
    "Churn",
    Sentence("SECRET-customers leave", ("customers",)),
    BASIS,
    detail=(Sentence("worth SECRET-revenue", ("revenue",)),),
    readings=tuple(Reading(f"SECRET-{one}", 1, "", one, "churn") for one in TOPICS),
    table=Table(
        tuple(Column(f"SECRET-{one}", one) for one in ("customers", "revenue", "supply")),
        (("SECRET-customers", "SECRET-revenue", "SECRET-supply"),),
    ),
    chart=Chart("bar", "SECRET-supply", ("a", "b"), (Series("s", (1.0, 2.0)),), "supply"),
    notes=NOTES,
    follow_ups=(FollowUp("More", "lead-time"), FollowUp("Why", "churn")),
    line="churn",
)


@settings(deadline=None)  # the first call loads all commands
@given(st.sets(st.sampled_from(TOPICS)))
def test_what_may_not_be_seen_is_nowhere_in_what_is_sent(topics):
    said = visible(FULL, grant(*topics), load())
    sent = [str(blocks(said, BERLIN))] + [formed(said, form, BERLIN) for form in
                                          ("text", "json", "csv")]  # fmt: skip
    for topic in set(TOPICS) - topics:
        assert not [one for one in sent if f"SECRET-{topic}" in one]


def test_who_may_see_all_sees_all():
    assert visible(FULL, Grant.everything(), load()) == FULL


def test_what_is_left_out_is_said():
    said = visible(FULL, grant("customers"), load())
    assert "revenue" in said.notes[-1].text
    assert "supply" in said.notes[-1].text


def test_a_table_whose_rows_may_not_be_named_is_left_out():
    said = visible(FULL, grant("revenue", "supply"), load())
    assert said.table is None


def test_a_question_that_would_be_refused_is_not_offered():
    said = visible(FULL, grant("customers"), load())
    assert [one.line for one in said.follow_ups] == ["churn"]


@pytest.mark.parametrize("level", ["none", "aggregate"])
def test_less_than_names_is_not_enough(level):
    said = visible(FULL, Grant(dict.fromkeys(TOPICS, level)), load())
    assert isinstance(said, Notice)
    assert said == refusal("churn")


def test_all_topics_of_an_answer_are_known():
    assert topics_of(FULL) == set(TOPICS)
    bare = replace(FULL, readings=(), table=None, chart=None, notes=(), detail=())
    assert topics_of(bare) == set(TOPICS)
    assert topics_of(replace(bare, basis=(replace(BASIS[0], notes=()),))) == {"customers"}
    assert topics_of(replace(bare, basis=(replace(BASIS[0], notes=NOTES[1:3]),))) == {
        "customers",
        "revenue",
    }


def test_a_next_question_that_speaks_of_what_may_not_be_seen_is_left_out():
    ups = (FollowUp("Why Acme?", "churn Acme", ("customers",)), FollowUp("Worth", "churn"))
    said = visible(replace(FULL, follow_ups=ups), grant("revenue"), load())
    assert [up.label for up in said.follow_ups] == ["Worth"]


def test_rows_behind_an_answer_follow_the_topics_of_their_columns():
    rows = Table((Column("Order", "supply"), Column("Sum", "revenue")), (("P1", 5),))
    said = replace(FULL, evidence=rows)
    assert visible(said, Grant.everything(), load()).evidence == rows
    seen = visible(said, grant("supply", "customers"), load()).evidence
    assert (seen.columns, seen.rows) == (rows.columns[:1], (("P1",),))
    assert visible(said, grant("customers"), load()).evidence is None


def test_rows_that_are_not_spoken_of_hide_nothing_else():
    rows = Table((Column("Order", "supply"), Column("Sum", "revenue")), (("P1", 5),))
    plain = Answer("x", Sentence("x", ("supply",)), (replace(BASIS[0], notes=()),), evidence=rows,
                   readings=FULL.readings[:1])  # fmt: skip
    said = visible(plain, grant("supply"), load())
    assert said.notes == ()
    assert topics_of(plain) == {"supply"}


def test_what_an_audience_does_not_get_is_named():
    part = visible(FULL, grant("customers"), load())
    missing = left_out(FULL, part)
    assert any("column" in one or "table" in one for one in missing)
    assert left_out(FULL, FULL) == ()
