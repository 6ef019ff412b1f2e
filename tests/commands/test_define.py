"""`define`: every metric says how it is computed."""

import pytest

from storage.metrics import load
from tests.commands.dialogue import Notice, say, verify, words_of
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_a_definition_is_found_by_name_title_or_synonym(world):
    verify(world, [
        ("define churn", "notice", "How churn is computed", "Wilson", "churn@1",
         "segment, country"),
        ("define lead-time", "notice", "Kaplan-Meier", "Unit: days; lower is better."),
        ("define Lead Time", "notice", "lead-time@"),
        ("define attrition", "notice", "churn@1"),
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


def test_every_choice_can_be_asked(world):
    for line in ("define", "define chrun"):
        for up in say(world, line).choices:
            assert not say(world, up.line).error
