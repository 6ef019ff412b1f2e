"""The dialog is one that Slack takes, whatever stands in it."""

import msgspec
import pytest

from bot.digests.draft import About, Draft
from bot.digests.fields import coming, view
from tests.bot.conversation import ADA, NOW, OPS, fields, leadline, replies
from tests.bot.slack_judge import judge_view

pytestmark = pytest.mark.slow  # a whole Leadline stands behind it

WHOLE = Draft(
    About(OPS), "Steel", ("lead-time",), ("otif last week",), "every Monday at 9",
    "Asia/Kathmandu", OPS, (OPS,), to_me=True, series=True, only="figure",
    condition="exposed above 0",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with leadline(tmp_path_factory.mktemp("fields"), is_http=True) as (_, parts):
        yield replies(parts)


@pytest.mark.parametrize(
    "draft",
    [
        WHOLE,
        Draft(About("")),
        msgspec.structs.replace(WHOLE, about=About(OPS, 7, 3), title="x" * 500, only="nonsense"),
        msgspec.structs.replace(WHOLE, zone="<!channel>", when="<!here> at 9"),
    ],
)
def test_slack_takes_it(made, draft):
    judge_view(view(made, draft, ADA, "*told*" * 900))


def test_one_that_changes_a_digest_offers_no_other_to_start_from(made):
    assert "start" not in fields(
        view(made, msgspec.structs.replace(WHOLE, about=About(OPS, 7)), ADA)
    )


@pytest.mark.parametrize(("hours", "told"), [("12", "12 hours after"), ("36", "36 hours after")])
def test_how_late_it_is_sent_can_be_chosen_and_stays_what_it_was(made, hours, told):
    drawn = view(made, msgspec.structs.replace(WHOLE, catch_up=hours), ADA)
    judge_view(drawn)
    chosen = fields(drawn)["catch_up"]["element"]["initial_option"]
    assert (chosen["value"], chosen["text"]["text"]) == (hours, told)


def test_the_next_three_are_said_by_the_clocks_of_the_zone(made):
    assert coming("0 9 * * 1", "Asia/Kathmandu", NOW) == [
        "Mon 2 Mar 2026 09:00 +0545", "Mon 9 Mar 2026 09:00 +0545", "Mon 16 Mar 2026 09:00 +0545",
    ]  # fmt: skip
    texts = [one["text"]["text"] for one in view(made, WHOLE, ADA)["blocks"] if "text" in one]
    assert texts[0].startswith("*Next:* Mon 2 Mar 2026 09:00 +0545; ")
