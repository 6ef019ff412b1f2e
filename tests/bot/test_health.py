"""What a check found is told so that one can act on it."""

from datetime import timedelta

import pytest

from bot.health import told
from storage.sources import Health, SourceSettings

SETTINGS = SourceSettings(key="odoo:erp", kind="odoo", zone="Europe/Berlin")


def test_a_source_in_good_health_is_one_line():
    health = Health("16.0", "Europe/Berlin", timedelta(milliseconds=400))
    assert list(told(SETTINGS, health)) == [
        "odoo:erp: 16.0, days of Europe/Berlin, its clock is ours"
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s ahead of ours"), (-700, "11 min behind ours"), (6e5, "10,000 min ahead of ours")],
)
def test_a_clock_that_differs_is_told_in_which_direction(seconds, words):
    lines = list(told(SETTINGS, Health("16.0", skew=timedelta(seconds=seconds))))
    assert lines[0].endswith(f"its clock is {words}")
    assert any("set the clock" in one for one in lines) == (abs(seconds) > 60)


def test_what_is_missing_has_a_line_each():
    lines = list(told(SETTINGS, Health("16.0", missing=("a: b", "c: no field 'd'; near: e"))))
    assert lines[1:] == ["  can't read a: b", "  can't read c: no field 'd'; near: e"]


def test_another_zone_is_told():
    [_, line] = told(SETTINGS, Health("16.0", "Asia/Tokyo"))
    assert line == '  its own zone is Asia/Tokyo; if its days begin there, set zone = "Asia/Tokyo"'
