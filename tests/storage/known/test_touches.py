"""The last touch by channel."""

from datetime import UTC, date, datetime

from storage.known.customers import identities
from storage.known.touches import touches
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def test_the_last_touch_of_each_channel_over_all_accounts_of_a_company(tmp_path):
    world = World(tmp_path)
    account = world.account("Acme")
    merged = world.account("Acme (old)", merged_into=account)
    world.touch(account, "2026-03-01", direction="outbound")
    world.touch(merged, "2026-03-05", direction="inbound")
    world.touch(account, "2026-03-09", kind="email", channel="mail")
    world.touch(account, "2026-03-21")
    with world.reader() as session:
        found = list(touches(session, NOW, identities(session)))
    assert [(one.channel, one.on, one.direction, one.count) for one in found] == [
        ("mail", date(2026, 3, 9), None, 1), ("call", date(2026, 3, 5), "inbound", 2),
    ]  # fmt: skip
