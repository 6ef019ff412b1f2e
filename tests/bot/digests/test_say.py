"""A digest is one message of short sentences; what they rest on stands in its thread."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from bot.digests.plan import Digest
from bot.digests.say import Saying, asked, city, head, messages, sentence
from bot.schedule import Due
from commands import Answer, Basis, Grant, Notice, Sentence
from tests.bot.clockwork import Figure, Office
from tests.bot.slack_judge import judge_message

MONDAY = Digest(
    "monday", "C1", "0 9 * * 1", "Europe/Berlin", ("steel", "gold"), title="Monday operations"
)
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
DUE = Due("2026-11-23T09:00", NINE)


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure("steel"), Figure("gold", "revenue"))
    yield made
    made.store.close()


def saying(office, digest=MONDAY, *, now=NINE, grant=None, **more):
    said = asked(office.desk, digest, now, grant or Grant.everything())
    return Saying(digest, DUE, now, said, **more)


def when(one):
    return head(one)[1]["elements"][0]["text"]


def test_it_is_a_title_its_time_a_sentence_and_a_button_for_each_question(office):
    title, context, sentences, buttons = head(saying(office))
    assert title["text"]["text"] == "Monday operations"
    assert context["elements"][0]["text"] == (
        "Monday 23 November, 09:00 Berlin (CET) · next on Monday 30 November"
    )
    assert sentences["text"]["text"] == (
        "*Lead time of steel*  steel takes 30.0 days.\n*Lead time of gold*  gold takes 30.0 days."
    )
    assert [one["value"] for one in buttons["elements"]] == ["steel", "gold"]
    judge_message([title, context, sentences, buttons], "text")


def test_what_is_not_shown_has_a_sentence_and_no_button(office):
    *_, sentences, buttons = head(saying(office, grant=Grant({"supply": "full"})))
    assert "gold takes" not in sentences["text"]["text"]
    assert [one["value"] for one in buttons["elements"]] == ["steel"]


def test_an_hourly_one_says_the_hour_of_the_next(office):
    hourly = structs.replace(MONDAY, cron="0 8-18 * * *", zone="UTC")
    assert when(saying(office, hourly)) == "Monday 23 November, 08:00 UTC · next at 09:00"


def test_a_late_one_says_so_and_of_when_its_figures_are(office):
    late = saying(office, now=NINE + timedelta(hours=2))
    assert ", sent late, with figures of 11:00 · next on" in when(late)
    a_day = saying(office, now=NINE + timedelta(hours=16))
    assert ", sent late, with figures of Tuesday 01:00 · next on" in when(a_day)


def test_what_must_be_said_of_all_of_it_stands_first(office):
    sentences = head(saying(office, also="Whether `x` holds can't be told."))[2]
    assert sentences["text"]["text"].startswith("Whether `x` holds can't be told.\n*Lead time")


def test_sixty_questions_fit_into_one_message_that_slack_takes(office):
    steel = office.desk.registry["steel"].answer.__self__
    steel.name = "Borealis Steel " * 20
    many = saying(office, structs.replace(MONDAY, ask=("steel",) * 60))
    blocks = head(many)
    judge_message(blocks, "text")
    told = "\n".join(one["text"]["text"] for one in blocks if one["type"] == "section")
    assert told.count("takes 30.0 days.") == 60
    assert sum(len(one["elements"]) for one in blocks if one["type"] == "actions") == 60


def test_the_answers_themselves_are_replies_in_its_thread(office):
    first, *thread = messages(office.desk, saying(office), "key", "C1")
    assert (first.key, first.kind, first.parent) == ("key", "post", None)
    assert [(one.key, one.kind, one.parent) for one in thread] == [
        ("key:1", "reply", "key"), ("key:2", "reply", "key"),
    ]  # fmt: skip
    assert all(one.blocks[0]["has_table"] for one in thread)


def test_in_a_series_all_of_it_goes_into_the_first_thread(office):
    made = messages(office.desk, saying(office), "key", "C1", parent="first")
    assert {(one.kind, one.parent) for one in made} == {("reply", "first")}


def test_names_from_outside_mean_nothing(office):
    steel = office.desk.registry["steel"].answer.__self__
    steel.name = "<!channel> *& Sons*"
    told = head(saying(office))[2]["text"]["text"]
    assert "<!channel>" not in told
    assert told.startswith("*Lead time of &lt;!channel&gt; ∗&amp; Sons∗*  &lt;!channel&gt;")


def test_a_notice_is_told_by_its_first_line():
    said = Notice("No open orders", "Nothing. Try `status`.\nUsage: x")
    assert sentence(said) == "*No open orders*  Nothing. Try `status`."


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_said_by_its_city(zone, name):
    assert city(zone) == name


def test_a_title_is_not_said_twice():
    basis = Basis("otif", 1, NINE, NINE, 9, 0, NINE, ())
    said = Answer("Exposed", Sentence("Exposed: only part of it may be shown here.", ()), (basis,))
    assert sentence(said) == "*Exposed*  Only part of it may be shown here."
