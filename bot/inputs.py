"""The fields of dialogs, as Block Kit, and what was filled in.

A field's name is its block_id. Slack leaves in a field what a person entered, also where another
value is shown in a dialog that changes; a field named "value:2" is a new one, and is read by the
name before the colon. One with an `action` tells us at once when it changes (`Feature.changes`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.mrkdwn import cut
from bot.plans import Block

LABEL, OPTION, VALUE, TITLE = 2_000, 75, 150, 24
MOST_OPTIONS = 100
# the channels that one can choose
OFFERED = {
    "include": ["public", "private"],
    "exclude_external_shared_channels": True,
    "exclude_bot_users": True,
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """What is common to all fields. Without `is_optional` it must be filled in, and what it
    `begins` with stands in it at first; `hint` is the small print below it.
    """

    name: str
    label: str
    hint: str = ""
    action: str = ""
    is_optional: bool = False


@dataclass(frozen=True)
class Option:
    """One of several: its `value` for us, and how it reads; `more` is the small print below."""

    value: str
    text: str
    more: str = ""


def text_input(field: Field, begins: str = "", *, is_long: bool = False, like: str = "") -> Block:
    """A line or a paragraph of text; `like` is shown while it is empty."""
    more: Json = _begins("initial_value", begins)
    if like:
        more["placeholder"] = plain_text(like, VALUE)
    if is_long:
        more["multiline"] = True
    return _input(field, {"type": "plain_text_input", **more})


def url_input(field: Field, begins: str = "") -> Block:
    return _input(field, {"type": "url_text_input", **_begins("initial_value", begins)})


def number_input(
    field: Field, begins: str = "", *, is_decimal: bool = True, least: str = "", most: str = ""
) -> Block:
    """A number, within bounds that Slack holds it to."""
    more = _begins("initial_value", begins) | _begins("min_value", least)
    more |= _begins("max_value", most)
    return _input(field, {"type": "number_input", "is_decimal_allowed": is_decimal, **more})


def select(field: Field, options: Sequence[Option], chosen: str = "") -> Block:
    """One of at most 100 from a menu."""
    return _input(field, {"type": "static_select", **_one_of(options[:MOST_OPTIONS], chosen)})


def multi_select(field: Field, options: Sequence[Option], chosen: Iterable[str] = ()) -> Block:
    """Some of at most 100 from a menu."""
    made = _some_of(options[:MOST_OPTIONS], chosen)
    return _input(field, {"type": "multi_static_select", **made})


def radio_buttons(field: Field, options: Sequence[Option], chosen: str = "") -> Block:
    """One of at most 10, all of which are seen."""
    return _input(field, {"type": "radio_buttons", **_one_of(options, chosen)})


def checkboxes(field: Field, options: Sequence[Option], chosen: Iterable[str] = ()) -> Block:
    """Some of at most 10, all of which are seen."""
    return _input(field, {"type": "checkboxes", **_some_of(options, chosen)})


def time_picker(field: Field, begins: str = "") -> Block:
    """A time of day such as "09:00", in whatever zone the label says."""
    return _input(field, {"type": "timepicker", **_begins("initial_time", begins)})


def channel_select(field: Field, chosen: str = "") -> Block:
    """A channel of ours, public or private; those shared with others are not offered."""
    more = {"filter": OFFERED, **_begins("initial_conversation", chosen)}
    return _input(field, {"type": "conversations_select", **more})


def multi_channel_select(field: Field, chosen: Sequence[str] = ()) -> Block:
    """Some channels of ours, public or private."""
    more: Json = {"filter": OFFERED}
    if chosen:
        more["initial_conversations"] = list(chosen)
    return _input(field, {"type": "multi_conversations_select", **more})


def user_select(field: Field, chosen: str = "") -> Block:
    """One person of the workspace."""
    return _input(field, {"type": "users_select", **_begins("initial_user", chosen)})


def entered(view: Json, name: str) -> str:
    """What stands in a field of one value; empty where nothing does, or there is no such field."""
    state = _state(view, name)
    for key in ("value", "selected_time", "selected_conversation", "selected_user"):
        if state.get(key) is not None:
            return str(state[key]).strip()
    return str((state.get("selected_option") or {}).get("value") or "")


def entered_all(view: Json, name: str) -> tuple[str, ...]:
    """What stands in a field of several values."""
    state = _state(view, name)
    options = [str(one["value"]) for one in state.get("selected_options") or ()]
    return (*options, *(state.get("selected_conversations") or ()))


def has_field(view: Json, name: str) -> bool:
    """Whether the dialog has such a field now."""
    return bool(_state(view, name))


def block_of(view: Json, name: str) -> str:
    """The block_id under which a field stands now, which an error is to be told by."""
    every = view.get("state", {}).get("values", {})
    return next((one for one in every if one.partition(":")[0] == name), name)


def modal(callback: str, title: str, submit: str, blocks: list[Block], metadata: str) -> Json:
    """A dialog with a button that sends it; `metadata` is JSON with the channel it is about."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain_text(title, TITLE),
        "submit": plain_text(submit, TITLE),
        "close": plain_text("Cancel", TITLE),
        "private_metadata": metadata,
        "blocks": blocks,
    }


def plain_text(text: str, most: int = OPTION) -> Block:
    return {"type": "plain_text", "text": cut(text, most)}


def _state(view: Json, name: str) -> Json:
    every = view.get("state", {}).get("values", {})
    found = every.get(block_of(view, name)) or {}
    return next(iter(found.values()), {})


def _input(field: Field, element: Json) -> Block:
    made: Json = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label, LABEL),
        "element": {"action_id": field.action or field.name, **element},
    }
    if field.hint:
        made["hint"] = plain_text(field.hint, LABEL)
    if field.is_optional:
        made["optional"] = True
    if field.action:
        made["dispatch_action"] = True
    return made


def _one_of(options: Sequence[Option], chosen: str) -> Json:
    made = [_option(one) for one in options]
    found = next((one for one in made if one["value"] == chosen), None)
    return {"options": made, **({"initial_option": found} if found else {})}


def _some_of(options: Sequence[Option], chosen: Iterable[str]) -> Json:
    made, wanted = [_option(one) for one in options], set(chosen)
    found = [one for one in made if one["value"] in wanted]
    return {"options": made, **({"initial_options": found} if found else {})}


def _option(one: Option) -> Json:
    more = {"description": plain_text(one.more)} if one.more else {}
    return {"text": plain_text(one.text), "value": one.value[:VALUE], **more}


def _begins(key: str, value: str) -> Json:
    return {key: value} if value else {}
