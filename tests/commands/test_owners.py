"""Outside of Slack it says where owners are set."""

from tests.commands.dialogue import verify
from tests.storage.world import World


def test_it_says_where_and_is_no_error(tmp_path):
    verify(World(tmp_path), [("owners", "notice", "in Slack", "`/leadline owners`")])
