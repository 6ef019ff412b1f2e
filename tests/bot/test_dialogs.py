"""What a feature adds is reached by the word with which its id begins."""

from bot.dialogs import dialog, instead, on_top, stays, wrong


def test_nothing_wrong_closes_a_dialog_and_something_wrong_keeps_it():
    assert wrong({}) == {}
    assert stays(None, {}, "U1") == {}
    assert wrong({"value": "a number"}) == {
        "response_action": "errors", "errors": {"value": "a number"}
    }  # fmt: skip


def test_another_dialog_takes_its_place_or_lies_on_top():
    view = dialog("Wait", "Alert me")
    assert instead(view) == {"response_action": "update", "view": view}
    assert on_top(view) == {"response_action": "push", "view": view}


def test_a_title_is_no_longer_than_slack_takes():
    assert len(dialog("x", "a title that is far too long for Slack")["title"]["text"]) == 24
