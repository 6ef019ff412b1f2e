"""Who may see what, and where: every combination against an oracle written apart."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.errors import SlackApiError

from bot.access import Access, Directory, Guests
from bot.settings import Access as Entry
from commands import TOPICS

TEAM = "T1"
NOW = datetime(2026, 3, 1, tzinfo=UTC)

PEOPLE = {
    "U_MEMBER": {"team_id": TEAM},
    "U_GROUPED": {"team_id": TEAM},
    "U_GUEST": {"team_id": TEAM, "is_restricted": True},
    "U_SINGLE": {"team_id": TEAM, "is_ultra_restricted": True},
    "U_STRANGER": {"team_id": "T2", "is_stranger": True},
    "U_OTHER_TEAM": {"team_id": "T2"},
    "U_BOT": {"team_id": TEAM, "is_bot": True},
    "U_GONE": {"team_id": TEAM, "deleted": True},
    "U_MISSING": None,
    "": None,
}
CHANNELS = {
    "C_PUBLIC": {"is_member": False},
    "C_MEMBER": {"is_private": True, "is_member": True, "num_members": 5_000},
    "C_SECRET": {"is_private": True, "is_member": False},
    "C_EXTERNAL": {"is_member": True, "is_ext_shared": True},
    "C_PENDING": {"is_member": True, "is_pending_ext_shared": True},
    "C_ORG": {"is_member": True, "is_shared": True, "is_org_shared": True},
    "C_MISSING": None,
    "D_DIRECT": {"is_im": True},
    "": None,
}
KNOWN = {"C_PUBLIC", "C_MEMBER"}
EXTERNAL = {"C_EXTERNAL", "C_PENDING", "C_ORG"}
CONFIGS = {
    "nothing": {},
    "people": {"supply": Entry(tuple(PEOPLE)[:-1], ()), "revenue": Entry(("S_GROUP",), ())},
    "channels": {"supply": Entry((), tuple(CHANNELS))},
    "both": {
        "supply": Entry(tuple(PEOPLE)[:-1], tuple(CHANNELS)),
        "customers": Entry(("S_GROUP",), ("C_PUBLIC",)),
    },
}


class Slack:
    """The four methods of the SDK's client that the directory calls; `asked` counts the calls."""

    def __init__(self):
        self.asked, self.fails, self.others = [], None, 0

    def _answer(self, found, error):
        if self.fails:
            raise self.fails
        if found is None:
            raise SlackApiError(error, {"ok": False, "error": error})
        return found

    def users_info(self, user):
        self.asked.append(user)
        found = PEOPLE.get(user)
        return self._answer(found and {"user": {"id": user, "name": user, **found}},
                            "user_not_found")  # fmt: skip

    def conversations_info(self, channel, include_num_members):
        self.asked.append(channel)
        found = CHANNELS.get(channel)
        return self._answer(found and {"channel": {"name": channel, **found}}, "channel_not_found")

    def conversations_members(self, channel, limit):
        members = ["U_MEMBER", "U_GUEST", *(f"U{n}" for n in range(self.others))]
        more = "more" if len(members) > limit else ""
        return {"members": members[:limit], "response_metadata": {"next_cursor": more}}

    def usergroups_users_list(self, usergroup):
        found = {"users": ["U_GROUPED", "U_GUEST"]} if usergroup == "S_GROUP" else None
        return self._answer(found, "no_such_subteam")


@pytest.fixture
def slack():
    return Slack()


def access(slack, config="both", clock=lambda: NOW):
    return Access(CONFIGS[config], Directory(slack, TEAM, clock))


def person_may(user, topic, config):
    """The oracle: full members of our own team alone, by id or by group."""
    if user not in ("U_MEMBER", "U_GROUPED"):
        return False
    people = CONFIGS[config].get(topic, Entry()).people
    return user in people or ("S_GROUP" in people and user == "U_GROUPED")


def channel_may(channel, topic, config):
    named = channel in CONFIGS[config].get(topic, Entry()).channels
    return named and channel in KNOWN


EVERY = list(itertools.product(PEOPLE, CHANNELS, CONFIGS))


@pytest.mark.parametrize(("user", "channel", "config"), EVERY)
def test_the_matrix(slack, user, channel, config):
    rights = access(slack, config)
    asking, sharing = rights.asking(user, channel), rights.sharing(user, channel)
    posting = rights.of_channel(channel)
    for topic in TOPICS:
        person, place = person_may(user, topic, config), channel_may(channel, topic, config)
        assert asking.allows(topic) == (person and channel not in EXTERNAL)
        assert posting.allows(topic) == place
        assert sharing.allows(topic) == (person and place and channel not in EXTERNAL)
        printed = rights.printing(user, channel).allows(topic)
        assert printed == (sharing.allows(topic) if user and channel else person or place)


def test_the_matrix_is_large_enough():
    assert len(EVERY) * len(TOPICS) >= 1_000


def test_slack_is_asked_once_a_minute_for_each(slack):
    now = [NOW]
    rights = access(slack, clock=lambda: now[0])
    for _ in range(5):
        rights.sharing("U_MEMBER", "C_PUBLIC")
    assert slack.asked == ["C_PUBLIC", "U_MEMBER"]
    now[0] += timedelta(seconds=60)
    rights.sharing("U_MEMBER", "C_PUBLIC")
    assert len(slack.asked) == 4


def test_a_clock_that_goes_back_keeps_nothing(slack):
    now = [NOW]
    rights = access(slack, clock=lambda: now[0])
    rights.of_person("U_MEMBER")
    now[0] -= timedelta(days=1)
    rights.of_person("U_MEMBER")
    assert slack.asked == ["U_MEMBER", "U_MEMBER"]


@pytest.mark.parametrize(
    "fault",
    [TimeoutError("slow"), SlackApiError("x", {"ok": False, "error": "internal_error"})],
    ids=["no answer", "an error"],
)
def test_when_slack_does_not_answer_nothing_is_granted_and_nothing_kept(slack, fault):
    slack.fails = fault
    rights = access(slack)
    with pytest.raises(type(fault)):
        rights.asking("U_MEMBER", "C_PUBLIC")
    slack.fails = None
    assert rights.asking("U_MEMBER", "C_PUBLIC").allows("supply")


def test_where_there_is_no_channel_slack_is_not_asked_about_one(slack):
    assert access(slack).asking("U_MEMBER", "").allows("supply")
    assert slack.asked == ["U_MEMBER"]


def test_only_those_named_as_operators_are_some(slack):
    entries = {"supply": Entry(("U_MEMBER",)), "operators": Entry(("S_GROUP", "U_GUEST"))}
    rights = Access(entries, Directory(slack, TEAM, lambda: NOW))
    assert not rights.asking("U_MEMBER", "C_PUBLIC").is_operator
    assert rights.asking("U_GROUPED", "C_PUBLIC").is_operator
    assert not rights.asking("U_GROUPED", "C_PUBLIC").allows("supply")
    assert not rights.asking("U_GUEST", "C_PUBLIC").is_operator
    assert not rights.asking("U_GROUPED", "C_EXTERNAL").is_operator
    assert not rights.sharing("U_GROUPED", "C_PUBLIC").is_operator


def test_the_guests_of_a_channel_are_named(slack):
    assert access(slack).directory.guests("C_PUBLIC") == Guests(("U_GUEST",), is_all=True)


def test_of_a_large_channel_only_some_are_looked_up(slack):
    slack.others = 5_000
    assert access(slack).directory.guests("C_PUBLIC") == Guests(("U_GUEST",), is_all=False)
    assert len(slack.asked) == 100


def test_looking_up_ends_after_a_few_seconds(slack):
    slack.others = 50
    instants = itertools.count()
    rights = access(slack, clock=lambda: NOW + timedelta(seconds=next(instants)))
    assert rights.directory.guests("C_PUBLIC") == Guests(("U_GUEST",), is_all=False)
    assert len(slack.asked) < 6


def test_how_many_read_a_channel_is_what_slack_says(slack):
    assert access(slack).directory.place("C_MEMBER").readers == 5_000


@pytest.mark.parametrize("user", [one for one in PEOPLE if one])
@pytest.mark.parametrize("config", CONFIGS)
def test_in_the_conversation_with_a_person_that_is_seen_which_the_person_may_see(config, user):
    access = Access(CONFIGS[config], Directory(Slack(), TEAM, lambda: NOW))
    assert access.of_channel(user).levels == access.of_person(user).levels
    assert access.closed(user) is None
