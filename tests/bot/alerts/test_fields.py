"""The dialog as Block Kit; how it behaves is in test_form.py."""

import msgspec
import pytest

from bot.alerts.condition import CONDITIONS
from bot.alerts.draft import Choice, Draft
from bot.alerts.fields import Around, view
from bot.alerts.trial import under_way
from tests.bot.conversation import fields
from tests.bot.slack_judge import judge_view

TOTAL = Choice(False, "median", "days", 32.0, True, ("supply",), "lead-time")
EACH = Choice(True, "Days", "days", 32.0, True, ("supply",), "lead-time")
DRAFT = Draft("C1", "lead-time", "U1", "Lead time", choices=(TOTAL, EACH), value="40")
AROUND = Around("ops", {"lead-time": 30.0}, True, [("S1", "Buyers")], "Europe/Berlin")


def draft(**more):
    return msgspec.structs.replace(DRAFT, **more)


def offered(made, name):
    return [one["value"] for one in fields(made)[name]["element"]["options"]]


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
@pytest.mark.parametrize("is_more", [False, True])
@pytest.mark.parametrize("where", ["me", "here", "other"])
def test_every_form_of_it_is_one_that_slack_takes(condition, is_more, where):
    made = view(draft(condition=condition, is_more=is_more, where=where), AROUND, under_way(0, 90))
    judge_view(made)
    has_number = CONDITIONS[condition].needs != "nothing"
    assert ("value" in fields(made)) is has_number
    assert ("clear" in fields(made)) is (has_number and is_more)


def test_the_first_view_is_short():
    made = view(DRAFT, AROUND)
    assert list(fields(made)) == ["figure", "condition", "value", "where"]


def test_only_what_is_there_is_offered():
    bare = view(draft(choices=(TOTAL,), is_more=True), Around())
    assert "figure" not in fields(bare)
    assert not {"new", "unusual", "over-goal", "under-goal"} & set(offered(bare, "condition"))
    assert offered(bare, "where") == ["me", "other"]
    assert offered(bare, "scope") == ["all", "mine"]
    rich = view(draft(is_more=True), AROUND)
    assert set(CONDITIONS) == set(offered(rich, "condition"))
    assert offered(rich, "where") == ["me", "here", "other"]
    assert offered(rich, "scope") == ["all", "mine", "team:S1"]


def test_a_number_that_was_made_anew_is_a_new_field_for_slack():
    assert view(draft(turn=2), AROUND)["blocks"] != view(draft(turn=3), AROUND)["blocks"]
    ids = {one.get("block_id") for one in view(draft(turn=3), AROUND)["blocks"]}
    assert {"value:3", "figure:3"} <= ids


def test_hours_of_another_making_stay_as_they_are():
    made = view(draft(is_more=True, keep="3"), AROUND)
    assert fields(made)["keep"]["element"]["initial_option"]["text"]["text"] == "3 hours"


def test_quiet_hours_say_in_which_zone():
    made = view(draft(is_more=True), AROUND)
    assert "Europe/Berlin" in fields(made)["quiet_from"]["label"]["text"]


def test_foreign_names_can_not_become_mentions():
    made = view(draft(title="<!channel> *x*"), AROUND)
    assert "<!channel>" not in made["blocks"][0]["text"]["text"]


def test_what_is_counted_has_no_unit():
    late = Choice(False, "overdue lines", "count", 12.0, True, ("supply",), "otif")
    made = view(draft(choices=(late,), is_more=True), AROUND)
    assert "overdue lines: 12 now." in made["blocks"][0]["text"]["text"]
    assert fields(made)["value"]["label"]["text"] == "This number"
    assert "count" not in str(made["blocks"])


@pytest.mark.parametrize(
    ("value", "words"),
    [(59.6296, "59.63 %"), (0.00123, "0.00123 %"), (0.0, "0 %"), (205227.0, "205,227 %")],
)
def test_a_figure_is_told_with_as_many_digits_as_one_reads(value, words):
    share = Choice(False, "OTIF", "%", value, False, ("supply",), "otif")
    now = view(draft(choices=(share,)), AROUND)["blocks"][0]["text"]["text"]
    # the space before the sign is one at which no line is broken
    assert f"OTIF: {words} now." in now.replace("\u00a0", " ")
