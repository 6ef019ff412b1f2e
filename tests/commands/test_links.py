"""`links` as people ask it, and what their word changes."""

from decimal import Decimal

import pytest
from sqlmodel import select

from bot.channel import answered
from commands import Ask, Grant, Notice, load
from storage.link_candidates import linked, rejected
from storage.models import PartyLink
from tests.commands import story
from tests.commands.dialogue import BERLIN, NOW, say, synced, verify
from tests.commands.story import day
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    for name in ("Acme Foods GmbH", "Borg & Sons", "Alone"):
        world.sale(world.customer(name, country="DE"), "2026-01-05")
    world.account("ACME Foods", country="DE")
    world.account("Borg and Sons Ltd")
    world.account("Alone")
    world.account("Prospect")
    synced(world)
    return world


def tell(world, line, who="U7", grant=None):
    """As the bot asks it: a line of a person may write."""
    ask = Ask(line, NOW, BERLIN, grant or Grant.everything(), who)
    return answered(world.store, ask, load())


def code(world, name):
    return next(row[0] for row in say(world, "links").table.rows if row[1] == name)


def decisions(world):
    with world.reader() as session:
        return [(one.is_rejected, one.decided_by, one.decided_at)
                for one in session.exec(select(PartyLink))]  # fmt: skip


def test_what_waits_stands_with_its_score_and_evidence(world):
    verify(world, [
        ("links", "answer", "33 % of customers are linked to the CRM** (1 of 3)",
         "2 pairs may be one company", "Acme Foods GmbH | ACME Foods | 100 | same country",
         "Borg & Sons | Borg and Sons Ltd | 100 | the names alone", "in the CRM alone 3",
         "[Confirm Acme Foods GmbH]", "[Reject Acme Foods GmbH]"),
        ("links alone", "answer", "Alone is linked", "[Part Alone]"),
        ("links borg & sons", "answer", "is not linked**; 1 may be the same company"),
        ("links nobody", "error", "I know no “nobody”"),
    ])  # fmt: skip
    assert say(world, "links").basis[0].coverage == pytest.approx(1 / 3)


def test_a_word_is_kept_with_who_said_it_and_when(world):
    said = tell(world, f"links confirm {code(world, 'Acme Foods GmbH')}")
    assert isinstance(said, Notice)
    assert "are one company now" in said.title
    assert decisions(world) == [(False, "U7", NOW)]
    verify(world, [("links", "answer", "67 % of customers", "1 pair may be"),
                   ("customer acme foods gmbh", "answer")])  # fmt: skip
    undone = tell(world, said.choices[0].line, who="U8")
    assert "are two companies now" in undone.title
    assert decisions(world) == [(True, "U8", NOW)]
    verify(world, [("links", "answer", "33 % of customers", "1 pair may be")])
    assert "are one company now" in tell(world, undone.choices[0].line).title
    assert decisions(world) == [(False, "U7", NOW)]


@pytest.mark.parametrize("is_stored", [True, False])
def test_undo_brings_back_the_link_that_was_displaced(tmp_path, is_stored):
    world = World(tmp_path)
    old = world.customer("Acme Foods Old" if is_stored else "ACME Foods")
    new, account = world.customer("Acme Foods GmbH"), world.account("ACME Foods")
    if is_stored:
        world.link(old, account)
    world.link(new, account, is_rejected=True)
    synced(world)
    assert parties(world) == [old]
    said = tell(world, f"links confirm {refused(world)}")
    assert parties(world) == [new]
    undone = tell(world, said.choices[0].line)
    assert parties(world) == [old]
    tell(world, undone.choices[0].line)
    assert parties(world) == [new]


def parties(world):
    """The parties that some account has now."""
    with world.reader() as session:
        return [one.party[1] for one in linked(session)]


def refused(world):
    with world.reader() as session:
        return rejected(session)[0].code


def test_what_was_matched_by_itself_can_be_parted(world):
    part = next(up.line for up in say(world, "links alone").follow_ups if up.label == "Part Alone")
    tell(world, part)
    verify(world, [("links", "answer", "0 % of customers")])


@pytest.mark.parametrize(
    ("who", "level"), [("", "full"), ("U7", "named"), ("U7", "aggregate"), ("U7", "none")]
)
def test_only_a_person_who_may_see_all_can_decide(world, who, level):
    line = f"links confirm {code(world, 'Acme Foods GmbH')}"
    said = tell(world, line, who, Grant({"customers": level}))
    assert isinstance(said, Notice)
    assert said.error
    assert decisions(world) == []


def test_a_code_that_is_not_there_changes_nothing(world):
    for line in ("links confirm", "links confirm abcdef", "links reject '; DROP TABLE party"):
        said = tell(world, line)
        assert said.error
        assert "That pair is not there" in said.title
    assert decisions(world) == []


def test_a_line_within_another_changes_nothing(world):
    line = f"links confirm {code(world, 'Acme Foods GmbH')}"
    for outer in (f"define {line}", f"define match-coverage of {line}", f"help {line}"):
        tell(world, outer)
    say(world, line)
    assert decisions(world) == []


def test_a_question_gets_no_session_that_may_write(world):
    tell(world, "links")
    with world.reader() as session:
        assert session.exec(select(PartyLink)).all() == []


def test_without_customers_it_says_so(tmp_path):
    verify(World(tmp_path), [("links", "answer", "No customer of the ERP is known yet")])


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    ["churn", "exposed", "customer", "renewals", "retention", "segments", "clv", "opportunities",
     "feedback", "links"],
)  # fmt: skip
def test_every_answer_that_joins_both_systems_says_how_much_of_it_is_matched(tmp_path, line):
    world = World(tmp_path)
    story.tell(world)
    for number in range(8):
        customer, account = world.customer(f"Firm {number}"), world.account(f"Firm {number}")
        world.contract(account, day(900), renewal=day(-60), notice_days=30, mrr=Decimal(100))
        world.ticket(account, day(20), subject="It came late")
        for ago in range(20 + number, 900, 60):
            world.sale(customer, day(ago), amount=100, shipped=day(ago - 3), promised=day(ago - 5))
    said = say(world, line)
    assert not isinstance(said, Notice), said
    assert any(one.coverage is not None for one in said.basis)
