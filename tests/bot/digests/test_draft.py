"""What stands in the dialog makes a digest, and a digest fills the dialog in again."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.draft import About, Draft, digest_of, of_digest, read, schedule, started
from bot.digests.plan import Digest

WHOLE = Draft(
    About("C1", 7), "Monday", ("exposed",), ("lead-time borealis",), "every Monday at 09:00",
    "Europe/Berlin", "C1", ("C2",), to_me=True, series=True, only="figure",
    condition="exposed above 0", catch_up="4",
)  # fmt: skip
EMPTY = {"private_metadata": '{"channel":"C1"}', "state": {"values": {}}}


def test_a_draft_makes_a_digest():
    assert digest_of(WHOLE, "U1") == Digest(
        "", "C1", "0 9 * * 1", "Europe/Berlin", ("exposed", "lead-time borealis"), "Monday",
        also=("C2", "U1"), only_if="exposed above 0", series=True, owner="U1",
        catch_up=timedelta(hours=4),
    )  # fmt: skip


def test_without_a_choice_it_is_made_up_for_twelve_hours():
    assert read(EMPTY).catch_up == "12"
    assert Digest("", "C1", "0 9 * * 1", "UTC", ()).catch_up == timedelta(hours=12)


def test_without_a_channel_it_is_for_oneself():
    alone = msgspec.structs.replace(WHOLE, place="", also=())
    made = digest_of(alone, "U1")
    assert (made.channel, made.also) == ("U1", ())


@pytest.mark.parametrize("only", ["always", "changed", "figure"])
def test_a_digest_fills_in_the_dialog_that_made_it(only):
    condition = "exposed above 0" if only == "figure" else ""
    draft = msgspec.structs.replace(WHOLE, only=only, condition=condition)
    assert of_digest(digest_of(draft, "U1"), 7, "C1", "U1", ["exposed"]) == draft


def test_what_is_filled_in_is_read_with_its_rows_apart():
    state = {
        "title:2": {"title": {"value": "  Steel   and tin "}},
        "free:2": {"free": {"value": "lead-time borealis\n\n  otif   last week \n"}},
        "picked": {"x": {"selected_options": [{"value": "exposed"}]}},
        "marks": {"marks": {"selected_options": [{"value": "series"}]}},
    }
    draft = read({**EMPTY, "state": {"values": state}})
    assert (draft.title, draft.free) == ("Steel and tin", ("lead-time borealis", "otif last week"))
    assert draft.lines == ("exposed", "lead-time borealis", "otif last week")
    assert (draft.series, draft.to_me, draft.only) == (True, False, "always")


def test_nothing_filled_in_is_an_empty_draft():
    assert read(EMPTY) == Draft(About("C1"))


def test_a_ready_made_one_comes_in_new_fields():
    draft = started(WHOLE, "late")
    assert draft.about.turn == 1
    assert (draft.title, draft.free, draft.only) == (
        "Late orders of customers at risk", (), "figure",
    )  # fmt: skip
    assert draft.place == "C1"
    assert started(WHOLE, "unknown") == WHOLE


def test_a_time_that_cannot_be_read_is_told():
    assert schedule(WHOLE) == ("0 9 * * 1", "")
    cron, why = schedule(msgspec.structs.replace(WHOLE, when="soon"))
    assert cron == ""
    assert "can't read" in why


@given(st.lists(st.sampled_from(["exposed", "churn", "suppliers"]), max_size=6))
def test_a_question_is_asked_once(lines):
    draft = msgspec.structs.replace(WHOLE, picked=tuple(lines), free=tuple(reversed(lines)))
    assert sorted(draft.lines) == sorted(set(lines))
