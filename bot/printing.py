"""Answers that are printed: for the operator, or as a Slack user or a channel may see them."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.boundary import guarded
from bot.channel import answered
from bot.clock import true_time
from bot.settings import Settings
from bot.told import keep_told
from commands import Answer, Ask, Grant, Notice, load
from storage.store import Store


def asked(
    settings: Settings,
    store: Store,
    line: str,
    user: str,
    channel: str,
    *,
    who: str = "",
    rows: bool = False,
) -> Answer | Notice:
    """The answer to the operator, who may see everything, or for a Slack user or a channel.

    Without `who` asks, as for an agent, nothing is changed.
    """
    grant = Grant.everything()
    if user or channel:
        from bot.process import access

        grant = access(settings, true_time).printing(user, channel)
    stale_after = {one.key: one.stale_after for _, one in settings.sources}
    zone, now, home = ZoneInfo(settings.zone), now_of(settings), settings.currency
    ask = Ask(line, now, zone, grant, who, channel, stale_after, home, rows, settings.carry_rate)
    return answered(store, ask, load())


def remember(settings: Settings, store: Store, said: Iterable[Answer | Notice]) -> None:
    """Keeps what printed answers tell of the future; what a replay tells has passed."""
    if not settings.now:
        zone = ZoneInfo(settings.zone)
        guarded("what was told", partial(keep_told, store, said, true_time(), zone))


def now_of(settings: Settings) -> datetime:
    """The instant that questions are asked at: that of a replay, where one is set."""
    return settings.now or true_time()
