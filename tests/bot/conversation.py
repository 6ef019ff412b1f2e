"""A whole Leadline with a small world behind it, connected to a workspace on this machine."""

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import process
from bot.demo._socket_mode import signed_http
from bot.demo.page_server import served
from bot.demo.workspace import BOT, Channel, Person, Workspace
from bot.http import Server
from bot.settings import SLASH, Access, Settings
from storage.store import Store
from tests.bot.slack_judge import judge_message, judge_view
from tests.storage.world import World

PATIENCE = 300  # seconds for what takes a moment, unless the machine has much else to do
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, NOOR, GUEST = "U0ADA", "U0NOOR", "U0GUEST"
OPS, GENERAL, PARTNERS, SECRET = "C0OPS", "C0GENERAL", "C0PARTNERS", "C0SECRET"
ACCESS = {"supply": Access((ADA,), (OPS,)), "customers": Access((ADA, NOOR), ())}


def workspace():
    return Workspace(
        [Person(ADA, "Ada"), Person(NOOR, "Noor"), Person(GUEST, "Gus", is_guest=True)],
        [
            Channel(OPS, "ops", (ADA, NOOR, GUEST, BOT)),
            Channel(GENERAL, "general", (ADA, NOOR, BOT)),
            Channel(PARTNERS, "partners", (ADA, BOT), is_external=True),
            Channel(SECRET, "secret", (ADA,), is_private=True),
        ],
        [{"command": name} for name in SLASH],
        clock=iter(range(1_772_366_400, 1_872_366_400)).__next__,
    )


@cache
def filled():
    """The file of a store with the small world in it: made once, and copied for each test."""
    with TemporaryDirectory() as folder:
        small_world(folder).store.close()
        return Path(folder, "world.db").read_bytes()


def small_world(folder):
    world = World(folder)
    steel = world.supplier("Borealis Steel")
    for day in range(1, 21):
        ordered = datetime(2026, 1, day, 9, tzinfo=UTC)
        world.purchase(steel, None, ordered, received=ordered + timedelta(days=20 + day))
    acme = world.customer("Acme Foods")
    for week in range(1, 61):  # and then nothing for two months
        ordered = datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(days=6 * week)
        world.sale(acme, ordered, amount=500, shipped=ordered + timedelta(days=2))
    world.synced(world.erp, "orders", "purchaseorder,purchaseline,receipt", NOW)
    return world


@contextmanager
def leadline(folder, *, is_http=False, slack=None, clock=lambda: NOW):
    """The workspace and the parts of a Leadline that answers in it, at the time of its clock."""
    slack = slack or workspace()
    with ExitStack() as stack:
        base = stack.enter_context(served(slack, folder))
        settings = Settings(
            database_url=f"sqlite:///{folder}/world.db",
            access=ACCESS,
            slack_api_url=f"{base}/api/",
            slack_bot_token=slack.bot_token,
            slack_signing_secret=slack.signing_secret,
            slack_app_token="" if is_http else slack.app_token,
            port=0,
        )
        Path(folder, "world.db").write_bytes(filled())
        store = Store(settings.database_url)
        stack.callback(store.close)
        parts = process.assemble(settings, store, "test", clock)
        stack.callback(parts.pool.stop)
        if is_http:
            connect_http(stack, slack, settings, parts)
        else:
            stack.callback(process.connect(settings, parts).close)
        slack.at_once, slack.deliver = slack.deliver, in_turn(slack.deliver, parts)
        yield slack, parts
        judge_all(slack)


def in_turn(deliver, parts):
    """Delivers, waits for all that the bot does about it, and then for what it posts."""

    def delivered(kind, body):
        answer = deliver(kind, body)
        assert parts.pool.wait(PATIENCE)
        if parts.worker.woken.is_set():
            parts.worker.send()
        return answer

    return delivered


def judge_all(slack):
    """Slack would have taken all that was sent to it."""
    for person in slack.people:
        for event in slack.events(person, 0):
            if event["kind"] in ("view", "home"):
                judge_view(event["view"])
            elif event["kind"] == "message" and event["message"]["user"] == BOT:
                judge_message(event["message"]["blocks"], event["message"]["text"])


def connect_http(stack, slack, settings, parts):
    server = Server(settings, parts.front)
    server.start()
    stack.callback(server.stop)
    url = f"http://127.0.0.1:{server.port}/slack/events"
    # no two requests at the same moment: they would bear one signature
    clock = count(int(NOW.timestamp())).__next__
    slack.deliver = signed_http(url, slack.signing_secret, clock)


def said(slack, viewer, channel):
    """What the bot said that `viewer` sees in a channel."""
    return [one for one in slack.visible(viewer, channel) if one.user == BOT]


def replies(parts):
    """The replies behind a running app."""
    [listener, *_] = [
        one for one in parts.app._listeners if "slash" in one.ack_function.__qualname__
    ]
    handler = listener.ack_function.__closure__[0].cell_contents
    return handler.func.__self__.replies


def buttons(message):
    """The buttons of a message, or of a home tab, by their labels."""
    blocks = message["blocks"] if isinstance(message, dict) else message.blocks
    found = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
    found += [block["accessory"] for block in blocks if "accessory" in block]
    return {one["text"]["text"]: one for one in found if one["type"] == "button"}


def press(slack, user, channel, message, label):
    slack.click(user, channel, message.ts, buttons(message)[label])


def dialog(slack):
    return next(iter(slack.views.values()), None)


def fields(view):
    """The fields of a dialog by their names."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    return {block["block_id"].partition(":")[0]: block for block in inputs}


def entries(view, **entered):
    """What Slack sends of fields that were filled in; an empty value clears one."""
    values = {}
    for name, value in entered.items():
        block = fields(view)[name]
        element = block["element"]
        values[block["block_id"]] = {element["action_id"]: _state(element, value)}
    return values


def _state(element, value):
    kind = element["type"]
    key = {"timepicker": "selected_time", "conversations_select": "selected_conversation",
           "users_select": "selected_user", "static_select": "selected_option",
           "radio_buttons": "selected_option"}.get(kind, "value")  # fmt: skip
    several = {"multi_static_select": "selected_options", "checkboxes": "selected_options",
               "multi_conversations_select": "selected_conversations"}.get(kind, "")  # fmt: skip
    if several == "selected_options":
        value = [one for one in element["options"] if one["value"] in value]
    if several:
        return {"type": kind, several: value}
    if key == "selected_option":
        value = next(one for one in element["options"] if one["value"] == value)
    return {"type": kind, key: value or None}


def send(slack, user, **entered):
    """Fills in the open dialog and sends it; what Slack was told of it, if it stays open."""
    view = dialog(slack)
    seq = max((one["seq"] for one in slack.events(user, 0)), default=0)
    slack.submit(user, view["id"], entries(view, **entered))
    told = [one["errors"] for one in slack.events(user, seq) if one["kind"] == "errors"]
    return told[0] if told else {}


def change(slack, user, **entered):
    """Fills in fields of the open dialog, the last of which tells the bot at once."""
    view = dialog(slack)
    element = fields(view)[list(entered)[-1]]["element"]
    slack.click_in(user, view["id"], _acted(element), entries(view, **entered))


def push(slack, user, label, **entered):
    """Presses a button of the open dialog."""
    view = dialog(slack)
    slack.click_in(user, view["id"], buttons(view)[label], entries(view, **entered))


def _acted(element):
    return {"type": element["type"], "action_id": element["action_id"]}
