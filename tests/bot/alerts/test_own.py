from datetime import timedelta

import msgspec
import pytest

from bot.alerts.own import all_rules, end, keep, read, rules_of
from bot.alerts.rule import Rule
from tests.bot.clockwork import NOON
from tests.storage.world import World


@pytest.fixture
def store(tmp_path):
    made = World(tmp_path).store
    with made.writer() as session:
        for owner, channel in (("U1", "U1"), ("U1", "C1"), ("U2", "U2")):
            rule = Rule("", "lead-time", channel, "above 40", title="Lead time", unit="days")
            keep(session, rule, owner, NOON)
    yield made
    made.close()


def test_all_are_evaluated_as_rules_of_the_file_are(store):
    with store.reader() as session:
        found = all_rules(session)
    assert [(one.id, one.channel) for one in found] == [
        ("own:1", "U1"), ("own:2", "C1"), ("own:3", "U2")
    ]  # fmt: skip
    assert {(one.ask, one.when, one.unit, one.title) for one in found} == {
        ("lead-time", "above 40", "days", "Lead time")
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


def test_a_rule_is_kept_as_it_was_made(store):
    made = Rule(
        "", "stock at risk", "C1", kind="new", each=True, every=timedelta(hours=1),
        repeat=timedelta(days=1), quiet="20:00-07:00", zone="Europe/Berlin", severity="critical",
    )  # fmt: skip
    with store.writer() as session:
        row = keep(session, made, "U3", NOON)
        assert read(row) == msgspec.structs.replace(made, id="own:4")
