"""What a request is acknowledged with; how answers reach a response_url is in test_app.py."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.responses import Shown, acknowledgement


def test_an_acknowledgement_has_the_plainest_blocks_and_may_be_empty():
    chart = {"type": "data_visualization", "title": "x"}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
    made = acknowledgement({"text": "x", "blocks": [section, chart]})
    assert made == {"response_type": "ephemeral", "text": "x", "blocks": [section]}
    assert acknowledgement({}) == {}


class Views:
    """A Slack with one dialog, of which each change has a hash."""

    def __init__(self):
        self.asked, self.refuses = [], ""

    def views_update(self, **asked):
        self.asked.append(asked)
        if self.refuses:
            raise SlackApiError("no", {"ok": False, "error": self.refuses})
        return {"view": {"hash": f"h{len(self.asked)}"}}


def test_what_follows_in_a_dialog_takes_the_place_only_of_what_was_shown_before():
    slack = Views()
    show = Shown(slack, "V1")
    assert [show({"at": at}) for at in range(3)] == [True] * 3
    assert [one.get("hash") for one in slack.asked] == [None, "h1", "h2"]


@pytest.mark.parametrize("error", ["not_found", "hash_conflict"])
def test_a_dialog_that_is_closed_or_was_changed_by_another_click_is_left(error):
    slack = Views()
    slack.refuses = error
    assert Shown(slack, "V1")({}) is False


def test_any_other_refusal_is_raised():
    slack = Views()
    slack.refuses = "invalid_arguments"
    with pytest.raises(SlackApiError):
        Shown(slack, "V1")({})
