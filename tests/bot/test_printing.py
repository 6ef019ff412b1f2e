"""What is printed at a terminal was told to somebody too, unless the clock stands still."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.clock import true_time
from bot.printing import asked, now_of, remember
from bot.settings import Settings
from commands import Answer, Basis, Reading, Sentence
from storage.issued import Statement
from storage.models import ForecastIssued
from tests.storage.conftest import fresh

THEN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    yield made
    made.close()


def settings(now=None):
    return Settings(database_url="sqlite:///x.db", now=now)


def told(store):
    with store.reader() as session:
        return [row.subject for row in session.exec(select(ForecastIssued))]


def test_the_operator_may_see_everything(store):
    said = asked(settings(THEN), store, "help", "", "")
    assert "lead-time" in said.text


@pytest.mark.parametrize(("now", "kept"), [(None, ["company"]), (THEN, [])])
def test_what_was_told_is_kept_unless_the_clock_stands_still(store, now, kept):
    said = Answer(
        "x", Sentence("x", ()), (Basis("m", 1, THEN, THEN, 1, 0, THEN, ()),),
        readings=(Reading("x", 1, "", "supply", "m"),),
        statements=(Statement("lead-time", "company", "arrives", 0.8, THEN.date()),),
    )  # fmt: skip
    remember(settings(now), store, [said])
    assert told(store) == kept


def test_a_clock_that_stands_still_is_the_one_that_is_asked(store):
    assert now_of(settings(THEN)) == THEN
    assert now_of(settings()) <= true_time()
