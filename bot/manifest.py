"""The manifest from which Slack makes the app: its commands, and no scope without a reason."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bot.http import SLACK_PATH
from commands import Command

SCOPES = {
    "commands": "slash commands",
    "chat:write": "posts digests, alerts and what people share",
    "app_mentions:read": "answers a line in which people name the bot in a channel",
    "im:history": "answers a line that people write to the bot alone",
    "im:write": "opens the conversation in which a person gets files and alerts of their own",
    "files:write": "sends the rows of an answer as a file to the person who asks for it",
    "users:read": "guests, bots and strangers get no figures",
    "users:read.email": "finds owners in the data by their address, to tell them of alerts",
    "usergroups:read": "user groups in [access]",
    "channels:read": "who reads a public channel before something is posted there",
    "groups:read": "the same for private channels the bot is in",
}
# Slack calls these sensitive, and Leadline works without them.
RECONCILE = {
    "channels:history": "finds out whether a post that got no answer is there, not to post twice",
    "groups:history": "the same for private channels the bot is in",
}
EVENTS = ("app_home_opened", "app_mention", "message.im")
LOOKUP = "lookup"
# Slack shows it in the menu of every message, and takes no longer name.
SHORTCUT = {
    "name": "Look up what is named",
    "type": "message",
    "callback_id": LOOKUP,
    "description": "Finds the orders and names in a message, for you alone",
}
MOST_HINT = 1_000
EVERYTHING = "Ask your supply chain and your customers: /leadline help"


def manifest(
    registry: Mapping[str, Command],
    slash: Mapping[str, str],
    url: str = "",
    *,
    reconcile: bool = False,
) -> str:
    """The manifest as YAML: JSON, and beside each scope its reason as a comment.

    `url` is Leadline's address; without one the app connects by Socket Mode. `reconcile` asks for
    the scopes to look up what was posted.
    """
    scopes = {**SCOPES, **(RECONCILE if reconcile else {})}
    made = msgspec.json.encode(definition(registry, slash, _endpoint(url), tuple(scopes)))
    lines = msgspec.json.format(made).decode().splitlines()
    return "\n".join(_with_reason(line, scopes) for line in lines)


def _endpoint(url: str) -> str:
    """The address that answers Slack, whether it was given in full or not."""
    return f"{url.rstrip('/').removesuffix(SLACK_PATH)}{SLACK_PATH}" if url else ""


def _with_reason(line: str, scopes: Mapping[str, str]) -> str:
    reason = scopes.get(line.strip(' ",'))
    return f"{line}  # {reason}" if reason else line


def definition(
    registry: Mapping[str, Command],
    slash: Mapping[str, str],
    url: str = "",
    scopes: tuple[str, ...] = tuple(SCOPES),
) -> dict[str, Any]:
    """The same as data; `url` is where Slack's requests are answered."""
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
            "shortcuts": [SHORTCUT],
            "slash_commands": [
                _slash(name, registry.get(command), url) for name, command in slash.items()
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes)}},
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
