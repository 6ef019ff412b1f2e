import pytest

from bot.own_rules import all_rules, end, rules_of
from storage.models import OwnRule
from tests.bot.clockwork import NOON
from tests.storage.world import World


@pytest.fixture
def store(tmp_path):
    made = World(tmp_path).store
    with made.writer() as session:
        for owner, channel in (("U1", "U1"), ("U1", "C1"), ("U2", "U2")):
            session.add(OwnRule(owner=owner, channel=channel, ask="lead-time", title="Lead time",
                                fires_when="above 40", created_at=NOON))  # fmt: skip
    yield made
    made.close()


def test_all_are_evaluated_as_rules_of_the_file_are(store):
    with store.reader() as session:
        found = all_rules(session)
    assert [(one.id, one.channel) for one in found] == [
        ("own:1", "U1"), ("own:2", "C1"), ("own:3", "U2")
    ]  # fmt: skip
    assert {(one.ask, one.when, one.clear, one.title) for one in found} == {
        ("lead-time", "above 40", "", "Lead time")
    }


def test_a_person_has_their_own_the_newest_first(store):
    with store.reader() as session:
        assert [one.id for one in rules_of(session, "U1")] == [2, 1]
        assert rules_of(session, "U9") == []


def test_a_rule_is_given_up_once_and_by_its_owner_only(store):
    done = []
    for owner in ("U2", "U1", "U1"):
        with store.writer() as session:
            done.append(end(session, owner, 1, NOON))
    assert done == [False, True, False]
    with store.reader() as session:
        assert [one.id for one in all_rules(session)] == ["own:2", "own:3"]
        assert not end(session, "U1", 99, NOON)


@pytest.mark.parametrize(
    ("told", "when", "unit"),
    [("above 40", "above 40", ""), ("above 40 days", "above 40", "days"),
     ("at least -2.5 EUR", "at least -2.5", "EUR"), ("below 5 %", "below 5 %", ""),
     ("below 5%", "below 5%", ""), ("above 3 kg CO2", "above 3", "kg CO2"),
     ("above", "above", "")],
)  # fmt: skip
def test_the_unit_of_a_threshold_is_kept_with_it(store, told, when, unit):
    with store.writer() as session:
        for one in rules_of(session, "U2"):
            one.fires_when = told
            session.add(one)
    with store.reader() as session:
        found = all_rules(session)[-1]
    assert (found.when, found.unit) == (when, unit)
