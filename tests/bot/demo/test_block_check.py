import pytest

from bot.demo._block_check import faults, view_faults
from tests.bot.demo.small_slack import field, modal


def section(text="x"):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id="a", **more):
    return {"type": "button", "action_id": action_id,
            "text": {"type": "plain_text", "text": "go"}, **more}  # fmt: skip


TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
CHART = {"type": "data_visualization", "title": "t", "chart": {"type": "line"}}


@pytest.mark.parametrize(
    "blocks",
    [[], [section()] * 50, [{"type": "actions", "elements": [button("a"), button("b")]}],
     [TABLE], [CHART, CHART], [{"type": "divider"}]],
    ids=range(6),
)  # fmt: skip
def test_what_slack_takes_is_taken(blocks):
    assert faults(blocks) == []


@pytest.mark.parametrize(
    "blocks",
    [[section()] * 51, [{"type": "bogus"}], [None], [section("")], [section("x" * 3_001)],
     [{"type": "actions", "elements": []}], [{"type": "actions", "elements": [button(), button()]}],
     [{"type": "actions", "elements": [button(value="x" * 2_001)]}], [TABLE, TABLE],
     [CHART] * 3, [{**CHART, "title": ""}], [{"type": "table", "rows": [[{"type": "x"}]]}],
     [{"type": "table", "rows": [[{"type": "raw_text"}] * 21]}], {"type": "section"}],
    ids=range(14),
)  # fmt: skip
def test_what_slack_refuses_is_refused(blocks):
    assert faults(blocks)


def pages(**more):
    rows = [[{"type": "raw_text", "text": "a"}], [{"type": "raw_number", "value": 1, "text": "1"}]]
    return {"type": "data_table", "caption": "x", "rows": rows, **more}


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (pages(caption=""), "caption"),
        (pages(page_size=0), "page_size"),
        (pages(rows=pages()["rows"][:1]), "at least 2"),
        (pages(rows=[*pages()["rows"], []]), "same length"),
        (pages(rows=[[{"type": "rich_text"}], [{"type": "raw_text"}]]), "header"),
        (pages(rows=[[{"type": "raw_text", "text": "x" * 10_001}]] * 2), "20000"),
    ],
)
def test_a_table_with_pages_is_refused_for_what_slack_refuses(block, why):
    assert faults([pages()]) == []
    assert why in str(faults([block]))


def test_a_workspace_may_not_have_the_newest_blocks_yet():
    assert "unsupported" in str(faults([pages()], known=frozenset({"section"})))


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (modal(TABLE), "unsupported block: table"),
        (modal(CHART), "unsupported block: data_visualization"),
        (modal(title={"type": "plain_text", "text": "x" * 25}), "1 to 24"),
        (modal(submit={"type": "mrkdwn", "text": "x"}), "plain_text"),
        (modal(field("a"), submit=None), "submit"),
        (modal(field("a"), field("a")), "block_id"),
        (modal(field("a", "bogus")), "unsupported element"),
        (modal(private_metadata="x" * 3_001), "private_metadata"),
        (modal(*[section()] * 101), "no more than 100"),
        ({"type": "modal", "title": {}}, "no less than 1"),
        ({"type": "home"}, "must be modal"),
        (None, "must be modal"),
    ],
)
def test_a_dialog_is_refused_for_what_slack_refuses(view, why):
    assert view_faults(modal(field("a")), "modal") == []
    assert why in str(view_faults(view, "modal"))


def test_a_home_tab_may_have_tables_and_needs_no_title():
    assert view_faults({"type": "home", "blocks": [TABLE, CHART]}, "home") == []
    assert view_faults({"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}, "home")
