"""A condition is read exactly; where it can't be told, nothing is held back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.digests.condition import read_condition
from bot.digests.only_if import fingerprint, unmet
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
    assert why == "Whether its condition holds can't be told: not all who read this may see it."
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
