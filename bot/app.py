"""Slack's side of the conversation: each request to its handler, through one Bolt app."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot.blocks import ASK, CSV, ROWS_CSV
from bot.dialogs import Feature, Sending
from bot.handlers import Body, Handlers
from bot.manifest import LOOKUP
from bot.pool import Pool
from bot.replies import Replies
from bot.settings import SLACK_API, Settings

RESPONSE_HOST = "https://hooks.slack.com"


def build(
    settings: Settings,
    replies: Replies,
    who: AuthorizeResult,
    pool: Pool,
    features: Sequence[Feature],
) -> App:
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
    opens = {name: opening for one in features for name, opening in one.opens.items()}
    handlers = Handlers(replies, who, response_origin(settings), pool, opens)
    for slash, command in settings.slash.items():
        app.command(slash)(_slash(partial(handlers.slash, command)))
    acked = partial(_acked, handlers)
    app.action(re.compile(f"^{ASK}:"))(acked(handlers.ask))
    app.action(re.compile(f"^({CSV}|{ROWS_CSV}):"))(acked(handlers.csv))
    app.shortcut(LOOKUP)(acked(handlers.look_up))
    app.event("app_mention")(acked(handlers.written))
    app.event("message")(acked(handlers.written))
    app.event("app_home_opened")(acked(handlers.home))
    for one in features:
        _add(app, handlers, one)
    return app


def _add(app: App, handlers: Handlers, feature: Feature) -> None:
    """Takes what a part of Leadline adds: each by the word with which its id begins."""
    for name, opening in feature.opens.items():
        app.action(_begins(name))(_acked(handlers, partial(handlers.open, opening)))
    for name, act in feature.acts.items():
        app.action(_begins(name))(_acked(handlers, partial(handlers.act, act)))
    for name, change in feature.changes.items():
        app.action(_begins(name))(_acked(handlers, partial(handlers.change, change)))
    for name, sending in feature.sends.items():
        app.view(_begins(name))(_checked(handlers, sending))


def _begins(name: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(name)}(:|$)")


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


def _checked(handlers: Handlers, sending: Sending) -> Callable[..., None]:
    """A dialog that is answered at once: it closes, stays open with what is wrong, or changes."""

    def listener(ack: Ack, body: Body) -> None:
        answer = handlers.check(sending, body)
        ack(**answer)
        if not answer:
            handlers.later(partial(handlers.sent, sending), body)

    return listener


def _acked(handlers: Handlers, handler: Callable[[Body], None]) -> Callable[..., None]:
    def listener(ack: Ack, body: Body) -> None:
        ack()
        handlers.later(handler, body)

    return listener
