"""What the dialogs behind an alert's buttons offer."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.deed_views import mute_view, snooze_view, tomorrow, zone_of
from bot.settings import Access
from storage.models import Episode
from tests.bot.alerts.test_deeds import RULE, fired_in
from tests.bot.conversation import ADA, NOW, OPS, replies


@pytest.mark.parametrize(
    ("now", "zone", "then"),
    [(datetime(2026, 3, 1, 12, tzinfo=UTC), "Europe/Berlin", "2026-03-02T09:00+01:00"),
     (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Berlin", "2026-03-03T09:00+01:00"),
     (datetime(2026, 3, 28, 12, tzinfo=UTC), "Europe/Berlin", "2026-03-29T09:00+02:00"),
     (datetime(2026, 3, 1, 1, tzinfo=UTC), "America/New_York", "2026-03-01T09:00-05:00")],
)  # fmt: skip
def test_tomorrow_is_nine_o_clock_where_the_person_is(now, zone, then):
    assert tomorrow(now, ZoneInfo(zone)).isoformat(timespec="minutes") == then


def options(view, at):
    return [one["text"]["text"] for one in view["blocks"][at]["element"]["options"]]


@pytest.mark.slow
def test_what_is_offered_is_of_this_alert_and_this_person(tmp_path):
    with fired_in(tmp_path, RULE) as (_, parts):
        made = replies(parts)
        assert options(snooze_view(made, "1", ADA, OPS), 0)[1].startswith("Until Monday 09:00 (")
        assert options(mute_view(made, "1", ADA, OPS), 0) == ["the whole alert"]
        with parts.worker.store.writer() as session:
            for name in ("Steel", "Glass"):
                session.add(Episode(
                    rule="own:1", entity=f"supplier:odoo:erp/{name}", label=name, number=1,
                    phase="firing", value=50.0, evaluated_at=NOW, begun_at=NOW, fired_at=NOW,
                    message="alert:own:1::1",
                ))  # fmt: skip
        view = mute_view(made, "1", ADA, OPS)
        assert options(view, 0) == ["Glass", "Steel", "the whole alert"]
        assert len(view["blocks"]) == 2
        made.access.entries = {**made.access.entries, "operators": Access((ADA,), ())}
        assert options(mute_view(made, "1", ADA, OPS), 2) == ["In this alert", "In all alerts"]


@pytest.mark.slow
@pytest.mark.parametrize(("told", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"),
                                            ("../etc", "UTC"), ("Mars/Base", "UTC")])  # fmt: skip
def test_a_zone_that_nobody_knows_is_ours(tmp_path, told, zone):
    with fired_in(tmp_path, RULE) as (_, parts):
        made = replies(parts)
        person = made.access.directory.person(ADA)
        made.access.directory.person = lambda user: type(person)(ADA, "Ada", True, zone=told)
        assert zone_of(made, ADA).key == zone
