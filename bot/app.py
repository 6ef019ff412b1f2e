"""Slack's side of the conversation: each request to its reply, through one Bolt app."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.blocks import ASK, SHARE
from bot.boundary import guarded
from bot.post import FAILURES
from bot.replies import SHARE_VIEW, Replies
from bot.settings import SLACK_API, Settings
from commands import Notice

RESPONSE_HOST = "https://hooks.slack.com"
TIMEOUT = 5
BROKEN = "That could not be answered: a fault of ours. The log has more."
NOT_OURS = "I answer only in the workspace that I was installed for."
Body = dict[str, Any]


def build(settings: Settings, replies: Replies, client: WebClient, who: AuthorizeResult) -> App:
    """The Bolt app. `who` is what Slack says of our token; requests of other teams get nothing."""
    app = App(
        client=client,
        # bot/http.py has checked the signature, and a replay of it, before Bolt sees a request
        request_verification_enabled=False,
        authorize=lambda **_: who,
        process_before_response=True,
        ignoring_self_events_enabled=True,
    )
    handlers = _Handlers(replies, client, who.team_id or "", response_origin(settings))
    for slash, command in settings.slash.items():
        app.command(slash)(_slash(partial(handlers.slash, command)))
    app.action(re.compile(f"^{ASK}:"))(_acked(handlers.ask))
    app.action(re.compile(f"^{SHARE}:"))(_acked(handlers.share))
    app.view(SHARE_VIEW)(_acked(handlers.share_confirmed))
    app.event("app_home_opened")(_acked(handlers.home))
    return app


def response_origin(settings: Settings) -> str:
    """The only place that answers are sent to: Slack's, or that of the Slack we are pointed to."""
    if settings.slack_api_url == SLACK_API:
        return RESPONSE_HOST
    found = urlsplit(settings.slack_api_url)
    return f"{found.scheme}://{found.netloc}"


def _slash(handler: Callable[[Body], Body]) -> Callable[..., None]:
    def listener(ack: Ack, body: Body) -> None:
        said = guarded("slash", partial(handler, body))
        ack(**said) if said else ack(text=BROKEN, response_type="ephemeral")

    return listener


def _acked(handler: Callable[[Body], None]) -> Callable[..., None]:
    def listener(ack: Ack, body: Body) -> None:
        ack()
        guarded(handler.__name__, partial(handler, body))

    return listener


class _Handlers:
    def __init__(self, replies: Replies, client: WebClient, team: str, origin: str) -> None:
        self.replies, self.client, self.team, self.origin = replies, client, team, origin

    def slash(self, command: str, body: Body) -> Body:
        if not self._is_ours(body):
            return {"text": NOT_OURS, "response_type": "ephemeral"}
        line = f"{command} {body.get('text') or ''}".strip()
        said = self.replies.answer(line, _id(body, "user_id"), _id(body, "channel_id"))
        made = self.replies.ephemeral(said)
        return {name: made[name] for name in ("response_type", "text", "blocks")}

    def ask(self, body: Body) -> None:
        """A button that carries a command line."""
        said = self.replies.answer(_value(body), _user(body), _channel(body))
        self._respond(body, self.replies.ephemeral(said), lambda: self.replies.plain(said))

    def share(self, body: Body) -> None:
        """The share button: asks first, in a dialog."""
        view = self.replies.share_view(_value(body), _user(body), _channel(body))
        if isinstance(view, Notice):
            self._respond(body, self.replies.ephemeral(view))
            return
        self.client.views_open(trigger_id=str(body["trigger_id"]), view=view)

    def share_confirmed(self, body: Body) -> None:
        view = body["view"]
        refused = self.replies.share(view["private_metadata"], _user(body), view["id"])
        if refused:
            self._whisper(view["private_metadata"], _user(body), refused)

    def home(self, body: Body) -> None:
        user = body["event"]["user"]
        if self._is_ours(body):
            self.client.views_publish(user_id=user, view=self.replies.home(user))

    def _is_ours(self, body: Body) -> bool:
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        return team == self.team and body.get("is_enterprise_install") not in (True, "true")

    def _respond(self, body: Body, message: Body, plan_b: Callable[[], Body] | None = None) -> None:
        """Sends a message to the request's response_url; `plan_b` if its blocks are refused."""
        url = str(body.get("response_url") or "")
        if not self._is_ours(body) or not url.startswith(f"{self.origin}/"):
            return
        sender = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
        reply = sender.send_dict(message)
        if plan_b and reply.status_code == 400 and "invalid_blocks" in reply.body:
            sender.send_dict(plan_b())

    def _whisper(self, metadata: str, user: str, notice: Notice) -> None:
        """Tells one person something; without Slack's answer there is nobody to tell."""
        channel = msgspec.json.decode(metadata)["channel"]
        made = self.replies.ephemeral(notice)
        try:
            self.client.chat_postEphemeral(
                channel=channel, user=user, text=made["text"], blocks=made["blocks"]
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
    return _id(body.get("channel") or {}, "id")
