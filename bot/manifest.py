"""The manifest from which Slack makes the app: its commands, and no scope without a reason."""

from collections.abc import Mapping
from typing import Any

import msgspec

from commands import Command

SCOPES = {
    "commands": "slash commands",
    "chat:write": "posts digests, alerts and what people share",
    "users:read": "guests, bots and strangers get no figures",
    "usergroups:read": "user groups in [access]",
    "channels:read": "who reads a public channel before something is posted there",
    "groups:read": "the same for private channels the bot is in",
}
EVENTS = ("app_home_opened",)
MOST_HINT = 1_000
EVERYTHING = "Ask your supply chain and your customers: /leadline help"


def manifest(registry: Mapping[str, Command], slash: Mapping[str, str], url: str = "") -> str:
    """The manifest as JSON. Without a `url` the app connects by Socket Mode."""
    return msgspec.json.format(msgspec.json.encode(_manifest(registry, slash, url))).decode()


def _manifest(
    registry: Mapping[str, Command], slash: Mapping[str, str], url: str
) -> dict[str, Any]:
    where = {"request_url": url} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Leadline",
            "description": "Lead times and churn risk from your own ERP and CRM",
            "background_color": "#1f3a5f",
        },
        "features": {
            "bot_user": {"display_name": "Leadline", "always_online": True},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": [
                _slash(name, registry.get(command), url) for name, command in slash.items()
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**where, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **where},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _slash(name: str, command: Command | None, url: str) -> dict[str, Any]:
    usage = command.usage.partition(" ")[2] if command else "<question>"
    return {
        "command": name,
        "description": command.summary if command else EVERYTHING,
        "usage_hint": (usage or "help")[:MOST_HINT],
        "should_escape": False,
        **({"url": url} if url else {}),
    }
