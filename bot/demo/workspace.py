"""A workspace on this machine that is Slack to the bot, and a page to the person at the browser.

It keeps everything in memory. The bot comes in by the Web API and Socket Mode, or is called over
signed HTTP; the page comes in by a small API of its own. Both end up here.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from bot.demo._members import BOT, Channel, Json, Message, Person, shown

TEAM = "T0LEADLINE"
APP = "A0LEADLINE"
MOST_EVENTS = 5_000
ANSWER_WITHIN = 3.0

# Hands a payload of a kind (slash_commands, interactive, events_api) to the bot; what it answers.
Deliver = Callable[[str, Json], Json]


class Undelivered(Exception):
    """The bot is not there, or did not answer in time."""


class Workspace:
    """People, channels, messages, dialogs and home tabs; thread-safe.

    `events` tell the page what happened since it last looked: each has a number, and who may see
    it. `deliver` is set by whoever connects the bot.
    """

    def __init__(
        self,
        people: Sequence[Person],
        channels: Sequence[Channel],
        commands: Sequence[Json],
        clock: Callable[[], float],
    ) -> None:
        self.people = {one.id: one for one in people}
        self.channels = {one.id: one for one in channels}
        self.commands, self.clock = list(commands), clock
        for person in people:
            direct = Channel(f"D{person.id[1:]}", "Leadline", (person.id, BOT), is_private=True)
            self.channels[direct.id] = direct
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.base_url = ""
        self.deliver: Deliver | None = None
        self.messages: list[Message] = []
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self._responses: dict[str, tuple[str, str]] = {}
        self._triggers: dict[str, str] = {}
        self._events: list[Json] = []
        self._count = count(1)
        self._last_ts = 0.0
        self._changed = threading.Condition()

    # what the page sees

    def events(self, viewer: str, since: int, wait: float = 0.0) -> list[Json]:
        """What `viewer` may see of what happened after event `since`; waits for some if none."""
        with self._changed:
            found = self._visible(viewer, since)
            if not found and wait:
                self._changed.wait(wait)
                found = self._visible(viewer, since)
            return found

    def visible(self, viewer: str, channel: str) -> list[Message]:
        """The messages of a channel that `viewer` sees."""
        return [
            one
            for one in self.messages
            if one.channel == channel and not one.is_deleted and one.only_for in (None, viewer)
        ]

    def _visible(self, viewer: str, since: int) -> list[Json]:
        return [one for one in self._events if one["seq"] > since and one["for"] in (None, viewer)]

    def tell(self, kind: str, only_for: str | None = None, **more: Any) -> None:
        with self._changed:
            self._events.append({"seq": next(self._count), "kind": kind, "for": only_for, **more})
            del self._events[:-MOST_EVENTS]
            self._changed.notify_all()

    # what is said

    def post(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: list[Json] | None = None,
        *,
        only_for: str | None = None,
        metadata: Json | None = None,
    ) -> Message:
        with self._changed:
            # a message's time is its name, so no two may have the same
            self._last_ts = max(self.clock(), self._last_ts + 0.000001)
            ts = f"{self._last_ts:.6f}"
            message = Message(ts, channel, user, text, blocks or [], only_for, metadata)
            self.messages.append(message)
        self.tell("message", only_for, message=shown(message))
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        return next(
            (m for m in self.messages if (m.channel, m.ts) == (channel, ts) and not m.is_deleted),
            None,
        )

    def change(self, message: Message, text: str, blocks: list[Json] | None) -> None:
        message.text, message.blocks = text, blocks or []
        self.tell("changed", message.only_for, message=shown(message))

    def delete(self, message: Message) -> None:
        message.is_deleted = True
        self.tell("deleted", message.only_for, channel=message.channel, ts=message.ts)

    # what people do

    def say(self, user: str, channel: str, text: str) -> None:
        """A line in the composer: a slash command goes to the bot, all else to the channel."""
        word, _, rest = text.strip().partition(" ")
        if not word.startswith("/"):
            self.post(channel, user, text)
            return
        if word not in {one["command"] for one in self.commands}:
            self._whisper(user, channel, f"{word} is not a command of this workspace.")
            return
        body = self._body(user, channel) | {"command": word, "text": rest.strip()}
        response_url = body["response_url"]
        self._hand_over("slash_commands", body, user, channel, word, response_url)

    def click(self, user: str, channel: str, ts: str, action: Json) -> None:
        """A button (or another element) of a message."""
        body = self._interaction("block_actions", user, channel)
        message = self.find(channel, ts)
        body |= {
            "actions": [{**action, "type": action.get("type", "button"), "action_ts": ts}],
            "container": {"type": "message", "message_ts": ts, "channel_id": channel,
                          "is_ephemeral": bool(message and message.only_for)},
            "message": shown(message) if message else {"ts": ts},
        }  # fmt: skip
        self._hand_over("interactive", body, user, channel, "That", body["response_url"])

    def submit(self, user: str, view_id: str, values: Json) -> None:
        """The submit button of a dialog."""
        view = self.views.pop(view_id)
        self.tell("closed", user, view_id=view_id)
        body = self._interaction("view_submission", user, "")
        body |= {"view": {**view, "state": {"values": values}}, "response_urls": []}
        self._hand_over("interactive", body, user, f"D{user[1:]}", "That", "")

    def close(self, user: str, view_id: str) -> None:
        self.views.pop(view_id, None)
        self.tell("closed", user, view_id=view_id)

    def open_home(self, user: str) -> None:
        """The home tab was opened: the bot is told and publishes it."""
        body = {
            "team_id": TEAM,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5)}",
            "event_time": int(self.clock()),
            "event": {"type": "app_home_opened", "user": user, "channel": f"D{user[1:]}",
                      "tab": "home", "event_ts": f"{self.clock():.6f}"},
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }  # fmt: skip
        self._hand_over("events_api", body, user, f"D{user[1:]}", "Home", "")

    # what comes back

    def respond(self, key: str, body: Json) -> bool:
        """A message for the response_url with this key; false where there is none."""
        if key not in self._responses:
            return False
        user, channel = self._responses[key]
        is_public = body.get("response_type") == "in_channel"
        self.post(
            channel, BOT, str(body.get("text") or ""), body.get("blocks"),
            only_for=None if is_public else user,
        )  # fmt: skip
        return True

    def open_view(self, trigger: str, view: Json) -> Json | None:
        """Shows a dialog to whoever did what the trigger came from; null for an unknown one."""
        user = self._triggers.pop(trigger, None)
        if user is None:
            return None
        made = {**view, "id": f"V{secrets.token_hex(5)}", "team_id": TEAM, "app_id": APP}
        self.views[made["id"]] = made
        self.tell("view", user, view=made)
        return made

    def publish(self, user: str, view: Json) -> None:
        self.homes[user] = view
        self.tell("home", user, view=view)

    # how it is handed over

    def _hand_over(
        self, kind: str, body: Json, user: str, channel: str, what: str, response_url: str
    ) -> None:
        try:
            if self.deliver is None:
                raise Undelivered
            answer = self.deliver(kind, body)
        except Undelivered:
            self._whisper(user, channel, f"{what} failed with the error “operation_timeout”.")
            return
        if kind == "slash_commands" and (answer.get("text") or answer.get("blocks")):
            self.respond(response_url.rpartition("/")[2], answer)

    def _whisper(self, user: str, channel: str, text: str) -> None:
        self.post(channel, "USLACKBOT", text, only_for=user)

    def _trigger(self, user: str) -> str:
        trigger = f"{int(self.clock() * 1000)}.{secrets.token_hex(8)}"
        self._triggers[trigger] = user
        return trigger

    def _response_url(self, user: str, channel: str) -> str:
        key = secrets.token_hex(12)
        self._responses[key] = (user, channel)
        return f"{self.base_url}/commands/{key}"

    def _body(self, user: str, channel: str) -> Json:
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
        }

    def _interaction(self, kind: str, user: str, channel: str) -> Json:
        body: Json = {
            "type": kind,
            "team": {"id": TEAM, "domain": "leadline"},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user, "username": self.people[user].name.lower(), "team_id": TEAM},
            "api_app_id": APP,
            "token": "none",
            "trigger_id": self._trigger(user),
        }
        if channel:
            body["channel"] = {"id": channel, "name": self.channels[channel].name}
            body["response_url"] = self._response_url(user, channel)
        return body
