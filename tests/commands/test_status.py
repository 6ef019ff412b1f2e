"""`status`: stale, failed and never read are said first."""

from datetime import timedelta

import pytest

from storage.models import Outbox
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_nothing_read_yet_is_no_figure(world):
    verify(world, [("status", "notice", "Nothing has been read yet")])


def test_fresh_streams_are_called_fresh(world):
    synced(world)
    verify(world, [
        ("status", "answer", "All 3 streams are fresh**; the oldest was read 5 min ago",
         "Odoo (erp) sales | 5 min ago | fresh | 10 | 0", "stale 0"),
        ("status odoo", "answer", "All 2 streams are fresh"),
        ("status erp", "answer", "All 2 streams are fresh"),
        ("status hubspot:crm", "answer", "All 1 streams"),
        ("status hubspt", "error", "I know no source “hubspt”", "[HubSpot (crm)]"),
    ])  # fmt: skip


def test_a_stale_stream_comes_first_and_never_reads_as_fresh(world):
    synced(world)
    world.synced("odoo:erp", "items", "item", NOW - timedelta(hours=7))
    said = say(world, "status")
    assert "1 of 4 streams is stale" in said.summary.text
    assert said.table.rows[0][:3] == ("Odoo (erp) items", "7 hours ago", "▲ stale")
    assert 0 in said.table.bold


def test_a_source_has_its_own_limit(world):
    synced(world)
    text = words_of(say(world, "status", stale_after={"hubspot:crm": timedelta(minutes=1)}))
    assert "1 of 3 streams is stale" in text


def test_a_failed_pull_says_its_error(world):
    synced(world)
    world.synced(
        "odoo:erp", "items", "item", NOW - timedelta(hours=1), error="Odoo timed out", failures=2
    )
    verify(world, [
        ("status", "answer", "The last pull of 1 failed", "● failed 2 times", "Odoo timed out"),
    ])  # fmt: skip


def test_what_went_wrong_is_for_operators(world):
    synced(world)
    world.synced(
        "odoo:erp", "items", "item", NOW, error="erp.internal refuses the key (401)", failures=2
    )
    said = say(world, "status", sees=grant("supply", "customers"))
    assert "erp.internal" not in words_of(said)
    assert said.table.columns[-1].name == "Why"
    assert "its key is refused: an operator can renew it" in words_of(said)
    assert "● failed 2 times" in words_of(said)
    assert "its key is refused" not in words_of(say(world, "status"))
    assert "The last pull of 1 failed" in said.summary.text
    assert "erp.internal" in words_of(say(world, "status"))


def test_never_read_says_so_even_when_it_was_never_tried(world):
    synced(world)
    world.synced("odoo:erp", "items", "", None, error="refused", failures=1)
    limits = {"tryton:old": timedelta(hours=1)}
    said = say(world, "status", stale_after=limits)
    assert said.summary.text.startswith("▲ **")
    assert "never read: Odoo (erp), Tryton (old)" in said.summary.text
    assert [row[2] for row in said.table.rows[:2]] == ["▲ never read", "▲ never read"]
    assert {one.name: one.value for one in said.readings}["oldest"] is None


def test_only_configured_sources_that_were_never_read_are_an_answer_too(world):
    said = say(world, "status", stale_after={"tryton:old": timedelta(hours=1)})
    assert "Never read: Tryton (old)" in said.summary.text
    assert said.basis[0].n == 0


def test_refused_rows_are_counted(world):
    synced(world)
    world.quarantined("odoo:erp", "sales", "7", "no date", NOW)
    verify(world, [("status", "answer", "1 row refused", "sales | 5 min ago | fresh | 10 | 1")])


def test_one_sees_the_streams_of_ones_own_topics(world):
    synced(world)
    text = words_of(say(world, "status", sees=grant("supply")))
    assert "Odoo (erp) purchases" in text
    assert "HubSpot" not in text
    assert "HubSpot" in words_of(say(world, "status", sees=grant("customers")))


def test_what_speaks_of_both_topics_is_not_for_those_who_see_one(world):
    synced(world)
    said = say(world, "status")
    assert set(said.summary.topics) == {"supply", "customers"}
    assert {column.topic for column in said.table.columns} == {"supply", "customers"}


def test_messages_that_did_not_arrive_are_said_and_why_to_operators(world):
    synced(world)
    assert "Messages" not in words_of(say(world, "status"))
    with world.store.writer() as session:
        for number, state in enumerate(("pending", "pending", "failed", "doubt", "sent")):
            session.add(
                Outbox(key=f"k{number}", token="t", channel="C1", text="x", blocks=[], topics=[],
                       created_at=NOW, claimed_at=NOW, state=state,
                       error="is_archived" if state == "failed" else None)
            )  # fmt: skip
    text = words_of(say(world, "status"))
    assert (
        "Messages: 2 waiting to be posted, 1 not posted in the last day, 1 of which nobody can"
        " tell whether they arrived; the newest reason is “is_archived”."
    ) in text
    text = words_of(say(world, "status", sees=grant("supply", "customers")))
    assert "2 waiting to be posted" in text
    assert "is_archived" not in text
