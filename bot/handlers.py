"""What is done about each of Slack's requests; bot/app.py hands them over."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.webhook import WebhookClient

from bot.blocks import ROWS_CSV
from bot.boundary import guarded
from bot.channel import Said
from bot.files import send_csv
from bot.home import home
from bot.plans import REFUSED, Block, forms, has_newest, taken
from bot.post import FAILURES
from bot.replies import Replies, is_direct
from bot.share import share, share_view
from bot.written import Written, line_of, read
from commands import Notice

TIMEOUT = 5
NOT_OURS = "I answer only in the workspace that I was installed for."
Body = dict[str, Any]
Later = Callable[[Callable[[], None]], object]


class Handlers:
    """`who` is what Slack says of our token; `origin` where answers may be sent to.

    `later` runs what takes longer than Slack waits, when the request has been answered.
    """

    def __init__(self, replies: Replies, who: AuthorizeResult, origin: str, later: Later) -> None:
        self.replies, self.client, self.origin = replies, replies.client, origin
        self.team, self.bot = who.team_id or "", who.bot_user_id or ""
        self.later = later

    def slash(self, command: str, body: Body) -> Body:
        """What to acknowledge a slash command with: mostly its answer."""
        if not self._is_ours(body):
            return {"text": NOT_OURS, "response_type": "ephemeral"}
        line = f"{command} {body.get('text') or ''}".strip()
        channel = _id(body, "channel_id")
        said = self.replies.answer(line, _id(body, "user_id"), channel)
        message = self.replies.message(said, channel)
        # only what comes later can be sent again in other words
        if has_newest(message["blocks"]) and self._may_respond(body):
            self._respond(body, message)
            return {}
        return {"response_type": "ephemeral", **message, "blocks": forms(message["blocks"])[-1]}

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
        self.later(lambda: guarded("csv", partial(self._send_csv, body)))

    def _send_csv(self, body: Body) -> None:
        is_evidence = str(body["actions"][0].get("action_id")).startswith(ROWS_CSV)
        said = self.replies.answer(_value(body), _user(body), _channel(body))
        told = send_csv(self.client, said, _user(body), self.replies.zone, is_evidence=is_evidence)
        if told.error or not is_direct(_channel(body)):
            self._reply(body, told)

    def share(self, body: Body) -> None:
        """The share button: asks first, in a dialog."""
        view = share_view(self.replies, _value(body), _user(body), _channel(body))
        if isinstance(view, Notice):
            self._reply(body, view)
            return
        self.client.views_open(trigger_id=str(body["trigger_id"]), view=view)

    def share_confirmed(self, body: Body) -> None:
        view = body["view"]
        refused = share(self.replies, view["private_metadata"], _user(body), view["id"])
        if refused:
            self._whisper(view["private_metadata"], _user(body), refused)

    def written(self, body: Body) -> None:
        """A line written to us, answered once however often Slack tells of it."""
        found = read(body, self.bot)
        if found is None or not self._is_ours(body) or not self.replies.take(f"event:{found.id}"):
            return
        said = self.replies.answer(found.line, found.user, found.channel)
        message = self.replies.message(said, found.channel)
        taken(partial(self._post, found, message["text"]), message["blocks"])

    def _post(self, to: Written, text: str, blocks: list[Block]) -> None:
        """Where nobody else reads it, it stays; in a channel only the asker sees it."""
        if to.is_direct:
            self.client.chat_postMessage(
                channel=to.channel, text=text, blocks=blocks, thread_ts=to.thread,
                unfurl_links=False, unfurl_media=False,
            )  # fmt: skip
            return
        # outside of a thread that is open already Slack would show a reply in one to nobody
        self.client.chat_postEphemeral(
            channel=to.channel, user=to.user, text=text, blocks=blocks, thread_ts=to.thread
        )

    def home(self, body: Body) -> None:
        self._show_home(body, body["event"]["user"])

    def _show_home(self, body: Body, user: str, line: str = "") -> None:
        if self._is_ours(body):
            view = home(self.replies, user, line)

            def publish(blocks: list[Block]) -> None:
                self.client.views_publish(user_id=user, view={**view, "blocks": blocks})

            taken(publish, view["blocks"])

    def _is_ours(self, body: Body) -> bool:
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        return team == self.team and body.get("is_enterprise_install") not in (True, "true")

    def _may_respond(self, body: Body) -> bool:
        url = str(body.get("response_url") or "")
        return self._is_ours(body) and url.startswith(f"{self.origin}/")

    def _reply(self, body: Body, said: Said) -> None:
        self._respond(body, self.replies.message(said, _channel(body)))

    def _respond(self, body: Body, message: Body) -> None:
        """Sends a message to the request's response_url, in simpler words if it is refused."""
        if not self._may_respond(body):
            return
        sender = WebhookClient(body["response_url"], timeout=TIMEOUT, retry_handlers=[])
        # a message for one person is gone when the page is loaded again; alone with us it can stay
        kind = "in_channel" if is_direct(_channel(body)) else "ephemeral"
        for blocks in forms(message["blocks"]):
            reply = sender.send_dict({
                "response_type": kind, "replace_original": False, "text": message["text"],
                "blocks": blocks,
            })  # fmt: skip
            if reply.status_code != 400 or REFUSED not in reply.body:
                return

    def _whisper(self, metadata: str, user: str, notice: Notice) -> None:
        """Tells one person something; without Slack's answer there is nobody to tell."""
        channel = msgspec.json.decode(metadata)["channel"]
        try:
            self.client.chat_postEphemeral(
                channel=channel, user=user, **self.replies.message(notice, channel)
            )
        except FAILURES:
            return


def _id(body: Body, name: str) -> str:
    return str(body.get(name) or "")


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")


def _user(body: Body) -> str:
    return _id(body.get("user") or {}, "id")


def _channel(body: Body) -> str:
    """Where a command or a click was made; empty in the home tab."""
    return _id(body, "channel_id") or _id(body.get("channel") or {}, "id")
