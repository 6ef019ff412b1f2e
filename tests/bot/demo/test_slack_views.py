import pytest

from tests.bot.demo.small_slack import ask, field, modal, small_slack


@pytest.fixture
def seen():
    return []


@pytest.fixture
def slack(seen):
    return small_slack(lambda kind, body: seen.append(body) or {})


def trigger(slack, seen, view=None):
    if view:
        slack.click_in("U1", view["id"], {"action_id": "b", "block_id": "x"})
    else:
        slack.say("U1", "C1", "/ask")
    return seen[-1]["trigger_id"]


@pytest.fixture
def view(slack, seen):
    return ask(slack, "views.open", trigger_id=trigger(slack, seen), view=modal())["view"]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("views.open", {"trigger_id": "t", "view": modal()}, "expired_trigger_id"),
        ("views.open", {"trigger_id": "t", "view": {}}, "invalid_arguments"),
        ("views.open", {"trigger_id": "t", "view": modal(field("a"), submit=None)},
         "invalid_arguments"),
        ("views.push", {"trigger_id": "t", "view": modal()}, "expired_trigger_id"),
        ("views.update", {"view_id": "V0", "view": modal()}, "not_found"),
        ("views.publish", {"user_id": "U9", "view": {"type": "home"}}, "user_not_found"),
        ("views.publish", {"user_id": "U1", "view": {"type": "home"}}, "invalid_arguments"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_as_slack_tells_it(slack, method, args, error):
    assert ask(slack, method, **args)["error"] == error


def test_a_trigger_is_good_for_one_time(slack, seen):
    once = trigger(slack, seen)
    assert ask(slack, "views.open", trigger_id=once, view=modal())["ok"]
    for method in ("views.open", "views.push"):
        found = ask(slack, method, trigger_id=once, view=modal())
        assert found["error"] == "exchanged_trigger_id"


def test_a_view_is_told_with_its_place_in_the_stack(slack, seen, view):
    assert (view["previous_view_id"], view["root_view_id"]) == (None, view["id"])
    pushed = ask(slack, "views.push", trigger_id=trigger(slack, seen, view), view=modal())["view"]
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (view["id"], view["id"])
    assert all(block["block_id"] for block in view["blocks"])


def test_no_more_than_three_views_lie_over_each_other(slack, seen, view):
    for _ in range(2):
        view = ask(slack, "views.push", trigger_id=trigger(slack, seen, view), view=modal())["view"]
    found = ask(slack, "views.push", trigger_id=trigger(slack, seen, view), view=modal())
    assert found["error"] == "push_limit_reached"


def test_without_a_dialog_there_is_nothing_to_lay_a_view_over(slack, seen):
    found = ask(slack, "views.push", trigger_id=trigger(slack, seen), view=modal())
    assert found["error"] == "not_found"


def test_a_view_that_changed_meanwhile_is_not_changed_by_who_has_not_seen_it(slack, view):
    args = {"view_id": view["id"], "hash": view["hash"]}
    changed = ask(slack, "views.update", view=modal(callback_id="d"), **args)["view"]
    assert changed["id"] == view["id"]
    assert changed["hash"] != view["hash"]
    assert ask(slack, "views.update", view=modal(), **args)["error"] == "hash_conflict"
    assert slack.views[view["id"]]["callback_id"] == "d"


def test_a_view_is_found_by_the_name_that_the_bot_gave_it(slack, seen):
    named = modal(external_id="mine")
    view = ask(slack, "views.open", trigger_id=trigger(slack, seen), view=named)["view"]
    found = ask(slack, "views.update", external_id="mine", view=named)
    assert found["view"]["id"] == view["id"]


def test_a_home_tab_is_published_and_not_over_one_that_nobody_saw(slack):
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = ask(slack, "views.publish", user_id="U1", view=home)["view"]
    assert ask(slack, "views.publish", user_id="U1", view=home, hash=first["hash"])["ok"]
    again = ask(slack, "views.publish", user_id="U1", view=home, hash=first["hash"])
    assert again["error"] == "hash_conflict"
    assert slack.homes["U1"]["blocks"][0]["type"] == "divider"
