import pytest

from tests.bot.demo.small_slack import BOT, ask, small_slack


@pytest.fixture
def slack():
    return small_slack()


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("conversations.info", {"channel": "C9"}, "channel_not_found"),
        ("conversations.members", {"channel": "C9"}, "channel_not_found"),
        ("conversations.open", {"users": "U9"}, "user_not_found"),
        ("users.info", {"user": "U9"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "gus@works.example"}, "users_not_found"),
        ("users.lookupByEmail", {}, "users_not_found"),
    ],
)
def test_what_is_not_there_is_told_as_slack_tells_it(slack, method, args, error):
    assert ask(slack, method, **args)["error"] == error


def test_people_and_channels_are_told_with_what_matters_for_rights(slack):
    assert ask(slack, "users.info", user="U2")["user"]["is_restricted"]
    assert ask(slack, "users.info", user=BOT)["user"]["is_bot"]
    assert ask(slack, "conversations.info", channel="C2")["channel"]["is_ext_shared"]
    assert ask(slack, "conversations.info", channel="C1")["channel"]["is_member"]
    assert ask(slack, "conversations.members", channel="C1")["members"] == ["U1", BOT]
    assert [one["id"] for one in ask(slack, "users.list")["members"]] == ["U1", "U2"]
    assert [one["id"] for one in ask(slack, "conversations.list")["channels"]] == ["C1", "C2"]


def test_someone_is_found_by_an_address_however_it_is_written(slack):
    found = ask(slack, "users.lookupByEmail", email="Ada@Works.example")["user"]
    assert (found["id"], found["profile"]["email"]) == ("U1", "ada@works.example")


def test_a_person_has_a_zone_of_their_own(slack):
    found = ask(slack, "users.info", user="U2")["user"]
    assert (found["tz"], found["tz_label"], found["tz_offset"]) == (
        "America/New_York",
        "EST",
        -18_000,
    )


def test_a_conversation_with_one_person_is_there_already(slack):
    assert ask(slack, "conversations.open", users="U1")["channel"]["id"] == "D1"
    assert ask(slack, "conversations.open", channel="D1")["channel"]["id"] == "D1"


def test_members_are_told_page_by_page(slack):
    first = ask(slack, "conversations.members", channel="C1", limit=1)
    assert first["members"] == ["U1"]
    cursor = first["response_metadata"]["next_cursor"]
    assert ask(slack, "conversations.members", channel="C1", cursor=cursor)["members"] == [BOT]
