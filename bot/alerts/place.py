"""Who an alert can be told to, and what a dialog can offer beside what it is about."""

from collections.abc import Collection

from bot.access import PEOPLE, Access
from bot.alerts.draft import HERE, ME, Draft
from bot.alerts.fields import Around
from bot.replies import Replies
from commands import Topic
from commands._lookup import command_of

# what asks about suppliers, whose orders are tested for what is unusual
TESTED = ("suppliers",)
INVITE = "I am not in that channel: invite me there first (/invite @Leadline), then send it again"
OUTSIDERS = "Others than our workspace read that channel, so I tell no figures there"
NOT_ALL = "Not all who read that channel may see this figure; [access] says who may"
NOT_THEM = "Its owner may not see this figure"
NOT_YOU = "You may not see this figure"


def around(replies: Replies, draft: Draft, user: str) -> Around:
    """What the dialog of a draft offers to a person."""
    access, desk = replies.access, replies.desk
    topics = draft.choice.topics if draft.choice else ()
    command, _ = command_of(draft.line.split(), desk.registry)
    is_told = not no_place(access, draft.channel, topics) and not _is_person(draft.channel)
    return Around(
        access.directory.place(draft.channel).name if is_told else "",
        desk.goals,
        bool(command and command.name in TESTED),
        [(one, access.directory.group_name(one)) for one in _teams(access, user)],
        replies.zone.key,
    )


def place_problems(replies: Replies, draft: Draft, user: str) -> dict[str, str]:
    """Why a draft can't be told where it is to be told, by field."""
    access = replies.access
    topics = draft.choice.topics if draft.choice else ()
    grant = access.asking(user, draft.channel)
    if not topics or not all(map(grant.allows, topics)):
        return {"where": NOT_YOU}
    why = no_place(access, draft.target, topics)
    field = "where" if draft.where in (ME, HERE) else "other"
    return {field: why} if why else {}


def no_place(access: Access, channel: str, topics: Collection[Topic]) -> str:
    """Why an alert of these topics can't be told in a channel, or to a person; empty if it can."""
    place = access.directory.place(channel) if channel else None
    if place is None or (place.reach == "direct" and not _is_person(channel)):
        return INVITE
    if place.reach == "external":
        return OUTSIDERS
    if place.reach != "direct" and (place.reach == "unknown" or not place.is_in):
        return INVITE
    if not all(map(access.of_channel(channel).allows, topics)):
        return NOT_THEM if place.reach == "direct" else NOT_ALL
    return ""


def _is_person(channel: str) -> bool:
    return channel.startswith(PEOPLE)


def _teams(access: Access, user: str) -> list[str]:
    """The user groups of [access] that a person is in."""
    named = {one for entry in access.entries.values() for one in entry.people}
    groups = sorted(one for one in named if one.startswith("S"))
    return [one for one in groups if user in access.directory.group(one)]
