"""Slack's side of the conversation: each request to its handler, through one Bolt app."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot.blocks import ASK, CSV, ROWS_CSV, SHARE
from bot.boundary import guarded
from bot.handlers import Body, Handlers, Later
from bot.manifest import LOOKUP
from bot.replies import Replies
from bot.settings import SLACK_API, Settings
from bot.share import SHARE_VIEW

RESPONSE_HOST = "https://hooks.slack.com"
BROKEN = "That could not be answered: a fault of ours. The log has more."


def build(settings: Settings, replies: Replies, who: AuthorizeResult, later: Later) -> App:
    """The Bolt app. `who` is what Slack says of our token; requests of other teams get nothing."""
    app = App(
        client=replies.client,
        # bot/http.py has checked the signature, and a replay of it, before Bolt sees a request
        request_verification_enabled=False,
        authorize=lambda **_: who,
        process_before_response=True,
        ignoring_self_events_enabled=True,
    )
    handlers = Handlers(replies, who, response_origin(settings), later)
    for slash, command in settings.slash.items():
        app.command(slash)(_slash(partial(handlers.slash, command)))
    app.action(re.compile(f"^{ASK}:"))(_acked(handlers.ask))
    app.action(re.compile(f"^({CSV}|{ROWS_CSV}):"))(_acked(handlers.csv))
    app.action(re.compile(f"^{SHARE}:"))(_acked(handlers.share))
    app.shortcut(LOOKUP)(_acked(handlers.look_up))
    app.view(SHARE_VIEW)(_acked(handlers.share_confirmed))
    app.event("app_mention")(_acked(handlers.written))
    app.event("message")(_acked(handlers.written))
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
        if said is None:
            ack(text=BROKEN, response_type="ephemeral")
        else:
            ack(**said)

    return listener


def _acked(handler: Callable[[Body], None]) -> Callable[..., None]:
    def listener(ack: Ack, body: Body) -> None:
        ack()
        guarded(handler.__name__, partial(handler, body))

    return listener
