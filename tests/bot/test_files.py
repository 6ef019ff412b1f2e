"""A file for one person, and what is said when Slack does not take it."""

import pytest
from slack_sdk import WebClient

from bot.demo.page_server import served
from bot.files import send_csv
from commands import Column, Notice, Table
from tests.bot.conversation import ADA, workspace
from tests.bot.test_text import BERLIN, answer


@pytest.fixture
def slack(tmp_path):
    made = workspace()
    with served(made, tmp_path) as base:
        made.client = WebClient(made.bot_token, base_url=f"{base}/api/", retry_handlers=[])
        yield made


def test_all_rows_are_sent_with_what_they_rest_on(slack):
    said = answer(*((f"Supplier {number}", 1.0) for number in range(250)))
    told = send_csv(slack.client, said, ADA, BERLIN)
    assert told.text.startswith("250 rows as Lead-time-2026-03-01.csv")
    [message] = slack.messages
    assert message.channel == "D0ADA"
    assert "lead-time∂2".replace("∂", "@") in message.text
    content = slack.files.read(message.files[0]["id"]).content
    assert content.startswith("\ufeffSupplier".encode())
    assert len(content.decode().splitlines()) == 251


def test_the_rows_behind_a_figure_are_another_file(slack):
    from dataclasses import replace

    rows = Table((Column("Order", "supply"), Column("State", "supply")), (("P1", "open"),))
    said = replace(answer(("Acme", 1.0)), evidence=rows)
    send_csv(slack.client, said, ADA, BERLIN, is_evidence=True)
    content = slack.files.read(slack.messages[0].files[0]["id"]).content
    assert content.decode("utf-8-sig").splitlines() == ["Order,State", "P1,open"]


def test_what_slack_does_not_take_is_told_with_its_reason(slack):
    told = send_csv(slack.client, answer(("Acme", 1.0)), "U0NOBODY", BERLIN)
    assert (told.title, told.text) == ("Not sent", "Slack did not take the file: user_not_found.")
    gone = WebClient("x", base_url="http://127.0.0.1:9/api/", retry_handlers=[])
    assert send_csv(gone, answer(("Acme", 1.0)), ADA, BERLIN).error


def test_without_rows_there_is_no_file(slack):
    assert send_csv(slack.client, answer(), ADA, BERLIN).title == "There are no rows"
    refused = Notice("Not here", "x", error=True)
    assert send_csv(slack.client, refused, ADA, BERLIN) is refused
    assert slack.messages == []
