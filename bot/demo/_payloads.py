"""What Slack sends to a bot about a command, a click, a shortcut or an event; who each was from."""

import secrets
from collections.abc import Callable, Mapping

from bot.demo._members import BOT, Channel, Json, Message, Person, shown

TEAM = "T0LEADLINE"
APP = "A0LEADLINE"


class Payloads:
    """Makes payloads, and remembers to whom their response_url and their trigger belong."""

    def __init__(
        self,
        people: Mapping[str, Person],
        channels: Mapping[str, Channel],
        clock: Callable[[], float],
    ) -> None:
        self.people, self.channels, self.clock = people, channels, clock
        self.base_url = ""
        self.responses: dict[str, tuple[str, str]] = {}
        # the messages whose buttons the others come from
        self.clicked: dict[str, str] = {}
        self._triggers: dict[str, str] = {}
        self._spent: set[str] = set()

    def take_trigger(self, trigger: str) -> str | None:
        """Who did what the trigger came from; it is good for one time."""
        if trigger in self._triggers:
            self._spent.add(trigger)
        return self._triggers.pop(trigger, None)

    def is_spent(self, trigger: str) -> bool:
        return trigger in self._spent

    def command(self, user: str, channel: str, command: str, text: str) -> Json:
        return {
            "token": "none",
            "team_id": TEAM,
            "team_domain": "leadline",
            "channel_id": channel,
            "channel_name": self.channels[channel].name,
            "user_id": user,
            "user_name": self.people[user].name.lower(),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self._response_url(user, channel),
            "trigger_id": self._trigger(user),
            "command": command,
            "text": text,
        }

    def click(
        self, user: str, channel: str, ts: str, message: Message | None, act: Json,
        values: Json | None = None,
    ) -> Json:  # fmt: skip
        """An element of a message, or of the home tab where there is no channel.

        `values`: what stands in the fields of the message.
        """
        body = self._interaction("block_actions", user, channel)
        body["actions"] = [self._act(act)]
        if not channel:
            return body | {"container": {"type": "view"}, "view": {"type": "home"}}
        body["container"] = {
            "type": "message", "message_ts": ts, "channel_id": channel,
            "is_ephemeral": bool(message and message.only_for),
            **({"thread_ts": message.thread} if message and message.thread else {}),
        }  # fmt: skip
        body["state"] = {"values": values or {}}
        self.clicked[body["response_url"].rpartition("/")[2]] = ts
        return body | {"message": shown(message) if message else {"ts": ts}}

    def click_in(self, user: str, view: Json, act: Json, values: Json) -> Json:
        """An element of a dialog, with all that stands in its fields."""
        body = self._interaction("block_actions", user, "")
        return body | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": {**view, "state": {"values": values}},
            "actions": [self._act(act)],
        }

    def _act(self, act: Json) -> Json:
        return {**act, "type": act.get("type", "button"), "action_ts": f"{self.clock():.6f}"}

    def shortcut(self, user: str, message: Message, callback_id: str) -> Json:
        """A shortcut in the menu of a message."""
        body = self._interaction("message_action", user, message.channel)
        return body | {
            "callback_id": callback_id,
            "message_ts": message.ts,
            "message": shown(message),
            "action_ts": f"{self.clock():.6f}",
        }

    def submission(self, user: str, view: Json, values: Json) -> Json:
        body = self._interaction("view_submission", user, "")
        return body | {"view": {**view, "state": {"values": values}}, "response_urls": []}

    def closed(self, user: str, view: Json, values: Json, *, is_cleared: bool) -> Json:
        """A dialog was closed without being sent; `is_cleared` if it was with all of its views."""
        body = self._interaction("view_closed", user, "")
        body.pop("trigger_id")  # nothing can be opened after it
        return body | {"view": {**view, "state": {"values": values}}, "is_cleared": is_cleared}

    def event(self, event: Json) -> Json:
        """An event by a name of its own; sent again it keeps its name."""
        return {
            "team_id": TEAM,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5)}",
            "event_time": int(self.clock()),
            "event": {**event, "event_ts": f"{self.clock():.6f}"},
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }

    def _interaction(self, kind: str, user: str, channel: str) -> Json:
        name = self.people[user].name.lower()
        body: Json = {
            "type": kind,
            "team": {"id": TEAM, "domain": "leadline"},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
            "api_app_id": APP,
            "token": "none",
            "trigger_id": self._trigger(user),
        }
        if channel:
            body["channel"] = {"id": channel, "name": self.channels[channel].name}
            body["response_url"] = self._response_url(user, channel)
        return body

    def _trigger(self, user: str) -> str:
        trigger = f"{int(self.clock() * 1000)}.{secrets.token_hex(8)}"
        self._triggers[trigger] = user
        return trigger

    def _response_url(self, user: str, channel: str) -> str:
        key = secrets.token_hex(12)
        self.responses[key] = (user, channel)
        return f"{self.base_url}/commands/{key}"
