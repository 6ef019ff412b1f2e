"""Every command in every mode, on every kind of store: valid, within limits, with what it needs."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.blocks import blocks, fallback
from bot.forms import formed
from bot.plans import forms
from commands import Answer, Ask, Grant, Notice, answer, load
from tests.bot.slack_judge import judge_message
from tests.commands.dialogue import BERLIN, NOW, synced
from tests.commands.story import day, tell
from tests.sizes import ROWS
from tests.storage.world import World

COMMANDS = load()
MARKUP = (
    "<!channel> *Bold* _it_", "<@U1|boss> ~gone~", "<http://evil.example|click> `code`",
    "=HYPERLINK(1)&amp; <#C1>", "\u202eevil\u200b </script>",
)  # fmt: skip
# what only Slack itself may make of a text
FOREIGN = re.compile(r"<[!@#](?!date\^)|<https?:")


def one_row(world):
    world.purchase(world.supplier("Borealis Steel"), world.item("Coil 2 mm"), day(40))
    world.sale(world.customer("Harbour & Sons"), day(40), promised=day(3))
    synced(world)


def markup(world):
    """The story, told of names that would do something if anything read them."""
    supplier, item = world.supplier(MARKUP[0]), world.item(MARKUP[1], category=MARKUP[2])
    for ago in range(40, 300, 5):
        world.purchase(supplier, item, day(ago), received=day(ago - 30), promised=day(ago - 25))
    world.purchase(supplier, item, day(20), qty=9, promised=day(3))
    world.level(item, 3, as_of=NOW - timedelta(hours=2))
    customer = world.customer(MARKUP[3], country="DE", category=MARKUP[4])
    account = world.account(MARKUP[3], segment=MARKUP[4], owner=MARKUP[1])
    world.link(customer, account)
    for ago in range(30, 400, 30):
        world.sale(customer, day(ago), item=item, shipped=day(ago - 5), promised=day(ago - 6))
    world.sale(customer, day(20), item=item, qty=5, promised=day(4))
    world.ticket(account, day(30), subject=MARKUP[2])
    world.survey(account, day(20), 3)
    world.contract(account, day(700), renewal=day(-30), notice_days=10, mrr=Decimal(50))
    synced(world)


def stale(world):
    tell(world)
    for model, row in world._rows:
        if model.__name__ == "SyncState":
            row["last_success_at"] = NOW - timedelta(days=3)


STORES = {
    "nothing": lambda world: None, "one row": one_row, "typical": tell, "markup": markup,
    "stale": stale,
}  # fmt: skip


KINDS = [
    kind if kind in ("typical", "markup") else pytest.param(kind, marks=pytest.mark.slow)
    for kind in STORES
]


@pytest.fixture(scope="module", params=KINDS)
def store(request, tmp_path_factory):
    world = World(tmp_path_factory.mktemp("store"))
    STORES[request.param](world)
    world.save()
    return request.param, world


def lines_of(name):
    command = COMMANDS[name]
    about = [f"{name} {one}" for one in ("Borealis Steel", "Harbour & Sons", "Coil 2 mm", "S00471")]
    return [name, *command.examples, *about]


def said_to(world, line, grant=None):
    ask = Ask(line, NOW, BERLIN, grant or Grant.everything(), who="U1", currency="EUR")
    with world.reader() as session:
        return answer(session, ask, COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_answer_is_one_valid_message_in_every_mode(store, name):
    kind, world = store
    for line in dict.fromkeys(lines_of(name)):
        said = said_to(world, line)
        for form in forms(blocks(said, BERLIN)):
            judge_message(form, fallback(said))
            assert not FOREIGN.search(_texts(form)), line
        assert 0 < len(fallback(said)) <= 3_000
        for mode in ("text", "csv", "json"):
            assert formed(said, mode, BERLIN), (line, mode)
        _whole(said, kind, line)


def _whole(said, kind, line):
    if isinstance(said, Notice):
        if kind == "stale" and COMMANDS[line.split()[0]].topics and not said.error:
            assert said.text.startswith("⚠"), line
        return
    assert said.basis, line
    data = json.loads(formed(said, "json", BERLIN))
    assert data["basis"], line
    assert all(one["n"] >= 0 for one in data["basis"])
    if kind == "stale" and any(one.sources for one in said.basis):
        assert said.summary.text.startswith("⚠"), line


def _texts(form):
    """All that Slack would read markup in; cells of tables are shown as they are."""
    found = []
    for block in form:
        if block["type"] in ("section", "context"):
            texts = [block.get("text"), *block.get("elements", ()), *block.get("fields", ())]
            found += [one["text"] for one in texts if one and one.get("type") == "mrkdwn"]
    return "\n".join(found)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("topic", ["supply", "customers", "revenue", "personal"])
def test_on_any_store_an_audience_gets_no_name_of_another_topic(store, name, topic):
    kind, world = store
    if kind not in ("typical", "one row"):
        return
    for line in dict.fromkeys(lines_of(name)):
        said = said_to(world, line, Grant({topic: "full"}))
        text = "\n".join(formed(said, mode, BERLIN) for mode in ("text", "json", "csv"))
        told = text.replace(line, "").replace(line.removeprefix(f"{name} "), "")
        if topic != "supply":
            assert "Borealis" not in told, line
        if topic != "customers":
            assert "Harbour" not in told, line


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Many lines of purchases and sales, two years of them."""
    from tests.storage.large import fill

    world = World(tmp_path_factory.mktemp("large"))
    fill(world, ROWS)
    synced(world)
    world.save()
    return world


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_many_lines_are_answered_in_one_message(large, name):
    for line in dict.fromkeys([name, *COMMANDS[name].examples]):
        said = said_to(large, line)
        assert isinstance(said, Answer | Notice)
        for form in forms(blocks(said, BERLIN)):
            judge_message(form, fallback(said))
