import json
import re

import pytest

from bot.manifest import RECONCILE, SCOPES, manifest
from bot.settings import SLASH
from commands import load


def read(text):
    """YAML in braces is JSON but for its comments."""
    return json.loads(re.sub(r"  # .*$", "", text, flags=re.MULTILINE))


def test_the_manifest_has_a_slash_command_for_each_that_the_settings_name():
    made = read(manifest(load(), SLASH))
    assert [one["command"] for one in made["features"]["slash_commands"]] == list(SLASH)


def test_without_an_address_the_app_connects_by_itself():
    made = read(manifest(load(), SLASH))
    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(made)


def test_with_an_address_slack_calls_it_everywhere():
    made = read(manifest(load(), SLASH, "https://leadline.example.com/slack/events"))
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["interactivity"]["request_url"].startswith("https://leadline")
    assert all(one["url"] for one in made["features"]["slash_commands"])


@pytest.mark.parametrize("url", ["https://x", "https://x/", "https://x/slack/events",
                                 "https://x/slack/events/"])  # fmt: skip
def test_the_address_may_be_given_without_the_path_that_answers(url):
    made = read(manifest(load(), SLASH, url))
    addresses = {one["url"] for one in made["features"]["slash_commands"]}
    for one in ("event_subscriptions", "interactivity"):
        addresses.add(made["settings"][one]["request_url"])
    assert addresses == {"https://x/slack/events"}


def test_texts_are_within_the_limits_of_slack():
    made = read(manifest(load(), SLASH))
    assert len(made["display_information"]["description"]) <= 140
    for one in made["features"]["slash_commands"]:
        assert len(one["command"]) <= 32
        assert len(one["description"]) <= 2_000
        assert len(one["usage_hint"]) <= 1_000


def test_the_shortcut_has_a_name_as_short_as_slack_wants_it():
    [shortcut] = read(manifest(load(), SLASH))["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150


def test_every_scope_has_its_reason_beside_it():
    text = manifest(load(), SLASH, reconcile=True)
    for scope, reason in (SCOPES | RECONCILE).items():
        assert re.search(rf'^ *"{scope}",?  # {re.escape(reason)}$', text, re.MULTILINE)


def test_what_was_posted_is_read_only_where_that_is_asked_for():
    for reconcile, wanted in ((False, SCOPES), (True, SCOPES | RECONCILE)):
        made = read(manifest(load(), SLASH, reconcile=reconcile))
        assert made["oauth_config"]["scopes"]["bot"] == list(wanted)
