"""A workspace of two people and two channels, asked without a network."""

import itertools

from bot.demo._slack_api import call
from bot.demo.workspace import BOT, Channel, Person, Workspace

__all__ = ["BOT", "ask", "field", "modal", "small_slack"]


def small_slack(deliver=None):
    made = Workspace(
        [
            Person("U1", "Ada", email="ada@works.example"),
            Person("U2", "Gus", is_guest=True, zone="America/New_York"),
        ],
        [Channel("C1", "ops", ("U1", BOT)), Channel("C2", "ext", ("U1",), is_external=True)],
        [{"command": "/ask"}],
        itertools.count(1_772_366_400).__next__,
    )
    made.deliver = deliver
    return made


def ask(slack, method, **args):
    return call(slack, method, args, slack.bot_token)


def modal(*blocks, **more):
    section = {"type": "section", "text": {"type": "plain_text", "text": "x"}}
    return {
        "type": "modal",
        "callback_id": "c",
        "title": {"type": "plain_text", "text": "Title"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": list(blocks) or [section],
        **more,
    }


def field(block_id, kind="plain_text_input", **more):
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": block_id},
        "element": {"type": kind, "action_id": "a", **more},
    }
