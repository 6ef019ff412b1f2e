"""`define`: every metric says how it is computed."""

from dataclasses import replace

import pytest

from commands.define import _plain
from storage.metrics import load
from tests.commands.dialogue import Notice, grant, say, synced, verify, words_of
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_a_definition_is_found_by_name_title_or_synonym(world):
    verify(world, [
        ("define churn", "notice", "How churn is computed", "Wilson", "churn@2",
         "segment, country"),
        ("define lead-time", "notice", "Kaplan-Meier", "Unit: days; lower is better."),
        ("define Lead Time", "notice", "lead-time@"),
        ("define attrition", "notice", "churn@2"),
        ("define", "notice", "[Churn]", "[Lead time]"),
        ("define chrun", "error", "I have no metric “chrun”", "[Churn]"),
        ("define ¯\\_(ツ)_/¯", "error", "Do you mean one of these?"),
    ])  # fmt: skip


@pytest.mark.parametrize("metric", load().values(), ids=lambda one: one.id)
def test_every_metric_can_be_looked_up_and_says_all_of_its_caveats(world, metric):
    for name in (metric.id, metric.title, *metric.synonyms):
        said = say(world, f"define {name}")
        assert isinstance(said, Notice)
        text = words_of(said)
        assert metric.formula in text
        assert all(caveat in text for caveat in metric.caveats)
        assert f"{metric.id}@{metric.version}" in text


def test_no_two_metrics_are_called_alike():
    metrics = load().values()
    names = [_plain(name) for one in metrics for name in {one.id, one.title, *one.synonyms}]
    own = [{_plain(name) for name in (one.id, one.title, *one.synonyms)} for one in metrics]
    assert len(set(names)) == sum(map(len, own))


def test_every_choice_can_be_asked(world):
    for line in ("define", "define chrun"):
        for up in say(world, line).choices:
            assert not say(world, up.line).error


@pytest.fixture
def busy(tmp_path):
    made = World(tmp_path)
    steel, bolt, nut = made.supplier("Borealis Steel"), made.item("Bolt M8"), made.item("Nut M8")
    for day in range(1, 9):
        made.purchase(steel, bolt, f"2026-02-0{day}", received=f"2026-03-0{day}")
    made.purchase(steel, nut, "2026-02-10")
    made.purchase(steel, nut, "2026-02-11", cancelled="2026-02-20")
    made.purchase(steel, nut, "2026-02-12", received="2026-02-01")
    synced(made)
    return made


def test_of_one_line_it_tells_window_calendar_and_what_was_counted(busy):
    verify(busy, [
        ("define lead-time of lead-time borealis since 2026-02-01", "answer",
         "How lead time is computed", "Lead time Borealis Steel", "Kaplan-Meier",
         "Asked: lead-time borealis since 2026-02-01.", "Window: 1 Feb 2026 to 20 Mar 2026 13:00",
         "days begin at midnight in Europe/Berlin", "Counted: 8 received, 1 open, 1 cancelled.",
         "Left out: 1 received before it was ordered.", "Calendar days", "[The answer]"),
        ("define lead time of lead-time", "answer", "Lead time"),
        ("define freshness of status", "answer", "Counted: 3, 0 of them open."),
        ("define churn of lead-time", "notice", "does not rest on churn", "[lead-time]"),
        ("define lead-time of", "error", "I have no metric"),
        ("define lead-time of xyzzy", "error", "has no figures"),
        ("define lead-time of define lead-time of lead-time", "error", "has no figures"),
        ("define lead-time of lead-time xyzzy", "error", "I know no “xyzzy”"),
    ])  # fmt: skip


def test_the_rows_behind_it_are_as_many_as_were_counted(busy):
    said = say(busy, "define lead-time of lead-time since 2026-02-01")
    [basis] = said.basis
    states = [row[5] for row in said.evidence.rows]
    assert sum(not state.startswith("left out") for state in states) == basis.n
    assert states.count("open") == basis.open


def test_who_may_not_see_the_line_does_not_see_how_it_was_computed(busy):
    said = say(busy, "define lead-time of lead-time borealis", sees=grant("customers"))
    assert said == replace(say(busy, "lead-time borealis", sees=grant("customers")), line=said.line)
