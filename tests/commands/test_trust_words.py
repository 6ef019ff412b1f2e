import pytest

from commands._track_record import UNMEASURED
from commands._trust_words import change, method, state, summary
from storage.fits import Standing
from storage.forecasts import load
from tests.commands.dialogue import NOW

LEAD_TIME = load()["lead-time"]


def standing(methods, why="too little history to look back on", *, is_used=False):
    return Standing(1, "lead-time", LEAD_TIME.version, NOW, 9, {"methods": methods}, is_used, why)


def test_a_method_without_words_is_called_by_its_name():
    assert (method("leadline"), method("some_other")) == ("Leadline", "some other")


def test_a_method_may_have_words_of_its_own_in_a_model():
    assert method("fixed", "order-eta") == "The promised day"
    assert method("fixed", "lead-time") == "One fixed figure"


@pytest.mark.parametrize(
    ("mine", "other", "changed"),
    [({"pinball": 9.0}, {"pinball": 10.0}, -0.1),
     ({"pinball": None, "brier": 0.12}, {"pinball": None, "brier": 0.1}, 0.2),
     ({"pinball": 9.0}, {"pinball": 0.0}, None), ({"pinball": 9.0}, None, None)],
)  # fmt: skip
def test_the_error_is_told_against_that_of_the_baseline(mine, other, changed):
    methods = {"leadline": mine, **({"ecdf_closed": other} if other else {})}
    assert change(LEAD_TIME, standing(methods)) == (
        None if changed is None else pytest.approx(changed)
    )
    assert change(LEAD_TIME, None) is None


def test_why_a_fit_is_not_used_stands_in_its_state_and_in_the_sentence():
    found = standing({})
    assert state(LEAD_TIME, found) == "not used: too little history to look back on"
    assert summary(LEAD_TIME, found, UNMEASURED).endswith(
        "decided yet**; not used: too little history to look back on."
    )
