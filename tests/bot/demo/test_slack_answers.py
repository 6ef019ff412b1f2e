import pytest

from bot.demo._slack_answers import blocks_of, is_true, page_of, read, refusals
from tests.bot.demo.small_slack import small_slack


@pytest.mark.parametrize("value", [True, "true", "1", 1])
def test_what_a_form_writes_for_yes_is_yes(value):
    assert is_true({"x": value}, "x")
    assert not is_true({"x": "0"}, "x")
    assert not is_true({}, "x")


def test_an_argument_comes_as_data_or_as_the_text_of_it():
    assert read({"x": '{"a": 1}'}, "x") == read({"x": {"a": 1}}, "x") == {"a": 1}
    assert read({}, "x") is None
    assert blocks_of({"blocks": '{"no": "list"}'}) == []


def test_a_list_is_told_page_by_page():
    every = [{"at": at} for at in range(5)]
    page, cursor = page_of(every, {"limit": "2"}, 100, 3)
    assert (page, cursor) == (every[:2], "2")
    page, cursor = page_of(every, {"limit": "99", "cursor": cursor}, 100, 3)
    assert (page, cursor) == (every[2:], "")


def test_blocks_that_this_workspace_has_not_got_are_refused():
    slack = small_slack()
    assert refusals(slack, [{"type": "divider"}]) == []
    slack.unknown_blocks = {"divider"}
    assert "unsupported" in str(refusals(slack, [{"type": "divider"}]))
