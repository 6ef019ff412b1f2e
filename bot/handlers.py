"""What is done about each of Slack's requests; bot/app.py hands them over."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.alerts.form import TITLE as ALERT_ME
from bot.alerts.form import watch, watch_view
from bot.alerts.own import end
from bot.blocks import ROWS_CSV
from bot.boundary import broken, guarded
from bot.channel import Said
from bot.files import send_csv
from bot.home import home
from bot.mrkdwn import plain
from bot.plans import REFUSED, Block, forms, has_newest, taken
from bot.pool import Pool
from bot.post import FAILURES
from bot.replies import Replies, is_direct
from bot.share import dialog, share, share_view
from bot.written import line_of, read
from commands import Notice

TIMEOUT = 5
# Slack waits for 3 s, and a person would rather see that something happens.
PATIENCE = 1.0
Body = dict[str, Any]
MakeView = Callable[[Replies, str, str, str], Body | Notice]
NOT_OURS: Body = {"text": "I answer only in the workspace that I was installed for."}
LOOKING = "I look up who reads this channel…"
FIGURING = "I look how the figure stands…"
BROKEN: Body = {"text": "That could not be answered: a fault of ours. The log has more."}
BUSY: Body = {"text": "Too much is asked at the moment. Try again in a minute."}
log = logging.getLogger(__name__)


class Handlers:
    """`who` is what Slack says of our token; `origin` where answers may be sent to.

    `pool` does what may take longer than Slack waits.
    """

    def __init__(self, replies: Replies, who: AuthorizeResult, origin: str, pool: Pool) -> None:
        self.replies, self.client, self.origin, self.pool = replies, replies.client, origin, pool
        self.team, self.bot = who.team_id or "", who.bot_user_id or ""

    def later(self, handler: Callable[[Body], None], body: Body) -> None:
        """Handles a request that has been acknowledged; once, however often Slack sends it."""

        def handle() -> None:
            if self._is_new(body):
                handler(body)

        self.pool.submit(handler.__name__, handle)

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
        message = guarded("slash", partial(self._slash_message, line, body))
        if message is None:
            message = BROKEN
        is_waited_for = handed.set_running_or_notify_cancel()
        is_later = self._may_respond(body) and has_newest(message.get("blocks", []))
        if is_waited_for:
            handed.set_result({} if is_later else _acknowledgement(message))
        if message and (is_later or not is_waited_for):
            self._respond(body, message)

    def _slash_message(self, line: str, body: Body) -> Body:
        """The answer; nothing for a request that has been answered before."""
        if not self._is_new(body):
            return {}
        channel = _id(body, "channel_id")
        said = self.replies.answer(line, _id(body, "user_id"), channel)
        return self.replies.message(said, channel)

    def ask(self, body: Body) -> None:
        """A button that carries a command line; in the home tab its answer is shown there."""
        if not _channel(body):
            self._show_home(body, _user(body), _value(body))
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
        said = self.replies.answer(_value(body), _user(body), _channel(body))
        told = send_csv(self.client, said, _user(body), self.replies.zone, is_evidence=is_evidence)
        if told.error or not is_direct(_channel(body)):
            self._reply(body, told)

    def share(self, body: Body) -> None:
        """The share button: asks first, in a dialog."""
        self._open(body, share_view, dialog(LOOKING))

    def watch(self, body: Body) -> None:
        """The alert button: asks from when on, in a dialog."""
        self._open(body, watch_view, dialog(FIGURING, ALERT_ME))

    def _open(self, body: Body, make: MakeView, empty: Body) -> None:
        """Shows a dialog that takes a while to make, or why there is none.

        It is opened before anything is looked up, as a click lets us open one for three seconds.
        """
        if not self._is_ours(body):
            return
        opened = self.client.views_open(trigger_id=body["trigger_id"], view=empty)
        view = make(self.replies, _value(body), _user(body), _channel(body))
        if isinstance(view, Notice):
            view = dialog(plain(view.text), empty["title"]["text"])
        try:
            self.client.views_update(view_id=opened["view"]["id"], view=view)
        except SlackApiError as error:
            if error.response.get("error") != "not_found":  # it was closed meanwhile
                raise

    def watch_sent(self, body: Body) -> None:
        """Keeps the rule of the dialog, and says so or why not."""
        told = watch(self.replies, body["view"], _user(body))
        self._whisper(body["view"]["private_metadata"], _user(body), told)

    def unwatch(self, body: Body) -> None:
        """Gives up a rule, in the home tab."""
        number, user = _value(body), _user(body)
        if number.isascii() and number.isdigit():
            with self.replies.desk.store.writer() as session:
                end(session, user, int(number), self.replies.clock())
        self._show_home(body, user)

    def share_confirmed(self, body: Body) -> None:
        view = body["view"]
        refused = share(self.replies, view["private_metadata"], _user(body), view["id"])
        if refused:
            self._whisper(view["private_metadata"], _user(body), refused)

    def written(self, body: Body) -> None:
        """A line written to us."""
        found = read(body, self.bot)
        if found is None or not self._is_ours(body):
            return
        said = self.replies.answer(found.line, found.user, found.channel)
        message = self.replies.message(said, found.channel)
        # outside of a thread that is open already Slack would show a reply in one to nobody
        self._post(found.channel, found.user, message, found.thread)

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

    def _show_home(self, body: Body, user: str, line: str = "") -> None:
        if self._is_ours(body):
            view = home(self.replies, user, line)

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

    def _reply(self, body: Body, said: Said) -> None:
        self._respond(body, self.replies.message(said, _channel(body)))

    def _respond(self, body: Body, message: Body) -> None:
        """Sends a message to the request's response_url; as a post of ours if that is not taken.

        Slack takes five within half an hour. Without them we can speak only where we are a member.
        """
        if not self._may_respond(body):
            return
        try:
            why = _sent(body["response_url"], _channel(body), message)
        except FAILURES as error:
            why = str(error)
        if why:
            broken["response_url"] += 1
            log.warning("an answer was not taken at its response_url: %s", why)
            self._post(_channel(body), _id(body, "user_id") or _user(body), message)

    def _whisper(self, metadata: str, user: str, notice: Notice) -> None:
        channel = msgspec.json.decode(metadata)["channel"]
        self._post(channel, user, self.replies.message(notice, channel))


def _sent(url: str, channel: str, message: Body) -> str:
    """Sends a message to a response_url, in simpler words if its blocks are refused.

    Why it was not taken; empty when it was.
    """
    sender = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
    # a message for one person is gone when the page is loaded again; alone with us it can stay
    kind = "in_channel" if is_direct(channel) else "ephemeral"
    why = ""
    for blocks in forms(message.get("blocks", [])):
        reply = sender.send_dict({
            "response_type": kind, "replace_original": False, "text": message["text"],
            "blocks": blocks,
        })  # fmt: skip
        if reply.status_code == HTTPStatus.OK:
            return ""
        why = f"{reply.status_code} {reply.body[:200]}"
        if REFUSED not in reply.body:
            break
    return why


def _acknowledgement(message: Body) -> Body:
    """A message as the answer to the request itself, in its plainest form; empty if it is empty."""
    if not message:
        return {}
    plainest = forms(message.get("blocks", []))[-1]
    return {"response_type": "ephemeral", **message, "blocks": plainest}


def _id(body: Body, name: str) -> str:
    return str(body.get(name) or "")


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")


def _user(body: Body) -> str:
    return _id(body.get("user") or {}, "id")


def _channel(body: Body) -> str:
    """Where a command or a click was made; empty in the home tab."""
    return _id(body, "channel_id") or _id(body.get("channel") or {}, "id")
