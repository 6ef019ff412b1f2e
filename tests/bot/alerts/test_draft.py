"""What a dialog carries: all that was entered, within what Slack takes."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.draft import Choice, Draft, choices_of, metadata, of_rule, read
from bot.alerts.rule import Rule
from bot.alerts.ruled import rule_of
from commands import Answer, Basis, Column, Reading, Sentence, Table

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASIS = Basis("lead-time", 1, NOW, NOW, 3, 0, NOW, ())


def choice(name, each=False):
    return Choice(each, name, "days", 12.0, True, ("supply", "customers"), "lead-time")


def answer(readings, columns=(), rows=()):
    table = Table(columns, rows) if columns else None
    return Answer("Lead time", Sentence("x", ("supply",)), (BASIS,), readings=readings, table=table)


@settings(max_examples=30)
@given(st.text(max_size=500), st.lists(st.text(min_size=1, max_size=70), min_size=1, max_size=40))
def test_it_never_carries_more_than_slack_takes_and_keeps_what_is_chosen(line, names):
    choices = tuple(map(choice, names))
    draft = Draft("C012345678", line, "U012345678", line[:60], choices=choices,
                  figure=choices[-1].id, runbook="https://" + "x" * 400)  # fmt: skip
    text = metadata(draft)
    # a sign may take six as JSON, so that a line and a link of nothing else do not fit at all
    if len(line.encode()) == len(line):
        assert len(text) <= 3_000
    assert msgspec.json.decode(text, type=Draft).choice == draft.choice


def test_what_stands_in_the_fields_is_read_and_the_rest_is_kept():
    draft = Draft("C1", "lead-time", "U1", severity="critical", value="40")
    state = {"value:3": {"watch-value": {"value": " 25 "}}, "name": {"name": {"value": None}}}
    view = {"private_metadata": metadata(draft), "state": {"values": state}}
    assert read(view) == msgspec.structs.replace(draft, value="25")


def test_figures_are_the_readings_and_the_columns_of_numbers():
    readings = (Reading("median", 32.5, "d", "supply", "lead-time"),
                Reading("matched", 0.9, "share", "customers", "match-coverage"),
                Reading("none", None, "", "supply", "lead-time"))  # fmt: skip
    columns = (Column("Supplier", "supply"), Column("Days", "supply", "d", "lead-time"),
               Column("Matched", "customers", "share", "match-coverage"),
               Column("Note", "supply"), Column("Empty", "supply", "d"))  # fmt: skip
    rows = (("Borealis", 30, 0.5, "x", None), ("Cobalt", 12.5, 0.8, None, None))
    found = {one.id: one for one in choices_of(answer(readings, columns, rows))}
    assert list(found) == [
        "total:median", "total:matched", "total:none", "each:Days", "each:Matched"
    ]  # fmt: skip
    assert [found[one].value for one in found] == [32.5, 90.0, None, 30.0, 50.0]
    assert [found[one].unit for one in found][:2] == ["days", "%"]
    assert found["each:Matched"].topics == ("customers", "supply")
    assert [found[one].is_up for one in ("each:Days", "each:Matched")] == [True, False]


@pytest.mark.parametrize(
    "rule",
    [
        Rule("own:7", "lead-time", "U1", "above 40", title="T", figure="median", owner="U1",
             unit="days", zone="UTC"),
        Rule("own:7", "lead-time", "C1", "at most 40", "above 50", title="T", figure="Days",
             each=True, owner="U1", unit="days", pending=3, recovering=2, keep=timedelta(hours=4),
             repeat=timedelta(days=1), quiet="20:00-07:00", zone="UTC", follow_ups="both",
             severity="info", runbook="https://x.example", every=timedelta(hours=2)),
        Rule("own:7", "lead-time", "C2", "below -20 %", kind="change", versus="year", title="T",
             figure="Days", each=True, owner="U1", zone="UTC", scope="team", team="S1"),
        Rule("own:7", "stock at risk", "C2", kind="new", title="T", owner="U1", zone="UTC"),
    ],
    ids=lambda rule: rule.when or rule.kind,
)  # fmt: skip
def test_a_rule_that_is_opened_and_kept_again_is_the_same(rule):
    figures = tuple(choice(one, each) for one, each in (("median", False), ("Days", True)))
    draft = msgspec.structs.replace(of_rule(rule, 7, "C1"), choices=figures)
    assert rule_of(draft, "UTC", rule) == rule
