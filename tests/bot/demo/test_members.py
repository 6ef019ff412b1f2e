"""A message as Slack's API tells it."""

import pytest

from bot.demo._members import BOT, Message, numbered, shown

BLOCKS = [{"type": "divider"}, {"type": "divider", "block_id": "mine"}, {"type": "divider"}]
EDITED = {"user": BOT, "ts": "2.000001"}


def said(**more):
    return Message("1.000001", "C1", BOT, "hello", **more)


def test_blocks_are_numbered_by_their_place_and_keep_an_id_that_they_have():
    assert [one["block_id"] for one in numbered(BLOCKS)] == ["b0", "mine", "b2"]
    assert BLOCKS[0] == {"type": "divider"}


def test_a_plain_message_says_nothing_of_what_it_has_not():
    assert shown(said()) == {
        "type": "message", "ts": "1.000001", "channel": "C1", "user": BOT, "text": "hello",
        "blocks": [], "only_for": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"thread": "0.000001"}, {"thread_ts": "0.000001"}),
        ({"is_broadcast": True}, {"subtype": "thread_broadcast"}),
        ({"edited": EDITED}, {"edited": EDITED}),
        ({"metadata": {"event_type": "e"}}, {"metadata": {"event_type": "e"}}),
        ({"files": ({"id": "F1"},)}, {"files": [{"id": "F1"}]}),
        ({"only_for": "U1"}, {"only_for": "U1"}),
        ({"blocks": BLOCKS}, {"blocks": numbered(BLOCKS)}),
        ({"is_deleted": True}, {}),
    ],
    ids=lambda one: next(iter(one), "nothing"),
)
def test_what_a_message_has_is_told_by_slacks_name_for_it(more, told):
    assert shown(said(**more)) == shown(said()) | told
