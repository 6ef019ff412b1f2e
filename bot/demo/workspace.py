"""A workspace on this machine that is Slack to the bot, and a page to the person at the browser.

It keeps everything in memory. The bot comes in by the Web API and Socket Mode, or is called over
signed HTTP; the page comes in by a small API of its own. Both end up here.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from html import escape

from bot.demo._dialogs import MOST_VIEWS, Dialogs
from bot.demo._events import Events
from bot.demo._fields import blank, entered, named
from bot.demo._files import Files
from bot.demo._members import BOT, Channel, Json, Message, Person, shown
from bot.demo._payloads import Payloads

NAME = "@Leadline"
ANSWER_WITHIN = 3.0

# Hands a payload of a kind (slash_commands, interactive, events_api) to the bot; what it answers.
Deliver = Callable[[str, Json], Json]


class Undelivered(Exception):
    """The bot is not there, or did not answer in time."""


class Workspace:
    """People, channels, messages, dialogs and home tabs; thread-safe.

    `events` tell the page what happened since it last looked: each has a number, and who may see
    it. `deliver` is set by whoever connects the bot; `unknown_blocks` are kinds that this
    workspace refuses, as one does that has not got them yet.
    """

    def __init__(
        self,
        people: Sequence[Person],
        channels: Sequence[Channel],
        commands: Sequence[Json],
        clock: Callable[[], float],
        shortcuts: Sequence[Json] = (),
    ) -> None:
        self.people = {one.id: one for one in people}
        self.channels = {one.id: one for one in channels}
        self.commands, self.clock = list(commands), clock
        self.shortcuts = list(shortcuts)
        for person in people:
            direct = Channel(f"D{person.id[1:]}", "Leadline", (person.id, BOT), is_private=True)
            self.channels[direct.id] = direct
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.files = Files()
        self.payloads = Payloads(self.people, self.channels, clock)
        self.unknown_blocks: set[str] = set()
        self.deliver: Deliver | None = None
        self.messages: list[Message] = []
        self._told = Events(self._may_read)
        self.tell = self._told.tell
        self.dialogs = Dialogs(self.tell)
        self.views = self.dialogs.views
        self.homes: dict[str, Json] = {}
        self._last_ts = 0.0
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """Where it is served."""
        return self.payloads.base_url

    # what the page sees

    def events(self, viewer: str, since: int, wait: float = 0.0) -> list[Json]:
        """What `viewer` may see of what happened after event `since`; waits for some if none."""
        return self._told.since(viewer, since, wait)

    def visible(self, viewer: str, channel: str) -> list[Message]:
        """The messages of a channel that `viewer` sees."""
        return [
            one
            for one in self.messages
            if one.channel == channel and not one.is_deleted and one.only_for in (None, viewer)
        ]

    def _may_read(self, viewer: str, channel: str) -> bool:
        found = self.channels[channel]
        return not found.is_private or viewer in found.members

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
        thread: str | None = None,
        files: Sequence[Json] = (),
        is_broadcast: bool = False,
    ) -> Message:
        with self._lock:
            # a message's time is its name, so no two may have the same
            self._last_ts = max(self.clock(), self._last_ts + 0.000001)
            ts = f"{self._last_ts:.6f}"
            message = Message(
                ts, channel, user, text, blocks or [], only_for, metadata, thread,
                tuple(files), is_broadcast=bool(thread and is_broadcast),
            )  # fmt: skip
            self.messages.append(message)
        self.tell("message", only_for, message=shown(message))
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        return next(
            (m for m in self.messages if (m.channel, m.ts) == (channel, ts) and not m.is_deleted),
            None,
        )

    def replies(self, channel: str, ts: str) -> list[Message]:
        """What everyone reads in the thread of a message."""
        return [one for one in self.visible("", channel) if one.thread == ts]

    def change(
        self, message: Message, text: str, blocks: list[Json] | None, metadata: Json | None = None
    ) -> None:
        """Says something else in its place; without `metadata` that stays."""
        message.text, message.blocks = text, blocks or []
        message.edited = {"user": message.user, "ts": f"{self.clock():.6f}"}
        if metadata is not None:
            message.metadata = metadata or None
        self.tell("changed", message.only_for, message=shown(message))

    def delete(self, message: Message) -> None:
        message.is_deleted = True
        self.tell("deleted", message.only_for, channel=message.channel, ts=message.ts)

    # what people do

    def say(self, user: str, channel: str, text: str, thread: str | None = None) -> None:
        """A line in the composer: a slash command goes to the bot, all else to the channel."""
        word, _, rest = text.strip().partition(" ")
        if not word.startswith("/"):
            self._write(user, channel, text, thread)
            return
        if thread:
            self._whisper(user, channel, f"{word} is not supported in threads.", thread)
            return
        if word not in {one["command"] for one in self.commands}:
            self._whisper(user, channel, f"{word} is not a command of this workspace.")
            return
        body = self.payloads.command(user, channel, word, rest.strip())
        self._hand_over("slash_commands", body, user, channel, word)

    def _write(self, user: str, channel: str, text: str, thread: str | None) -> None:
        """A message; the bot is told of those to it and of those that name it."""
        written = escape(text, quote=False).replace(NAME, f"<@{BOT}>")
        message = self.post(channel, user, written, thread=thread)
        is_direct = channel.startswith("D")
        is_named = f"<@{BOT}>" in written and BOT in self.channels[channel].members
        if not is_direct and not is_named:
            return
        event = {
            "type": "message" if is_direct else "app_mention",
            "channel_type": "im" if is_direct else "channel",
            "channel": channel, "user": user, "text": written, "ts": message.ts,
            **({"thread_ts": thread} if thread else {}),
        }  # fmt: skip
        body = self.payloads.event(event)
        self._hand_over("events_api", body, user, channel, "That")

    def click(
        self, user: str, channel: str, ts: str, action: Json, values: Json | None = None
    ) -> None:
        """A button (or another element) of a message, or of the home tab without a channel."""
        message = self.find(channel, ts)
        fields = entered(blank(shown(message)["blocks"] if message else []), values or {})
        body = self.payloads.click(user, channel, ts, message, action, fields)
        self._hand_over("interactive", body, user, channel or f"D{user[1:]}", "That")

    def click_in(self, user: str, view_id: str, action: Json, values: Json | None = None) -> None:
        """An element of a dialog that tells the bot at once; `values` were entered before it."""
        fields = self.dialogs.enter(view_id, values or {})
        body = self.payloads.click_in(user, self.views[view_id], action, fields)
        self._hand_over("interactive", body, user, f"D{user[1:]}", "That")

    def use_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> None:
        """A shortcut in the menu of a message."""
        if message := self.find(channel, ts):
            body = self.payloads.shortcut(user, message, callback_id)
            self._hand_over("interactive", body, user, channel, "That")

    def submit(self, user: str, view_id: str, values: Json) -> None:
        """The submit button of a dialog. It stays open if the bot says so, or says nothing."""
        view = self.views[view_id]
        fields = self.dialogs.enter(view_id, values)
        body = self.payloads.submission(user, view, fields)
        try:
            answer = self._delivered("interactive", body)
        except Undelivered:
            self.tell("trouble", user, view_id=view_id)
            return
        match answer.get("response_action"):
            case "errors":
                self.tell("errors", user, view_id=view_id, errors=answer["errors"])
            case "update":
                self.change_view(view_id, answer["view"])
            case "push" if len(self.dialogs.stack(user)) < MOST_VIEWS:
                self.dialogs.push(user, answer["view"])
            case "clear":
                self.dialogs.close(user, view_id, is_all=True)
            case None:
                self.dialogs.close(user, view_id)
            case _:
                self.tell("trouble", user, view_id=view_id)

    def close(self, user: str, view_id: str, *, is_all: bool = False) -> None:
        """Closes a dialog without sending it: one view of it, or all. The bot may want to know."""
        is_all = is_all or bool(self.views.get(view_id, {}).get("clear_on_close"))
        for view, values in self.dialogs.close(user, view_id, is_all=is_all):
            if view.get("notify_on_close"):
                body = self.payloads.closed(user, view, values, is_cleared=is_all)
                self._hand_over("interactive", body, user, f"D{user[1:]}", "That")

    def open_home(self, user: str) -> None:
        """The home tab was opened: the bot is told and publishes it."""
        direct = f"D{user[1:]}"
        event = {"type": "app_home_opened", "user": user, "channel": direct, "tab": "home"}
        self._hand_over("events_api", self.payloads.event(event), user, direct, "Home")

    # what comes back

    def respond(self, key: str, body: Json) -> bool:
        """A message for the response_url with this key; false where there is none."""
        if key not in self.payloads.responses:
            return False
        user, channel = self.payloads.responses[key]
        text, blocks = str(body.get("text") or ""), body.get("blocks")
        clicked = self.find(channel, self.payloads.clicked.get(key, ""))
        if body.get("replace_original") and clicked:
            self.change(clicked, text, blocks)
            return True
        only_for = None if body.get("response_type") == "in_channel" else user
        self.post(channel, BOT, text, blocks, only_for=only_for)
        return True

    def open_view(self, trigger: str, view: Json) -> Json | None:
        """Shows a dialog to whoever did what the trigger came from; null for an unknown one."""
        user = self.payloads.take_trigger(trigger)
        if user is None:
            return None
        return self.dialogs.open(user, view)

    def change_view(self, view_id: str, view: Json) -> Json | None:
        """Shows something else in a dialog; null for one that is closed."""
        return self.dialogs.change(view_id, view) if view_id in self.views else None

    def publish(self, user: str, view: Json) -> Json:
        made = {**view, "blocks": named(view.get("blocks") or []), "hash": secrets.token_hex(4)}
        self.homes[user] = made
        self.tell("home", user, view=made)
        return made

    # how it is handed over

    def _hand_over(self, kind: str, body: Json, user: str, channel: str, what: str) -> Json:
        try:
            answer = self._delivered(kind, body)
        except Undelivered:
            self._whisper(user, channel, f"{what} failed with the error “operation_timeout”.")
            return {}
        if kind == "slash_commands" and (answer.get("text") or answer.get("blocks")):
            self.respond(body["response_url"].rpartition("/")[2], answer)
        return answer

    def _delivered(self, kind: str, body: Json) -> Json:
        if self.deliver is None:
            raise Undelivered
        return self.deliver(kind, body)

    def _whisper(self, user: str, channel: str, text: str, thread: str | None = None) -> None:
        self.post(channel, "USLACKBOT", text, only_for=user, thread=thread)
