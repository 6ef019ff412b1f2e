"""A condition is read exactly; where it can't be told, nothing is held back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.digests.only_if import BadCondition, fingerprint, read_condition, unmet
from commands import Grant
from tests.bot.clockwork import Figure, Office

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure("steel"))
    yield made
    made.store.close()


def held(office, text="steel above 40", grant=None):
    condition = read_condition(text)
    return unmet(office.desk, condition, "C1", NOON, BERLIN, grant or Grant.everything())


def figure(office):
    return office.desk.registry["steel"].answer.__self__


@pytest.mark.parametrize("text", ["", "  ", "changed", " Changed "])
def test_always_and_changed_are_no_condition_on_a_figure(text):
    assert read_condition(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exposed above 0", "exposed above 0"),
        ("otif last week  below 95 %", "otif last week below 0.95"),
        ("lead-time borealis at least 40", "lead-time borealis at least 40"),
        ("customer Above & Below at most 3", "customer Above & Below at most 3"),
    ],
)
def test_a_condition_is_a_line_and_a_threshold(text, said):
    assert str(read_condition(text)) == said


@pytest.mark.parametrize("text", ["exposed", "above 0", "exposed above much", "exposed > 0", "if"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(BadCondition):
        read_condition(text)


@pytest.mark.parametrize(("value", "is_unmet"), [(30.0, True), (40.0, True), (40.5, False)])
def test_the_figure_is_held_against_the_threshold(office, value, is_unmet):
    figure(office).value = value
    assert held(office) == (is_unmet, "")


def test_where_it_cannot_be_told_it_is_not_unmet_and_says_why(office):
    one = figure(office)
    one.stale = True
    assert held(office) == (
        False, "Whether `steel above 40` holds can't be told: its data is too old."
    )  # fmt: skip
    one.stale, one.value = False, None
    assert held(office)[1].endswith("there is no figure.")
    one.fault = KeyError("x")
    assert held(office) == (
        False, "Whether `steel above 40` holds can't be told: that question can't be answered.",
    )  # fmt: skip
    assert held(office, grant=Grant({"revenue": "full"}))[0] is False


def test_a_figure_that_may_not_be_seen_decides_nothing(office):
    figure(office).value = 10.0
    is_unmet, why = held(office, grant=Grant({"revenue": "full"}))
    assert not is_unmet
    assert "may see it" in why
    assert "10" not in why


def said(office, at=NOON):
    return [office.desk.ask("steel", "C1", at, BERLIN, Grant.everything())]


def test_the_fingerprint_is_of_figures_and_not_of_times(office):
    first = fingerprint(said(office))
    assert fingerprint(said(office, NOON + timedelta(days=3))) == first
    figure(office).value = 30.04  # shown as 30.0 as well
    assert fingerprint(said(office)) == first
    figure(office).value = 31
    assert fingerprint(said(office)) != first


def test_the_fingerprint_is_of_whom_it_is_about_too(office):
    (one,) = said(office)
    other = replace(one, table=replace(one.table, rows=(("coil",),)))
    assert fingerprint([other]) != fingerprint([one])
    assert fingerprint([replace(one, summary=other.summary)]) == fingerprint([one])
