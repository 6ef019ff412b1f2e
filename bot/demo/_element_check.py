"""Refuses what one acts on in blocks, and its texts and options, where Slack does."""

from typing import Any

TEXTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
CHOICES = {
    # how many options there are at most
    "static_select": 100, "multi_static_select": 100, "radio_buttons": 10, "checkboxes": 10,
    "overflow": 5,
}  # fmt: skip
PICKERS = frozenset({
    "datepicker", "timepicker", "users_select", "multi_users_select", "channels_select",
    "multi_channels_select", "conversations_select", "multi_conversations_select",
})  # fmt: skip
IN_INPUT = TEXTS | PICKERS | (CHOICES.keys() - {"overflow"})
OUTSIDE = PICKERS | CHOICES.keys() | {"button", "image"}
MOST_GROUPS, LONGEST_OPTION, LONGEST_VALUE, LONGEST_ID = 100, 75, 150, 255


def element_faults(element: Any, *, is_input: bool = False) -> list[str]:
    """What Slack would say of an element: one of an input block, or one outside of them."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in (IN_INPUT if is_input else OUTSIDE):
        return [f"unsupported element: {kind}"]
    found = []
    if not 0 <= len(element.get("action_id") or "") <= LONGEST_ID:
        found.append(f"action_id: at most {LONGEST_ID} characters")
    if kind == "button":
        found += text_faults(element.get("text"), 75, ("plain_text",))
        found += ["value: at most 2000"] if len(element.get("value") or "") > 2_000 else []
        if element.get("style", "primary") not in ("primary", "danger"):
            found.append("style: primary or danger")
    if "placeholder" in element:
        found += text_faults(element["placeholder"], 150, ("plain_text",))
    if "confirm" in element:
        found += _confirm(element["confirm"])
    return found + (_choices(element, CHOICES[kind]) if kind in CHOICES else [])


def text_faults(
    text: Any, longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> list[str]:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        return [f"a text object is needed: {' or '.join(kinds)}"]
    return [] if 0 < len(text.get("text", "")) <= longest else [f"text: 1 to {longest} characters"]


def _confirm(confirm: Any) -> list[str]:
    if not isinstance(confirm, dict):
        return ["confirm: an object is needed"]
    found = text_faults(confirm.get("title"), 100, ("plain_text",))
    found += text_faults(confirm.get("text"), 300)
    for name in ("confirm", "deny"):
        found += text_faults(confirm.get(name), 30, ("plain_text",))
    return found


def _choices(element: dict[str, Any], most: int) -> list[str]:
    """The options, or groups of them: how many, each of them, and that what is chosen is one."""
    groups = element.get("option_groups")
    lists = [one.get("options") or [] for one in ([element] if groups is None else groups)]
    found = [] if groups is None else _groups(groups)
    for options in lists:
        if not 0 < len(options) <= most:
            found.append(f"options: 1 to {most}")
        found += [said for option in options for said in _option(option)]
    offered = [option for options in lists for option in options]
    chosen = [element["initial_option"]] if element.get("initial_option") else []
    for one in (*chosen, *(element.get("initial_options") or ())):
        found += [] if one in offered else ["what is chosen at first is not among the options"]
    return found


def _groups(groups: list[Any]) -> list[str]:
    found = [] if 0 < len(groups) <= MOST_GROUPS else [f"option_groups: 1 to {MOST_GROUPS}"]
    return found + [
        said for one in groups for said in text_faults(one.get("label"), 75, ("plain_text",))
    ]


def _option(option: Any) -> list[str]:
    found = text_faults(option.get("text"), LONGEST_OPTION)
    if not 0 < len(str(option.get("value", ""))) <= LONGEST_VALUE:
        found.append(f"value: 1 to {LONGEST_VALUE} characters")
    if "description" in option:
        found += text_faults(option["description"], LONGEST_OPTION)
    return found
