"""What every command keeps to, whatever it is asked and whatever is in the store."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.forms import formed
from bot.text import as_json
from commands import TOPICS, Answer, Notice, load
from commands._audience import topics_of
from tests.commands.dialogue import BERLIN, NOW, grant, say, synced, words_of
from tests.storage.world import World

COMMANDS = load()
NONSENSE = (
    "xyzzy", "by", "by by by", "last", "last 0 days", "last 99999999 days", "in 9999", "since",
    "since 2026-13-45", "vs prior", "🦊", "<@U123> & <script>", "'; DROP TABLE party; --", "%s %d",
    "x" * 499, "0", "-1", "null", "by supplier by item", "\u202eevil\u200b",
)  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return World(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("filled"))
    steel, bolt = world.supplier("Borealis Steel"), world.item("Bolt M8")
    for month in range(1, 12):
        world.purchase(steel, bolt, f"2025-{month:02}-05", received=f"2025-{month:02}-20")
    world.purchase(steel, bolt, "2026-02-01", acknowledged="2026-02-03")
    acme = world.customer("Acme Foods")
    for month in range(1, 12):
        world.sale(acme, f"2025-{month:02}-05", shipped=f"2025-{month:02}-09")
    world.sale(acme, "2026-02-01", promised="2026-02-05", item=bolt)
    account = world.account("Acme Foods", segment="retail")
    world.contract(account, "2025-01-01", renewal="2026-05-01", mrr=Decimal(900), currency="EUR")
    world.ticket(account, "2026-01-01", subject="Late again")
    for hour in (1, 2, 3):
        at = NOW - timedelta(hours=hour)
        world.fact("sensorreading", device="s1", measure="temperature", value=3 * hour,
                   shipment_ref="N-1", seen_at=at, seen_on=at.date())  # fmt: skip
    for kind, score, scale in (("nps", 9, 10), ("csat", 4, 5), ("ces", 6, 7)):
        world.survey(account, "2026-02-01", score, kind=kind, scale=scale)
    for number in range(5):
        other = world.customer(f"Other {number}")
        for day in range(1, 6 - number):
            world.sale(other, f"2025-{7 + number:02}-{day:02}", shipped=f"2025-{7 + number:02}-20")
    _stock(world, steel, bolt, acme)
    synced(world)
    return world


def _stock(world, steel, bolt, acme):
    """A year's moves and invoices, so that questions about stock and cash have an answer."""
    world.places("North")
    for month in range(1, 12):
        world.move(bolt, "supplier", "North/stock", f"2025-{month:02}-20", qty=9, value=90)
        world.move(bolt, "North/stock", "customer", f"2025-{month:02}-25", qty=8, value=80)
        world.invoice(acme, f"2025-{month:02}-09", paid=f"2025-{month:02}-28")
        world.invoice(steel, f"2025-{month:02}-20", direction="in")
        world.make(bolt, released=f"2025-{month:02}-05", finished=f"2025-{month:02}-15")
    world.make(bolt, released="2026-02-01", started="2026-02-02", finished="2026-02-09")
    world.level(bolt, 11, site="North/stock", as_of=NOW, value=Decimal(110), currency="EUR")


@pytest.fixture(params=["empty", "filled"])
def world(request):
    return request.getfixturevalue(request.param)


def check(said):
    """What holds for all that anyone is told."""
    assert isinstance(said, Answer | Notice)
    assert said.title
    text = json.dumps(as_json(said))
    assert json.loads(text)["kind"] in ("answer", "notice")
    assert "Traceback" not in text
    for form in ("text", "json", "csv"):
        assert formed(said, form, BERLIN)
    if isinstance(said, Notice):
        # an error says what to do next: a choice, or words about what to write
        assert said.text
        assert (
            not said.error or said.choices or re.search(r"`|\b(write|try|ask)\b", said.text, re.I)
        )
    else:
        assert said.basis
        assert said.summary.text
        for row in said.table.rows if said.table else ():
            assert len(row) == len(said.table.columns)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "text", ["", *(pytest.param(one, marks=pytest.mark.slow) for one in NONSENSE)]
)
def test_every_command_answers_anything(world, name, text):
    check(say(world, f"{name} {text}"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_how_it_is_used(world, name):
    said = say(world, f"{name} help")
    assert isinstance(said, Notice)
    assert not said.error
    assert COMMANDS[name].usage in said.text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_usage_begins_with_the_name_and_the_examples_too(name):
    command = COMMANDS[name]
    assert command.examples
    assert all(line.split()[0] == name for line in (command.usage, *command.examples))


@pytest.mark.parametrize(
    "line", [line for command in COMMANDS.values() for line in command.examples]
)
def test_every_example_runs(world, line):
    said = say(world, line)
    check(said)
    assert not getattr(said, "error", False), words_of(said)


def test_on_a_filled_store_the_first_example_of_a_question_has_an_answer(filled):
    for command in COMMANDS.values():
        said = say(filled, command.examples[0])
        if "<" in command.usage:  # it must be told about what, and offers some
            assert isinstance(said, Notice), command.name
            assert said.choices or not command.topics, command.name
        elif command.topics:
            assert isinstance(said, Answer), command.name


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("topic", ["supply", "customers", "revenue", "personal"])
def test_no_answer_speaks_of_a_topic_that_is_not_allowed(filled, name, topic):
    for line in (name, *COMMANDS[name].examples, f"{name} acme", f"{name} borealis"):
        said = say(filled, line, sees=grant(topic))
        check(said)
        if isinstance(said, Answer):
            assert topics_of(said) <= {topic}
        text = words_of(said)
        assert topic == "supply" or "Borealis Steel" not in text
        assert topic == "customers" or "Acme Foods" not in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_answer_speaks_only_of_topics_that_its_command_declares(filled, name):
    for line in (name, *COMMANDS[name].examples, f"{name} acme"):
        said = say(filled, line)
        if isinstance(said, Answer):
            # `define … of <line>` speaks of what that line's command may speak of
            declared = TOPICS if name == "define" else COMMANDS[name].topics
            assert topics_of(said) <= set(declared)


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(COMMANDS)), st.text(max_size=60))
def test_no_text_breaks_a_command(filled, name, text):
    check(say(filled, f"{name} {text}"))
