"""Outside of Slack it says where alerts are silenced."""

from tests.commands.dialogue import verify
from tests.storage.world import World


def test_it_says_where_and_is_no_error(tmp_path):
    verify(World(tmp_path), [
        ("silence", "notice", "in Slack", "`/leadline silence`"),
        ("mute 2h borealis", "notice", "in Slack"),
    ])  # fmt: skip
