from datetime import UTC, datetime, timedelta

import pytest

from bot import _values as values
from bot._values import SettingsError


def test_durations_are_read_under_the_names_that_hold_one():
    made = values.durations({"every": "10m", "catch_up": "1d", "id": "10m"})
    assert made == {"every": timedelta(minutes=10), "catch_up": timedelta(days=1), "id": "10m"}


@pytest.mark.parametrize("text", ["", "0m", "10", "ten minutes", "-5m", "5w", 7])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(SettingsError, match="write a duration like"):
        values.duration("every", text)


def test_an_instant_needs_a_zone():
    assert values.now("2026-01-01T00:00:00Z") == datetime(2026, 1, 1, tzinfo=UTC)
    assert values.now("") is None
    for text in ("2026-01-01", "soon"):
        with pytest.raises(SettingsError, match="LEADLINE_NOW"):
            values.now(text)


def test_a_secret_may_stand_in_a_file_that_not_everyone_can_read(tmp_path):
    file = tmp_path / "key"
    file.write_text("s3cret\n")
    file.chmod(0o600)
    assert values.secret({"KEY_FILE": str(file)}, "KEY") == "s3cret"
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        values.secret({"KEY_FILE": str(file)}, "KEY")


def test_an_unknown_name_gives_the_nearest():
    with pytest.raises(SettingsError, match="do you mean 'zone'"):
        values.known("setting", {"zoen": 1}, ["zone", "rules"])


@pytest.mark.parametrize(("given", "made"), [(30, 30.0), ("95 %", 0.95), ("2.5%", 0.025)])
def test_a_goal_is_a_number_or_a_share(given, made):
    assert values.goal("goal otif", given) == pytest.approx(made)


@pytest.mark.parametrize("bad", ["all", "95", float("nan"), float("inf"), "1000 %"])
def test_what_is_no_goal_is_named(bad):
    with pytest.raises(SettingsError, match="goal otif"):
        values.goal("goal otif", bad)
