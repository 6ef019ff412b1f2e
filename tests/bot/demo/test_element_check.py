import pytest

from bot.demo._element_check import element_faults

WORDS = {"type": "plain_text", "text": "x"}
OPTION = {"text": WORDS, "value": "v"}
CONFIRM = {"title": WORDS, "text": WORDS, "confirm": WORDS, "deny": WORDS}


def made(kind, **more):
    return {"type": kind, "action_id": "a", **more}


def options(count):
    return [{"text": WORDS, "value": str(at)} for at in range(count)]


@pytest.mark.parametrize(
    "element",
    [made("plain_text_input", multiline=True), made("number_input", is_decimal_allowed=True),
     made("static_select", options=options(100), initial_option=options(1)[0]),
     made("static_select", option_groups=[{"label": WORDS, "options": options(2)}]),
     made("multi_static_select", options=options(3), initial_options=options(2)),
     made("radio_buttons", options=options(10)), made("checkboxes", options=options(1)),
     made("timepicker", placeholder=WORDS), made("datepicker"), made("conversations_select"),
     made("users_select")],
    ids=lambda one: one["type"],
)  # fmt: skip
def test_an_input_that_slack_takes_is_taken(element):
    assert element_faults(element, is_input=True) == []


@pytest.mark.parametrize(
    "element",
    [made("button", text=WORDS, style="danger", confirm=CONFIRM),
     made("overflow", options=options(5)), made("static_select", options=options(2)),
     {"type": "image", "image_url": "x", "alt_text": "x"}],
    ids=lambda one: one["type"],
)  # fmt: skip
def test_an_element_that_slack_takes_is_taken(element):
    assert element_faults(element) == []


@pytest.mark.parametrize(
    ("element", "is_input", "why"),
    [
        (made("button", text=WORDS), True, "unsupported"),
        (made("overflow", options=options(2)), True, "unsupported"),
        (made("plain_text_input"), False, "unsupported"),
        (None, True, "unsupported"),
        (made("button", text=WORDS, style="green"), False, "style"),
        (made("button", text=WORDS, value="x" * 2_001), False, "value"),
        (made("button", text={"type": "mrkdwn", "text": "x"}), False, "plain_text"),
        (made("button", text=WORDS, confirm={**CONFIRM, "deny": None}), False, "text object"),
        (made("button", text=WORDS, confirm="sure?"), False, "confirm"),
        (made("static_select"), True, "options: 1 to 100"),
        (made("static_select", options=options(101)), True, "options: 1 to 100"),
        (made("radio_buttons", options=options(11)), True, "options: 1 to 10"),
        (made("overflow", options=options(6)), False, "options: 1 to 5"),
        (made("static_select", option_groups=[]), True, "option_groups"),
        (made("static_select", options=[{**OPTION, "value": "x" * 151}]), True, "value"),
        (made("checkboxes", options=[{**OPTION, "description": {}}]), True, "text object"),
        (made("static_select", options=options(2), initial_option=OPTION), True, "at first"),
        (made("timepicker", placeholder={}), True, "text object"),
        (made("timepicker") | {"action_id": "x" * 256}, True, "action_id"),
    ],
)
def test_what_slack_refuses_is_refused(element, is_input, why):
    assert why in str(element_faults(element, is_input=is_input))
