"""Who may see what, and where. What is not said in `[access]` is not shown; asked every time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.settings import Access as Entry
from commands import TOPICS, Grant

KEPT = timedelta(seconds=60)
MOST_LOOKED_UP = 100
LOOK_UP_WITHIN = timedelta(seconds=5)
# What Slack says of things that are not there, or not for us.
ABSENT = frozenset({
    "channel_not_found", "no_such_subteam", "not_in_channel", "subteam_not_found",
    "user_not_found", "user_not_visible", "users_not_found", "missing_scope",
})  # fmt: skip

# how the ids of people begin
PEOPLE = ("U", "W")
SHARED_WITH_OTHERS = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")
OPERATORS = "operators"
CLOSED = {
    "external": "the channel is shared with others than us",
    "unknown": "I can't see who reads the channel: invite me",
}

Reach = Literal["direct", "known", "unknown", "external"]
T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """A user as Slack tells: only a full member of our own workspace is one of us.

    `zone` is the one that they have set, as Slack has it; empty where it does not tell.
    """

    id: str
    name: str
    is_member: bool
    is_guest: bool = False
    zone: str = ""


@dataclass(frozen=True)
class Place:
    """A channel. direct: only the asker reads it; unknown: the bot can't see who does.

    `readers`: how many people are in it, where Slack tells. A person's id is the conversation
    with that person. `is_in`: whether the bot is a member, without which it can't post.
    """

    id: str
    name: str
    reach: Reach
    readers: int | None = None
    is_in: bool = False


@dataclass(frozen=True)
class Guests:
    """The names of a channel's guests; not `is_all` where there may be more of them."""

    names: tuple[str, ...]
    is_all: bool


class Directory:
    """What Slack knows of people and channels, kept for a minute by the given clock.

    A failed call (not an absent thing) is a `SlackApiError` or an `OSError`: nothing is shown.
    """

    def __init__(self, client: WebClient, team: str, clock: Callable[[], datetime]) -> None:
        self.client, self.team, self.clock = client, team, clock
        self._kept: dict[tuple[str, str], tuple[datetime, Any]] = {}

    def person(self, user: str) -> Person:
        return self._once("person", user, self._person)

    def place(self, channel: str) -> Place:
        return self._once("place", channel, self._place)

    def group(self, group: str) -> frozenset[str]:
        return self._once("group", group, self._group)

    def group_name(self, group: str) -> str:
        """How people call a user group; its id where Slack does not tell."""
        return self._once("names", "groups", self._group_names).get(group, group)

    def guests(self, channel: str) -> Guests:
        """Who of a channel is a guest, as far as a few seconds allow to look up."""
        begun = self.clock()
        names: list[str] = []
        found = self.client.conversations_members(channel=channel, limit=MOST_LOOKED_UP)
        for user in found.get("members") or []:
            if self.clock() - begun > LOOK_UP_WITHIN:
                return Guests(tuple(names), is_all=False)
            person = self.person(user)
            if person.is_guest:
                names.append(person.name)
        has_more = (found.get("response_metadata") or {}).get("next_cursor")
        return Guests(tuple(names), is_all=not has_more)

    def _once(self, kind: str, key: str, ask: Callable[[str], T]) -> T:
        now = self.clock()
        at, value = self._kept.get((kind, key), (None, None))
        if at is None or not now - KEPT < at <= now:
            value = ask(key)
            self._kept[kind, key] = (now, value)
        found: T = value  # type: ignore[assignment]  # what `ask` of this kind gave
        return found

    def _person(self, user: str) -> Person:
        found = _found(lambda: self.client.users_info(user=user)["user"])
        if not found:
            return Person(user, user, is_member=False)
        is_guest = bool(found.get("is_restricted") or found.get("is_ultra_restricted"))
        is_other = (
            found.get("deleted") or found.get("is_bot") or found.get("is_stranger")
            or user == "USLACKBOT" or found.get("team_id") != self.team
        )  # fmt: skip
        name = (found.get("profile") or {}).get("display_name") or found.get("name") or user
        is_member = not (is_guest or is_other)
        return Person(user, name, is_member, is_guest=is_guest, zone=str(found.get("tz") or ""))

    def _place(self, channel: str) -> Place:
        if channel.startswith(("D", *PEOPLE)):
            return Place(channel, "this conversation", "direct")
        found = _found(
            lambda: self.client.conversations_info(channel=channel, include_num_members=True)[
                "channel"
            ]
        )
        if not found:
            return Place(channel, channel, "unknown")
        # shared with another company, or with another workspace of ours: not all are known to us
        if any(found.get(one) for one in SHARED_WITH_OTHERS):
            return Place(channel, found.get("name") or channel, "external")
        if found.get("is_im"):
            return Place(channel, "this conversation", "direct")
        is_seen = found.get("is_member") or not found.get("is_private")
        reach: Reach = "known" if is_seen else "unknown"
        name, is_in = found.get("name") or channel, bool(found.get("is_member"))
        return Place(channel, name, reach, found.get("num_members"), is_in)

    def _group_names(self, _: str) -> dict[str, str]:
        found = _found(lambda: self.client.usergroups_list()["usergroups"])
        return {one["id"]: str(one.get("name") or one["id"]) for one in found or ()}

    def _group(self, group: str) -> frozenset[str]:
        found = _found(lambda: self.client.usergroups_users_list(usergroup=group)["users"])
        return frozenset(found or ())


class Access:
    """The grants of people and of channels, as `[access]` in leadline.toml gives them."""

    def __init__(self, entries: Mapping[str, Entry], directory: Directory) -> None:
        self.entries, self.directory = entries, directory

    def asking(self, user: str, channel: str) -> Grant:
        """For an answer that only the asker sees: the person's right; nothing among strangers."""
        if not user or (channel and self.directory.place(channel).reach == "external"):
            return Grant()
        return self.of_person(user)

    def sharing(self, user: str, channel: str) -> Grant:
        """For what a person posts into a channel: what both may see."""
        person, place = self.asking(user, channel), self.of_channel(channel)
        return _grant(topic for topic in TOPICS if person.allows(topic) and place.allows(topic))

    def printing(self, user: str, channel: str) -> Grant:
        """For the terminal: what a person may see, a channel may, or with both what both may."""
        if user and channel:
            return self.sharing(user, channel)
        return self.of_channel(channel) if channel else self.asking(user, "")

    def of_person(self, user: str) -> Grant:
        """What a full member of our workspace may see; nobody else sees anything."""
        if not self.directory.person(user).is_member:
            return Grant()
        allowed = _grant(topic for topic in TOPICS if self._names(topic, user))
        return replace(allowed, is_operator=self._names(OPERATORS, user))

    def of_channel(self, channel: str) -> Grant:
        """What everyone in a channel may see; nothing where the bot can't tell who reads it.

        In the conversation with a person, by the person's id, that is what the person may see.
        """
        if channel.startswith(PEOPLE):
            return self.of_person(channel)
        if self.directory.place(channel).reach != "known":
            return Grant()
        return _grant(
            topic
            for topic in TOPICS
            if topic in self.entries and channel in self.entries[topic].channels
        )

    def closed(self, channel: str) -> str | None:
        """Why nothing at all is posted in a channel; null where something may be."""
        return CLOSED.get(self.directory.place(channel).reach)

    def _names(self, entry: str, user: str) -> bool:
        people = self.entries[entry].people if entry in self.entries else ()
        return user in people or any(
            user in self.directory.group(one) for one in people if one.startswith("S")
        )


def _grant(topics: Any) -> Grant:
    return Grant(dict.fromkeys(topics, "full"))


def _found(ask: Callable[[], T]) -> T | None:
    """What Slack gives; null for what is not there or not for us to see."""
    try:
        return ask()
    except SlackApiError as error:
        if error.response.get("error") in ABSENT:
            return None
        raise
