"""Fields of dialogs: within Slack's limits, and read back as they were filled in."""

import pytest

from bot.inputs import (
    Field,
    Option,
    block_of,
    channel_select,
    checkboxes,
    entered,
    entered_all,
    has_field,
    modal,
    multi_channel_select,
    multi_select,
    number_input,
    radio_buttons,
    select,
    text_input,
    time_picker,
    url_input,
    user_select,
)
from tests.bot.slack_judge import judge_view

TWO = [Option("a", "The first"), Option("b", "The second", "with small print")]


def field(name, **more):
    return Field(name, name.title(), **more)


EVERY = [
    text_input(field("text", hint="small"), "x", like="write here"),
    text_input(field("long", is_optional=True), is_long=True),
    url_input(field("url"), "https://example.com"),
    number_input(field("number", action="change:number"), "2.5", least="0", most="9"),
    select(field("one"), TWO, "b"),
    multi_select(field("some"), TWO, ["a", "b"]),
    radio_buttons(field("radio", action="change:radio"), TWO, "a"),
    checkboxes(field("check"), TWO, ["b"]),
    time_picker(field("time"), "09:00"),
    channel_select(field("channel"), "C1"),
    multi_channel_select(field("channels"), ["C1"]),
    user_select(field("person"), "U1"),
]


def test_a_dialog_of_all_fields_is_one_that_slack_takes():
    judge_view(modal("all", "All fields", "Keep", EVERY, "{}"))


def test_nothing_stands_in_a_field_that_begins_empty():
    empty = [
        text_input(field("text")), number_input(field("number")), select(field("one"), TWO),
        multi_select(field("some"), TWO), radio_buttons(field("radio"), TWO),
        checkboxes(field("check"), TWO), time_picker(field("time")), channel_select(field("to")),
        user_select(field("person")),
    ]  # fmt: skip
    assert not [key for one in empty for key in one["element"] if key.startswith("initial")]
    judge_view(modal("all", "All fields", "Keep", empty, "{}"))


def test_a_choice_that_is_not_there_is_not_chosen():
    assert "initial_option" not in select(field("one"), TWO, "c")["element"]
    assert "initial_options" not in checkboxes(field("one"), TWO, ["c"])["element"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"value": " 2.5 "}, "2.5"), ({"value": None}, ""), ({"selected_time": "09:00"}, "09:00"),
        ({"selected_conversation": "C1"}, "C1"), ({"selected_user": "U1"}, "U1"),
        ({"selected_option": {"value": "a"}}, "a"), ({"selected_option": None}, ""),
    ],
)  # fmt: skip
def test_one_value_is_read_whatever_the_field(state, said):
    view = {"state": {"values": {"x": {"x": {"type": "any", **state}}}}}
    assert entered(view, "x") == said
    assert entered(view, "y") == ""


def test_several_values_are_read():
    options = {"selected_options": [{"value": "a"}, {"value": "b"}]}
    channels = {"selected_conversations": ["C1", "C2"]}
    view = {"state": {"values": {"x": {"x": options}, "y": {"y": channels}}}}
    assert entered_all(view, "x") == ("a", "b")
    assert entered_all(view, "y") == ("C1", "C2")
    assert entered_all(view, "z") == ()


def test_a_field_that_was_made_anew_is_read_by_its_name():
    view = {"state": {"values": {"value:2": {"change:value": {"value": "40"}}}}}
    assert entered(view, "value") == "40"
    assert block_of(view, "value") == "value:2"
    assert has_field(view, "value")
    assert not has_field(view, "val")
    assert block_of(view, "val") == "val"


def test_long_words_are_cut_to_what_slack_takes():
    options = [Option("v" * 300, "t" * 300, "d" * 300)] * 120
    judge_view(modal("all", "A title that is far too long", "x" * 40,
                     [select(Field("one", "l" * 3000, "h" * 3000), options)], "{}"))  # fmt: skip
