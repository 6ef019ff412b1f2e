from datetime import date
from zoneinfo import ZoneInfo

import pytest

from commands._track_record import UNMEASURED
from commands._trust_words import METHODS, brief, change, method, state, summary
from storage.fits import Standing
from storage.forecasts import load
from storage.forecasts._origins import Plan
from tests.commands.dialogue import NOW
from tests.storage.forecasts import companies

LEAD_TIME = load()["lead-time"]


def standing(methods, why="too little history to look back on", *, is_used=False):
    return Standing(1, "lead-time", LEAD_TIME.version, NOW, 9, {"methods": methods}, is_used, why)


def test_a_method_without_words_is_called_by_its_name():
    assert (method("leadline"), method("some_other")) == ("Leadline", "some other")


def test_a_method_may_have_words_of_its_own_in_a_model():
    assert method("fixed", "order-eta") == "The promised day"
    assert method("fixed", "lead-time") == "The median of each supplier"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    world = companies.company(tmp_path_factory.mktemp("company"))
    yield world.store
    world.store.close()


@pytest.mark.parametrize("model", load().values(), ids=load())
def test_every_method_that_a_model_is_looked_back_on_beside_has_words_and_errors_a_unit(
    company, model
):
    with company.reader() as session:
        report = model.backtest(
            session, companies.NOW, ZoneInfo("Europe/Berlin"), Plan(since=date(2024, 3, 1), most=6),
            lambda *_: None,
        )  # fmt: skip
    names = {*report.methods, *(name for one in report.parts.values() for name in one)}
    assert names >= {"leadline", model.baseline}
    told = {name for name in names if name in METHODS or f"{model.id} {name}" in METHODS}
    assert told == names
    assert report.unit == {"lead-time": "d", "order-eta": "d", "clv": "EUR"}.get(model.id, "")


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


def test_a_fit_that_is_used_though_it_tells_nobody_apart_says_so():
    alike = {"leadline": {"pinball": 9.0}, "ecdf_closed": {"pinball": 9.0}}
    told = state(LEAD_TIME, standing(alike, is_used=True))
    assert told == "in use: no better than “What each supplier delivered so far”"
    assert brief(LEAD_TIME, standing(alike, is_used=True)) == "in use"
