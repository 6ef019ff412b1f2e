"""What a digest is, as leadline.toml has it and as it is kept when a person made it in Slack."""

from datetime import timedelta

import msgspec


class Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message made of command lines, posted when its cron expression says so, in its zone.

    It goes to `channel` and to those of `also`; a person's id is the conversation with them.
    `only_if` is empty, "changed" (what it says differs from the last one sent), or a command line
    and a threshold of its first figure, such as "exposed above 0". With `series` it is posted into
    the thread of its first message. `owner` is the Slack user who made it, empty in leadline.toml.
    """

    id: str
    channel: str
    cron: str
    zone: str
    ask: tuple[str, ...]
    title: str = ""
    catch_up: timedelta = timedelta(hours=12)
    also: tuple[str, ...] = ()
    only_if: str = ""
    series: bool = False
    owner: str = ""
