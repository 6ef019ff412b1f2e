"""What is done about each of Slack's requests; bot/app.py hands them over."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

import msgspec
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.blocks import ROWS_CSV
from bot.boundary import broken, guarded
from bot.dialogs import Act, Change, Opening, Sending, dialog
from bot.files import send_csv
from bot.home import home
from bot.mrkdwn import plain
from bot.plans import Block, has_newest, taken
from bot.pool import Pool
from bot.post import FAILURES
from bot.replies import Drawn, Replies, Spoken, is_direct
from bot.responses import Shown, acknowledgement, sent
from bot.written import line_of, read
from commands import Notice

# Slack waits for 3 s, and a person would rather see that something happens.
PATIENCE = 1.0
Body = dict[str, Any]
NOT_OURS: Body = {"text": "I answer only in the workspace that I was installed for."}
# what Slack says where a dialog can't be opened any more
TOO_LATE = ("expired_trigger_id", "trigger_exchanged", "exchanged_trigger_id")
BROKEN: Body = {"text": "That could not be answered: a fault of ours. The log has more."}
BUSY: Body = {"text": "Too much is asked at the moment. Try again in a minute."}
log = logging.getLogger(__name__)


class Handlers:
    """`who` is what Slack says of our token; `origin` where answers may be sent to.

    `pool` does what may take longer than Slack waits; `opens` are the dialogs that a button opens,
    by how its id begins.
    """

    def __init__(
        self,
        replies: Replies,
        who: AuthorizeResult,
        origin: str,
        pool: Pool,
        opens: Mapping[str, Opening],
    ) -> None:
        self.replies, self.client, self.origin, self.pool = replies, replies.client, origin, pool
        self.opens = opens
        self.team, self.bot = who.team_id or "", who.bot_user_id or ""

    def later(self, handler: Callable[[Body], None], body: Body) -> None:
        """Handles a request that has been acknowledged; once, however often Slack sends it."""

        def handle() -> None:
            if self._is_new(body):
                handler(body)

        self.pool.submit(getattr(handler, "__name__", "a dialog"), handle)

    def slash(self, command: str, body: Body) -> Body:
        """What to acknowledge a slash command with: its answer, or nothing if that comes later.

        In an acknowledgement Slack shows nothing at all if it refuses a block. So only blocks that
        every Slack knows stand there; the newest go to the response_url, where others can follow.
        """
        if not self._is_ours(body):
            return {"response_type": "ephemeral", **NOT_OURS}
        line = f"{command} {body.get('text') or ''}".strip()
        handed: Future[Body] = Future()
        if not self.pool.submit("slash", partial(self._answer_slash, line, body, handed)):
            return {"response_type": "ephemeral", **BUSY}
        try:
            return handed.result(PATIENCE if self._may_respond(body) else None)
        except TimeoutError:
            return {} if handed.cancel() else handed.result()

    def _answer_slash(self, line: str, body: Body, handed: Future[Body]) -> None:
        """Hands over what to acknowledge with, unless that has been given up waiting for."""
        made = guarded("slash", partial(self._slash_message, line, body))
        message, said = made or (BROKEN, None)
        is_waited_for = handed.set_running_or_notify_cancel()
        is_later = self._may_respond(body) and has_newest(message.get("blocks", []))
        if is_waited_for:
            handed.set_result({} if is_later else acknowledgement(message))
        if message and (is_later or not is_waited_for):
            self._respond(body, message)
        self.replies.told(said)

    def _slash_message(self, line: str, body: Body) -> tuple[Body, Spoken | None]:
        """The answer, drawn and as it is; nothing for a request that has been answered before."""
        if not self._is_new(body):
            return {}, None
        channel = _id(body, "channel_id")
        said = self.replies.answer(line, _id(body, "user_id"), channel)
        if isinstance(said, Drawn) and said.opens and self._opened_at_once(said.opens, body):
            return {}, None
        return self.replies.message(said, channel), said

    def _opened_at_once(self, opens: tuple[str, str], body: Body) -> bool:
        """Whether the dialog of a slash command stands; else a button for it is shown."""
        kind, value = opens
        asked = {**body, "user": {"id": body["user_id"]}}
        try:
            self._open(asked, self.opens[kind], value)
        except SlackApiError as error:
            if error.response.get("error") not in TOO_LATE:
                raise
            return False
        return True

    def ask(self, body: Body) -> None:
        """A button that carries a command line; in the home tab its answer is shown there."""
        if not _channel(body):
            said = self.replies.answer(_value(body), _user(body), "")
            self._show_home(body, _user(body), said, _value(body))
            self.replies.told(said)
            return
        said = self.replies.answer(_value(body), _user(body), _channel(body))
        self._reply(body, said)

    def look_up(self, body: Body) -> None:
        """The shortcut in the menu of a message: what the message names."""
        text = line_of(str((body.get("message") or {}).get("text") or ""), self.bot)
        self._reply(body, self.replies.named_in(text, _user(body), _channel(body)))

    def csv(self, body: Body) -> None:
        """The file goes to the asker alone; rights are asked again."""
        is_evidence = str(body["actions"][0].get("action_id")).startswith(ROWS_CSV)
        said = self.replies.figures(_value(body), _user(body), _channel(body))
        told = send_csv(self.client, said, _user(body), self.replies.zone, is_evidence=is_evidence)
        self.replies.told(said)
        if told.error or not is_direct(_channel(body)):
            self._reply(body, told)

    def open(self, opening: Opening, body: Body) -> None:
        """A button that opens a dialog."""
        if self._is_ours(body):
            self._open(body, opening, _value(body))

    def _open(self, body: Body, opening: Opening, value: str) -> None:
        """Shows a dialog that takes a while to make, or why there is none.

        It is opened before anything is looked up, as a click lets us open one for three seconds.
        """
        empty = dialog(opening.text, opening.title)
        opened = self.client.views_open(trigger_id=body["trigger_id"], view=empty)
        show = Shown(self.client, opened["view"]["id"])
        view = opening.make(self.replies, value, _user(body), _channel(body))
        if isinstance(view, Notice):
            show(dialog(plain(view.text), opening.title))
        elif show(view) and opening.then:
            opening.then(self.replies, view, _user(body), show)

    def change(self, change: Change, body: Body) -> None:
        """An element of a dialog that changes it."""
        view = body.get("view") or {}
        if self._is_ours(body) and view.get("id"):
            show = Shown(self.client, view["id"])
            change(self.replies, view, _user(body), body["actions"][0], show)

    def check(self, sending: Sending, body: Body) -> Body:
        """What a dialog that was sent is answered with; nothing closes it."""
        return sending.check(self.replies, body["view"], _user(body)) if self._is_ours(body) else {}

    def sent(self, sending: Sending, body: Body) -> None:
        """Does what a dialog is for, and says so or why not."""
        told = (
            sending.keep(self.replies, body["view"], _user(body)) if self._is_ours(body) else None
        )
        if told:
            self._whisper(body, told)

    def act(self, act: Act, body: Body) -> None:
        """A button that does something; what is so now takes the place of the message, if told."""
        if not self._is_ours(body):
            return
        said = act(self.replies, _value(body), _user(body), _channel(body))
        if said is None:
            return
        if _channel(body):
            message = self.replies.message(said, _channel(body))
            self._respond(body, {**message, "replace_original": isinstance(said, Drawn)})
        else:
            self._show_home(body, _user(body), said)
        self.replies.told(said)

    def written(self, body: Body) -> None:
        """A line written to us."""
        found = read(body, self.bot)
        if found is None or not self._is_ours(body):
            return
        said = self.replies.answer(found.line, found.user, found.channel)
        message = self.replies.message(said, found.channel)
        # outside of a thread that is open already Slack would show a reply in one to nobody
        self._post(found.channel, found.user, message, found.thread)
        self.replies.told(said)

    def _post(self, channel: str, user: str, message: Body, thread: str | None = None) -> None:
        """Where nobody else reads it, it stays; in a channel only the asker sees it."""

        def post(blocks: list[Block]) -> None:
            more = {"channel": channel, "text": message["text"], "thread_ts": thread}
            if is_direct(channel):
                self.client.chat_postMessage(
                    blocks=blocks, unfurl_links=False, unfurl_media=False, **more
                )
            else:
                self.client.chat_postEphemeral(blocks=blocks, user=user, **more)

        taken(post, message.get("blocks", []))

    def home(self, body: Body) -> None:
        self._show_home(body, body["event"]["user"])

    def _show_home(self, body: Body, user: str, said: Spoken | None = None, line: str = "") -> None:
        if self._is_ours(body):
            view = home(self.replies, user, said, line)

            def publish(blocks: list[Block]) -> None:
                self.client.views_publish(user_id=user, view={**view, "blocks": blocks})

            taken(publish, view["blocks"])

    def _is_new(self, body: Body) -> bool:
        """Whether a request is not one that Slack has sent before."""
        key = _id(body, "event_id") or _id(body, "trigger_id")
        return not key or self.replies.take(f"slack:{key}")

    def _is_ours(self, body: Body) -> bool:
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        return team == self.team and body.get("is_enterprise_install") not in (True, "true")

    def _may_respond(self, body: Body) -> bool:
        url = str(body.get("response_url") or "")
        return self._is_ours(body) and url.startswith(f"{self.origin}/")

    def _reply(self, body: Body, said: Spoken) -> None:
        self._respond(body, self.replies.message(said, _channel(body)))
        self.replies.told(said)

    def _respond(self, body: Body, message: Body) -> None:
        """Sends a message to the request's response_url; as a post of ours if that is not taken.

        Slack takes five within half an hour. Without them we can speak only where we are a member.
        """
        if not self._may_respond(body):
            return
        try:
            why = sent(body["response_url"], _channel(body), message)
        except FAILURES as error:
            why = str(error)
        if why:
            broken["response_url"] += 1
            log.warning("an answer was not taken at its response_url: %s", why)
            self._post(_channel(body), _id(body, "user_id") or _user(body), message)

    def _whisper(self, body: Body, notice: Notice) -> None:
        """Where a dialog was opened: in its channel to who sent it alone, or in the home tab."""
        channel = msgspec.json.decode(body["view"]["private_metadata"])["channel"]
        if channel:
            self._post(channel, _user(body), self.replies.message(notice, channel))
        else:
            self._show_home(body, _user(body), notice)


def _id(body: Body, name: str) -> str:
    return str(body.get(name) or "")


def _value(body: Body) -> str:
    action = body["actions"][0]
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _user(body: Body) -> str:
    return _id(body.get("user") or {}, "id")


def _channel(body: Body) -> str:
    """Where a command or a click was made; empty in the home tab."""
    return _id(body, "channel_id") or _id(body.get("channel") or {}, "id")
