"""Outside of Slack it says where alerts are made."""

from commands import Grant
from tests.commands.dialogue import say, verify
from tests.storage.world import World


def test_it_says_where_to_find_them_and_is_no_error(tmp_path):
    verify(World(tmp_path), [
        ("alerts", "notice", "live in Slack", "`/leadline alerts`", "`/leadline alerts new"),
        ("alerts new lead-time", "notice", "live in Slack"),
    ])  # fmt: skip


def test_who_may_see_nothing_may_still_be_told_where(tmp_path):
    said = say(World(tmp_path), "alerts", sees=Grant())
    assert "Slack" in said.title
