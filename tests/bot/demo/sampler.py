"""A bot that posts one of everything, by Slack's own SDK and Bolt, into a local workspace.

`/sample message` posts what one can act on; `/sample dialog` opens a dialog with every input. What
was done is said in the channel, as JSON.
"""

import json
import re
from contextlib import contextmanager
from threading import Event

from slack_bolt import App
from slack_sdk import WebClient

from bot.demo.page_server import served
from bot.process import Connection
from tests.bot.conversation import OPS, workspace

LONG = 20


@contextmanager
def sampled(page):
    """The workspace, its address and the event that a slow answer waits for."""
    slack = workspace()
    slack.commands.append({"command": "/sample", "description": "One of everything"})
    with served(slack, page) as base:
        go_on = Event()
        client = WebClient(slack.bot_token, base_url=f"{base}/api/")
        app = App(client=client, process_before_response=True)
        register(app, go_on)
        handler = Connection(app, slack.app_token)
        handler.connect()
        try:
            yield slack, base, go_on
        finally:
            go_on.set()
            handler.close()


def register(app, go_on):
    app.command("/sample")(sample)
    app.action("ask:steel")(thread)
    app.action("kind")(choose)
    app.action("deeper")(push)
    app.view("all")(lambda ack, body, client: sent(ack, body, client, go_on))
    app.view("deep")(lambda ack: ack(response_action="clear"))
    app.view_closed("all")(closed)
    # whatever else is done is said
    app.action(re.compile(""))(told)


def sample(ack, body, client):
    ack()
    if body["text"] == "dialog":
        client.views_open(trigger_id=body["trigger_id"], view=view())
        return
    client.chat_postMessage(channel=body["channel_id"], text="Borealis is slow", blocks=message())


def thread(ack, body, client):
    """Answers in a thread, to the channel too, and changes what was said first."""
    ack()
    where = {"channel": body["channel"]["id"]}
    ts = body["message"]["ts"]
    client.chat_postMessage(text="An aside", thread_ts=ts, **where)
    worse = client.chat_postMessage(
        text="It got *worse*", thread_ts=ts, reply_broadcast=True, **where
    )
    client.chat_update(ts=worse["ts"], text="It got *worse* by 3 days", **where)
    done = section("Acknowledged by <@U0ADA>")
    client.chat_update(ts=ts, text="Borealis is slow", blocks=[done], **where)


def told(ack, body, client):
    ack()
    known = ("type", "action_id", "value", "selected_option", "selected_date", "selected_user")
    [action] = body["actions"]
    said = {name: action[name] for name in known if name in action}
    client.chat_postMessage(channel=OPS, text=f"`{json.dumps(said)}`")


def choose(ack, body, client):
    """Shows the view again with what was chosen, if nobody changed it meanwhile."""
    ack()
    chosen = body["view"]["state"]["values"]["kind"]["kind"]["selected_option"]["value"]
    client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view(chosen))


def push(ack, body, client):
    ack()
    client.views_push(trigger_id=body["trigger_id"], view=deep())


def sent(ack, body, client, go_on):
    values = body["view"]["state"]["values"]
    if values["name"]["name"]["value"] == "slow":
        go_on.wait(LONG)
    if values["name"]["name"]["value"] == "wrong":
        ack(response_action="errors", errors={"name": "That name is taken."})
        return
    ack()
    client.chat_postMessage(channel=OPS, text=f"`{json.dumps(flat(values))}`")


def closed(ack, body, client):
    ack()
    client.chat_postMessage(channel=OPS, text=f"closed, all: {body['is_cleared']}")


def flat(values):
    """What stands in the fields, by their names, in short."""
    found = {}
    for fields in values.values():
        for name, state in fields.items():
            [value] = [one for key, one in state.items() if key != "type"]
            if isinstance(value, list):
                found[name] = [short(one) for one in value]
            else:
                found[name] = short(value)
    return found


def short(value):
    return value["value"] if isinstance(value, dict) else value


# what it draws


def words(said):
    return {"type": "plain_text", "text": said}


def section(said, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": said}, **more}


def options(*names):
    return [{"text": words(name), "value": name.lower()} for name in names]


def button(label, action_id, **more):
    return {"type": "button", "text": words(label), "action_id": action_id, **more}


def message():
    sure = {"title": words("Mute Borealis Steel?"), "text": words("Nothing more is told of it."),
            "confirm": words("Mute"), "deny": words("Keep"), "style": "danger"}  # fmt: skip
    more = {"type": "overflow", "action_id": "more", "options": options("Pause", "Skip", "Delete")}
    snooze = {"type": "static_select", "action_id": "snooze", "placeholder": words("Snooze"),
              "options": options("1 hour", "Until tomorrow 9:00", "Until resolved")}  # fmt: skip
    return [
        section("*Firing* · Borealis Steel is slower than it was: median *43 days*, was 31."),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "rule by <@U0ADA>"}]},
        {"type": "actions", "elements": [
            button("Acknowledge", "ask:steel", style="primary", value="1"),
            button("Assign", "assign", value="7"),
            snooze,
            button("Mute", "mute", style="danger", value="m", confirm=sure),
        ]},
        section("Due", accessory={"type": "datepicker", "action_id": "due"}),
        section("Monday operations", accessory=more),
    ]  # fmt: skip


def field(name, label, kind, *, block=None, **element):
    return {"type": "input", "block_id": name, "label": words(label),
            "element": {"type": kind, "action_id": name, **element}, **(block or {})}  # fmt: skip


def view(kind="above"):
    kinds = options("Above", "Below", "Unusual")
    [chosen] = [one for one in kinds if one["value"] == kind]
    groups = [
        {"label": words("Supply"), "options": options("Lead-time", "OTIF")},
        {"label": words("Customers"), "options": options("Churn")},
    ]
    severity = options("Warning", "Critical")
    severity[1]["description"] = words("Told in quiet hours too")
    limit = [] if kind == "unusual" else [
        field("limit", "Limit", "number_input", is_decimal_allowed=True, min_value="0",
              block={"hint": words("In days")})
    ]  # fmt: skip
    return {
        "type": "modal", "callback_id": "all", "notify_on_close": True,
        "title": words("Alert me"), "submit": words("Save"), "close": words("Not now"),
        "blocks": [
            field("name", "Name", "plain_text_input", placeholder=words("As one would say it")),
            field("kind", "When it is", "static_select", options=kinds, initial_option=chosen,
                  block={"dispatch_action": True}),
            *limit,
            section("Would have fired *6 times* in the last 90 days.", block_id="replay",
                    accessory=button("Show the days", "deeper")),
            field("questions", "Questions", "multi_static_select", option_groups=groups,
                  placeholder=words("Choose questions")),
            field("severity", "Severity", "radio_buttons", options=severity,
                  initial_option=severity[0]),
            field("days", "Days", "checkboxes", options=options("Monday", "Tuesday", "Wednesday"),
                  initial_options=options("Monday")),
            field("time", "Time", "timepicker", initial_time="09:00"),
            field("until", "Until", "datepicker", block={"optional": True}),
            field("where", "Where", "conversations_select",
                  filter={"include": ["public", "private", "im"],
                          "exclude_external_shared_channels": True}),
            field("owner", "Owner", "users_select", initial_user="U0ADA"),
            field("runbook", "Runbook", "static_select", options=options("Steel", "Coils"),
                  block={"optional": True}),
            field("note", "What one should do", "plain_text_input", multiline=True,
                  block={"optional": True}),
        ],
    }  # fmt: skip


def deep():
    return {"type": "modal", "callback_id": "deep", "title": words("The days"),
            "submit": words("Done"), "blocks": [section("3 Feb · 10 Feb · 17 Feb")]}  # fmt: skip
