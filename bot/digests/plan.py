"""What a digest is, as leadline.toml has it and as it is kept when a person made it in Slack."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

# what stands between a digest's id and one more place that it goes to
TO = ">"


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


class Reminders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many `days` before a notice deadline its account owner is reminded; 0 where nobody is
    who did not ask for it.
    """

    days: int = 0


@dataclass(frozen=True)
class Plan:
    """A digest and where it stands: `number` is its row's, null for one of leadline.toml.

    `skips` is the period that is left out, once.
    """

    digest: Digest
    number: int | None = None
    is_paused: bool = False
    skips: str | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether it stands in leadline.toml and can't be changed in Slack."""
        return self.number is None


def legs(digest: Digest) -> tuple[Digest, ...]:
    """The digest once for each place that it goes to, each of which is asked and told by itself.

    The first keeps the digest's id; that of another place has the place in it.
    """
    title = digest.title or digest.id
    others = dict.fromkeys(one for one in digest.also if one != digest.channel)
    first = msgspec.structs.replace(digest, title=title, also=())
    more = [
        msgspec.structs.replace(first, id=f"{digest.id}{TO}{place}", channel=place)
        for place in others
    ]
    return (first, *more)
