import pytest
from slack_sdk.models import blocks as sdk

from bot.demo._fields import VALUES, blank, named
from bot.demo._members import numbered
from tests.bot.demo.small_slack import field

OPTION = {"text": {"type": "plain_text", "text": "x"}, "value": "v"}


@pytest.mark.parametrize(
    ("kind", "first", "value"),
    [
        ("plain_text_input", {"initial_value": "x"}, {"value": "x"}),
        ("plain_text_input", {}, {"value": None}),
        ("static_select", {"initial_option": OPTION}, {"selected_option": OPTION}),
        ("static_select", {}, {"selected_option": None}),
        ("checkboxes", {}, {"selected_options": []}),
        ("multi_static_select", {"initial_options": [OPTION]}, {"selected_options": [OPTION]}),
        ("timepicker", {"initial_time": "09:00"}, {"selected_time": "09:00"}),
        ("datepicker", {}, {"selected_date": None}),
        ("users_select", {"initial_user": "U1"}, {"selected_user": "U1"}),
        ("conversations_select", {}, {"selected_conversation": None}),
        ("multi_users_select", {}, {"selected_users": []}),
    ],
)
def test_a_field_begins_with_what_its_block_says_or_with_nothing(kind, first, value):
    assert blank([field("x", kind, **first)]) == {"x": {"a": {"type": kind, **value}}}


@pytest.mark.parametrize("kind", VALUES)
def test_slacks_own_library_knows_where_each_field_begins(kind):
    made = sdk.BlockElement.parse({"type": kind, "action_id": "a"})
    assert VALUES[kind][1] in made.attributes


def test_elements_beside_a_text_and_in_a_row_are_fields_too_and_buttons_are_not():
    button = {"type": "button", "action_id": "b"}
    picker = {"type": "datepicker", "action_id": "d"}
    found = blank([
        {"type": "section", "block_id": "x", "accessory": picker},
        {"type": "actions", "block_id": "y", "elements": [button, {**picker, "action_id": "e"}]},
    ])  # fmt: skip
    assert {block: list(values) for block, values in found.items()} == {"x": ["d"], "y": ["e"]}


def test_a_message_names_its_blocks_the_same_each_time_and_a_view_does_not():
    blocks = [{"type": "divider"}, {"type": "divider", "block_id": "mine"}]
    assert numbered(blocks) == numbered(blocks)
    first, second = named(blocks), named(blocks)
    assert first[0] != second[0]
    assert first[1] == second[1] == blocks[1]


def test_an_id_that_is_made_up_looks_like_nothing_that_could_be_said():
    ids = [named([{"type": "divider"}])[0]["block_id"] for _ in range(200)]
    assert len(set(ids)) == 200
    assert not any(one.isdigit() or one in "AEIOUY" for one in "".join(ids))
