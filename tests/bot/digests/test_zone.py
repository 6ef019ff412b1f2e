"""The zone of a channel is that of most of its members, where Slack tells it quickly."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.errors import SlackApiError

from bot.access import Person, Place
from bot.digests.zone import wrong_zone, zone_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Known:
    """A directory, and the client behind it, of people in zones; each takes a while."""

    def __init__(self, *zones, takes=timedelta(0), reach="known"):
        self.people = {f"U{at}": Person(f"U{at}", "x", True, zone=one) for at, one in
                       enumerate(zones)}  # fmt: skip
        self.takes, self.now, self.reach, self.client = takes, NOON, reach, self
        self.fault = None

    def clock(self):
        return self.now

    def place(self, channel):
        return Place(channel, channel, self.reach)

    def person(self, user):
        self.now += self.takes
        return self.people[user]

    def conversations_members(self, channel, limit):
        if self.fault:
            raise self.fault
        return {"members": list(self.people)[:limit]}


def test_it_is_the_zone_of_most():
    known = Known("Europe/Berlin", "Asia/Kolkata", "Asia/Kolkata", "", "Nowhere/Land")
    assert zone_of(known, "C1", "UTC") == "Asia/Kolkata"


def test_a_person_has_a_zone_too():
    assert zone_of(Known("Asia/Kolkata"), "U0", "UTC") == "Asia/Kolkata"


def test_what_takes_long_is_left():
    known = Known("Europe/Paris", *["Asia/Kolkata"] * 9, takes=timedelta(seconds=3))
    assert zone_of(known, "C1", "UTC") == "Europe/Paris"
    assert known.now - NOON == timedelta(seconds=3)


@pytest.mark.parametrize("known", [Known(), Known("", ""), Known("Asia/Kolkata", reach="external")])
def test_where_it_is_not_told_the_workspace_has_one(known):
    assert zone_of(known, "C1", "Europe/Vienna") == "Europe/Vienna"


def test_where_slack_does_not_answer_the_workspace_has_one():
    known = Known("Asia/Kolkata")
    known.fault = SlackApiError("no", {"error": "fatal_error"})
    assert zone_of(known, "C1", "UTC") == "UTC"
    assert zone_of(known, "", "UTC") == "UTC"


def test_a_zone_that_is_not_there_brings_the_nearest():
    assert wrong_zone("Europe/Berlin") == ""
    assert "Europe/Berlin" in wrong_zone("Europe/Berln")
    for text in ("", "../etc/passwd", "x\0y", "/etc"):
        assert wrong_zone(text)
