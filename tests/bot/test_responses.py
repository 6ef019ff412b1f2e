"""What a request is acknowledged with; how answers reach a response_url is in test_app.py."""

from bot.responses import acknowledgement


def test_an_acknowledgement_has_the_plainest_blocks_and_may_be_empty():
    chart = {"type": "data_visualization", "title": "x"}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
    made = acknowledgement({"text": "x", "blocks": [section, chart]})
    assert made == {"response_type": "ephemeral", "text": "x", "blocks": [section]}
    assert acknowledgement({}) == {}
