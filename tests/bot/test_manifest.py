import json

from bot.manifest import SCOPES, manifest
from bot.settings import SLASH
from commands import load


def test_the_manifest_has_a_slash_command_for_each_that_the_settings_name():
    made = json.loads(manifest(load(), SLASH))
    assert [one["command"] for one in made["features"]["slash_commands"]] == list(SLASH)


def test_without_an_address_the_app_connects_by_itself():
    made = json.loads(manifest(load(), SLASH))
    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(made)


def test_with_an_address_slack_calls_it_everywhere():
    made = json.loads(manifest(load(), SLASH, "https://leadline.example.com/slack/events"))
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["interactivity"]["request_url"].startswith("https://leadline")
    assert all(one["url"] for one in made["features"]["slash_commands"])


def test_texts_are_within_the_limits_of_slack():
    made = json.loads(manifest(load(), SLASH))
    assert len(made["display_information"]["description"]) <= 140
    for one in made["features"]["slash_commands"]:
        assert len(one["command"]) <= 32
        assert len(one["description"]) <= 2_000
        assert len(one["usage_hint"]) <= 1_000


def test_every_scope_has_a_reason():
    assert all(SCOPES.values())
    assert set(json.loads(manifest(load(), SLASH))["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
