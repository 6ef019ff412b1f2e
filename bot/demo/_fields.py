"""The fields of a view or a message: what stands in each, in the shape that Slack sends it."""

import secrets
from collections.abc import Sequence

from bot.demo._members import Json

# they make up neither words nor numbers: who looks for one in a message finds what it says
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
# the kind of a field: where its value stands, and where its block says what it begins with
VALUES = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}


def named(blocks: Sequence[Json]) -> list[Json]:
    """The blocks of a view, each with an id: those that were given none get a new one each time,
    as Slack does it, so that what was entered in them is not kept.
    """
    return [{**one, "block_id": one.get("block_id") or _id()} for one in blocks]


def _id() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def blank(blocks: Sequence[Json]) -> Json:
    """What stands in the fields before anybody entered anything: {block: {action: value}}."""
    found: Json = {}
    for block in blocks:
        for element in elements(block):
            if element.get("type") in VALUES:
                values = found.setdefault(block["block_id"], {})
                values[element["action_id"]] = _begins(element)
    return found


def entered(before: Json, values: Json) -> Json:
    """The same with some values entered."""
    return {
        block: {**before.get(block, {}), **values.get(block, {})}
        for block in dict.fromkeys((*before, *values))
    }


def elements(block: Json) -> list[Json]:
    """What one can act on in a block."""
    found = [block.get("element"), block.get("accessory"), *(block.get("elements") or ())]
    return [one for one in found if isinstance(one, dict) and "action_id" in one]


def _begins(element: Json) -> Json:
    kind = element["type"]
    where, first = VALUES[kind]
    nothing: list[Json] | None = [] if where.endswith("s") else None
    return {"type": kind, where: element.get(first, nothing)}
