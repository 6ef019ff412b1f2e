"""What can't be asked, seen or posted is refused at its field before anything is kept."""

import pytest
from msgspec import structs

from bot.digests.check import MOST_LINES, problems, seen_by
from bot.digests.draft import About, Draft
from tests.bot.conversation import ADA, GENERAL, OPS, leadline, replies

pytestmark = pytest.mark.slow  # a whole Leadline stands behind it

GOOD = Draft(
    About(OPS), "Steel", ("lead-time",), ("lead-time borealis",), "every Monday at 9",
    "Europe/Berlin", OPS,
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with leadline(tmp_path_factory.mktemp("check"), is_http=True) as (_, parts):
        yield replies(parts)


def found(made, **changed):
    return problems(made, structs.replace(GOOD, **changed), ADA)


def test_a_good_one_has_no_problems(made):
    assert found(made) == {}
    assert found(made, only="figure", condition="lead-time above 3") == {}
    assert found(made, place="", free=("churn",)) == {}


def test_the_nearest_are_offered_for_a_line_that_cannot_be_read(made):
    assert (
        "Do you mean: lead-time Borealis Steel?" in found(made, free=("lead-time boreals",))["free"]
    )


def test_a_line_that_its_readers_may_not_see_is_refused(made):
    assert found(made, free=("churn",)) == {
        "free": "Not all who get it may see “churn”; [access] says who may"
    }
    assert "free" in found(made, place=GENERAL)
    condition = found(made, only="figure", condition="churn above 1")
    assert "may see “churn”" in condition["condition"]


def test_too_many_or_no_questions_are_refused(made):
    many = tuple(f"lead-time last {days} days" for days in range(20, 21 + MOST_LINES))
    assert "at most 10" in found(made, free=many)["free"]
    assert "Pick a question" in found(made, picked=(), free=())["free"]


def test_a_title_is_needed_and_short(made):
    assert "title" in found(made, title="")
    assert "title" in found(made, title="x" * 61)


def test_what_is_shown_is_what_both_may_see(made):
    assert dict(seen_by(made, GOOD, ADA).levels) == {"supply": "full"}
    assert "customers" in seen_by(made, structs.replace(GOOD, place=""), ADA).levels
