"""Slack's side of the conversation: each request to its handler, through one Bolt app."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot.alerts.form import WATCH_VIEW, faults
from bot.blocks import ASK, CSV, ROWS_CSV, SHARE, UNWATCH, WATCH
from bot.handlers import Body, Handlers
from bot.manifest import LOOKUP
from bot.pool import Pool
from bot.replies import Replies
from bot.settings import SLACK_API, Settings
from bot.share import SHARE_VIEW

RESPONSE_HOST = "https://hooks.slack.com"


def build(settings: Settings, replies: Replies, who: AuthorizeResult, pool: Pool) -> App:
    """The Bolt app. `who` is what Slack says of our token; requests of other teams get nothing.

    Each request is acknowledged before anything is done that may take long; `pool` does that.
    """
    app = App(
        client=replies.client,
        # bot/http.py has checked the signature, and a replay of it, before Bolt sees a request
        request_verification_enabled=False,
        authorize=lambda **_: who,
        process_before_response=True,
        ignoring_self_events_enabled=True,
    )
    handlers = Handlers(replies, who, response_origin(settings), pool)
    for slash, command in settings.slash.items():
        app.command(slash)(_slash(partial(handlers.slash, command)))
    acked = partial(_acked, handlers)
    app.action(re.compile(f"^{ASK}:"))(acked(handlers.ask))
    app.action(re.compile(f"^({CSV}|{ROWS_CSV}):"))(acked(handlers.csv))
    app.action(re.compile(f"^{SHARE}:"))(acked(handlers.share))
    app.action(re.compile(f"^{WATCH}:"))(acked(handlers.watch))
    app.action(re.compile(f"^{UNWATCH}:"))(acked(handlers.unwatch))
    app.view(WATCH_VIEW)(_checked(handlers))
    app.shortcut(LOOKUP)(acked(handlers.look_up))
    app.view(SHARE_VIEW)(acked(handlers.share_confirmed))
    app.event("app_mention")(acked(handlers.written))
    app.event("message")(acked(handlers.written))
    app.event("app_home_opened")(acked(handlers.home))
    return app


def response_origin(settings: Settings) -> str:
    """The only place that answers are sent to: Slack's, or that of the Slack we are pointed to."""
    if settings.slack_api_url == SLACK_API:
        return RESPONSE_HOST
    found = urlsplit(settings.slack_api_url)
    return f"{found.scheme}://{found.netloc}"


def _slash(handler: Callable[[Body], Body]) -> Callable[..., None]:
    def listener(ack: Ack, body: Body) -> None:
        ack(**handler(body))

    return listener


def _checked(handlers: Handlers) -> Callable[..., None]:
    """A dialog that stays open as long as something in it is wrong."""

    def listener(ack: Ack, body: Body) -> None:
        if errors := faults(body["view"]):
            ack(response_action="errors", errors=errors)
            return
        ack()
        handlers.later(handlers.watch_sent, body)

    return listener


def _acked(handlers: Handlers, handler: Callable[[Body], None]) -> Callable[..., None]:
    def listener(ack: Ack, body: Body) -> None:
        ack()
        handlers.later(handler, body)

    return listener
