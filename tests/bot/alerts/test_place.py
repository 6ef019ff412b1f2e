"""Where an alert can be told, and why not."""

import pytest

from bot.access import Access, Directory
from bot.alerts.draft import Choice, Draft
from bot.alerts.place import (
    INVITE,
    NOT_ALL,
    NOT_THEM,
    OUTSIDERS,
    _teams,
    around,
    no_place,
    place_problems,
)
from bot.settings import Access as Entry
from tests.bot.conversation import (
    ACCESS,
    ADA,
    GENERAL,
    NOOR,
    NOW,
    OPS,
    PARTNERS,
    SECRET,
    leadline,
    replies,
)

TOTAL = Choice(False, "median", "days", 32.0, True, ("supply",), "lead-time")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with leadline(tmp_path_factory.mktemp("place"), is_http=True) as (_, parts):
        yield replies(parts)


@pytest.mark.parametrize(
    ("channel", "why"),
    [(OPS, ""), (GENERAL, NOT_ALL), (PARTNERS, OUTSIDERS), (SECRET, INVITE), ("C0NOWHERE", INVITE),
     ("", INVITE), ("D0ADA", INVITE), (ADA, ""), (NOOR, NOT_THEM)],
)  # fmt: skip
def test_a_place_is_refused_for_its_own_reason(made, channel, why):
    assert no_place(made.access, channel, ("supply",)) == why


def test_a_public_channel_that_the_bot_is_not_in_wants_an_invitation(made, monkeypatch):
    place = made.access.directory.place(OPS)
    monkeypatch.setattr(made.access.directory, "place", lambda _: type(place)(
        place.id, place.name, "known", place.readers, is_in=False
    ))  # fmt: skip
    assert no_place(made.access, OPS, ("supply",)) == INVITE


@pytest.mark.parametrize(
    ("user", "more", "field"),
    [
        (ADA, {}, None),
        (ADA, {"where": "here", "channel": GENERAL}, "where"),
        (ADA, {"where": "other", "other": SECRET}, "other"),
        (NOOR, {}, "where"),
        (ADA, {"choices": ()}, "where"),
    ],
    ids=str,
)
def test_it_is_told_at_the_field_that_chose_the_place(made, user, more, field):
    fields = {"channel": OPS, "line": "lead-time", "owner": user, "choices": (TOTAL,)} | more
    assert list(place_problems(made, Draft(**fields), user)) == ([field] if field else [])


def test_the_teams_of_a_person_are_the_user_groups_that_they_are_in():
    groups = {"S1": ["U1"], "S2": ["U2"]}

    class Client:
        def usergroups_users_list(self, usergroup):
            return {"users": groups[usergroup]}

        def usergroups_list(self):
            return {"usergroups": [{"id": "S1", "name": "Buyers"}]}

    directory = Directory(Client(), "T1", lambda: NOW)
    access = Access({"supply": Entry(("S1", "S2", "U3"))}, directory)
    assert (_teams(access, "U1"), _teams(access, "U3")) == (["S1"], [])
    assert [directory.group_name(one) for one in ("S1", "S2")] == ["Buyers", "S2"]


def test_a_dialog_in_a_channel_that_may_see_it_offers_the_channel(made):
    draft = Draft(OPS, "lead-time", ADA, choices=(TOTAL,))
    assert around(made, draft, ADA).place == "ops"
    assert made.access.entries == ACCESS
    assert around(made, Draft("", "lead-time", ADA, choices=(TOTAL,)), ADA).place == ""
