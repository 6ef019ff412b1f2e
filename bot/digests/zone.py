"""In which zone a digest of a channel is meant, if nobody says it."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.access import PEOPLE, Directory
from bot.post import FAILURES
from commands._grammar import nearest

LOOKED_UP = 20
WITHIN = timedelta(seconds=2)


def zone_of(directory: Directory, channel: str, otherwise: str) -> str:
    """The zone of most of the people of a channel, or of a person; `otherwise` where Slack does
    not tell it quickly.
    """
    try:
        found = Counter(filter(None, map(_known, _zones(directory, channel))))
    except FAILURES:
        return otherwise
    return max(found, key=lambda zone: (found[zone], zone), default=otherwise)


def _zones(directory: Directory, channel: str) -> list[str]:
    if channel.startswith(PEOPLE):
        return [directory.person(channel).zone]
    if not channel or directory.place(channel).reach != "known":
        return []
    begun = directory.clock()
    members = directory.client.conversations_members(channel=channel, limit=LOOKED_UP)
    zones = []
    for user in members.get("members") or []:
        if directory.clock() - begun > WITHIN:
            break
        person = directory.person(user)
        if person.is_member:
            zones.append(person.zone)
    return zones


def _known(zone: str) -> str:
    return "" if wrong_zone(zone) else zone


def wrong_zone(zone: str) -> str:
    """What is wrong with the name of a zone; empty where nothing is."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(zone, available_timezones(), limit=3)
        like = f" Do you mean {', '.join(near)}?" if near else ""
        return f"I know no zone of that name: write it like Europe/Berlin.{like}"
    return ""
