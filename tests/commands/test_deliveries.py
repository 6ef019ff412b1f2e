"""Which deliveries are meant: the side, the names, the lines."""

from datetime import date, timedelta

import pytest

from commands import Ask, Grant, Notice
from commands._deliveries import deliveries, name_of, read_deliveries, topic_of
from storage.known import Named
from tests.commands.dialogue import BERLIN, NOW, grant
from tests.storage.world import World

TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods")
    world.customer("Acme South", parent_ref=acme)
    world.supplier("Borealis Steel")
    world.fact("party", name="Twofold", kind="both")
    world.item("Coil")
    world.account("Acme Foods")
    return world


def asked(world, line, sees=None):
    ask = Ask(line, NOW, BERLIN, sees or Grant.everything())
    with world.reader() as session:
        return read_deliveries(session, ask, line.split(), "otif")


@pytest.mark.parametrize(
    ("line", "is_supply"),
    [
        ("", False),
        ("coil", False),
        ("acme foods", False),
        ("twofold", False),
        ("suppliers twofold", True),
        ("borealis", True),
        ("suppliers coil", True),
        ("by supplier", True),
        ("by customer", False),
    ],
)
def test_the_side_is_said_or_follows_from_the_names(world, line, is_supply):
    found = asked(world, line)
    assert found.is_supply is is_supply
    assert found.topic == ("supply" if is_supply else "customers")


def test_who_may_see_one_side_only_is_answered_with_it(world):
    assert asked(world, "", grant("supply")).is_supply
    assert not asked(world, "", grant("customers")).is_supply


def test_a_question_says_what_it_is_about_in_words_of_a_line(world):
    found = asked(world, "suppliers coil last 30 days")
    assert (found.words, found.when, found.items) == (" suppliers Coil", " last 30 days", "Coil")
    assert asked(world, "borealis coil").words == " Borealis Steel Coil"
    assert asked(world, "coil").topics == ("customers", "supply")


def test_both_sides_at_once_are_refused_with_each_as_a_choice(world):
    said = asked(world, "acme foods borealis")
    assert isinstance(said, Notice)
    assert [up.line for up in said.choices][-1] == "otif Borealis Steel"
    assert isinstance(asked(world, "borealis by carrier"), Notice)


def test_an_account_and_its_customer_are_one_and_named_once(world):
    found = asked(world, "acme foods")
    assert [one.kind for one in found.query.named] == ["customer"]
    assert found.parties == "Acme Foods"


def test_an_account_without_a_customer_is_asked_about_by_itself(world):
    world.account("Prospect")
    assert [one.kind for one in asked(world, "prospect").query.named] == ["account"]


def test_a_customers_lines_are_those_of_its_branches_too(world):
    for customer in ("party-1", "party-2", "party-4"):
        world.sale(customer, "2026-03-01", promised="2026-03-10")
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        question = read_deliveries(session, ask, ["acme", "foods"], "otif")
        found = deliveries(session, ask, question, TODAY - timedelta(90))
    assert {one.party.ref for one in found.every} == {"party-1", "party-2"}


def test_days_of_a_window_end_before_today(world):
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        question = read_deliveries(session, ask, ["last", "10", "days"], "otif")
        found = deliveries(session, ask, question, TODAY)
    assert found.days(question.query.window) == (TODAY - timedelta(10), TODAY)
    assert found.days(question.query.prior) == (TODAY - timedelta(20), TODAY - timedelta(10))


def test_lines_due_or_ordered_since_a_day_are_read_and_no_others(world):
    def sold(ordered, promised, shipped=None):
        return world.sale("party-1", ordered, promised=promised, shipped=shipped)

    due = sold("2022-01-01", "2026-03-01", "2026-03-02")
    new = sold("2026-03-05", None)
    sold("2025-01-01", "2025-02-01", "2025-02-01")
    sold("2025-01-01", "2025-02-01")
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        question = read_deliveries(session, ask, [], "otif")
        lines = deliveries(session, ask, question, date(2026, 3, 1)).every
    assert {one.key[1] for one in lines} == {due, new}


def test_values_of_a_dimension_have_a_name_and_a_topic():
    assert name_of(None) == "unknown"
    assert name_of("DE") == "DE"
    assert name_of(Named("item", "x", "1", "Coil")) == "Coil"
    assert [topic_of(one, "customers") for one in ("item", "site", "owner")] == [
        "supply", "supply", "customers",
    ]  # fmt: skip
