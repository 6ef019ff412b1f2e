"""Who the owners in the data are in Slack."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlmodel import select

from bot.alerts.owners import EVERY, MOST_AT_ONCE, correct, corrections, refresh, users_of
from storage.models import OwnerLink
from tests.bot.clockwork import NOON
from tests.bot.slack_server import Handler, SlackServer, slack_server
from tests.storage.world import World

PEOPLE = {"ann.bo@x.example": "U1", "cy@x.example": "U2"}


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.acme = made.customer("Acme", owner="Ann.Bo@x.example")
    made.steel = made.supplier("Steel", owner="Cy")
    made.glass = made.supplier("Glass", owner="cy@x.example")
    yield made
    made.store.close()


@contextmanager
def slack(monkeypatch, error=None):
    """A Slack that knows some people by their address."""
    asked = []

    def answer(handler, mail):
        asked.append(mail)
        if error:
            handler.reply({"ok": False, "error": error}, 429 if error == "ratelimited" else 200)
        elif mail in PEOPLE:
            handler.reply({"ok": True, "user": {"id": PEOPLE[mail]}})
        else:
            handler.reply({"ok": False, "error": "users_not_found"})

    def do(handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0))).decode()
        answer(handler, body.partition("email=")[2].replace("%40", "@"))

    monkeypatch.setattr(Handler, "do_POST", do)
    with slack_server() as server:
        assert isinstance(server, SlackServer)
        yield WebClient("xoxb-1", base_url=server.url, timeout=2, retry_handlers=[]), asked


def links(world):
    with world.store.reader() as session:
        return {one.name: one.slack_user for one in session.exec(select(OwnerLink))}


def users(world, *entities):
    with world.store.reader() as session:
        return users_of(session, entities, NOON)


def test_owners_are_found_by_their_address_now_and_then(world, monkeypatch):
    with slack(monkeypatch) as (client, asked):
        for after in (timedelta(0), timedelta(minutes=1), EVERY):
            refresh(world.store, client, NOON + after)
        assert sorted(asked) == sorted(PEOPLE)
        assert links(world) == PEOPLE
    acme, glass = f"customer:odoo:erp/{world.acme}", f"supplier:odoo:erp/{world.glass}"
    assert users(world, glass, acme, glass) == ["U2", "U1"]
    assert users(world, "", "Acme", "supplier:odoo:erp/99") == []


def test_one_who_is_not_there_is_asked_for_again_only_after_long(world, monkeypatch):
    world.customer("New", owner="gone@x.example")
    with slack(monkeypatch) as (client, asked):
        for days in (0, 1, 8):
            refresh(world.store, client, NOON + timedelta(days=days))
        assert asked.count("gone@x.example") == 2
        assert links(world)["gone@x.example"] == ""


@pytest.mark.parametrize("error", ["missing_scope", "ratelimited", "invalid_auth"])
def test_where_slack_does_not_let_us_ask_only_those_said_are_known(world, monkeypatch, error):
    steel = f"supplier:odoo:erp/{world.steel}"
    with slack(monkeypatch, error) as (client, asked):
        for minutes in range(3):
            refresh(world.store, client, NOON + timedelta(minutes=minutes))
        assert len(asked) == 1
    with world.store.writer() as session:
        correct(session, "  CY ", "U9", "U1", NOON)
    assert users(world, steel) == ["U9"]


def test_no_address_displaces_what_a_person_said(world, monkeypatch):
    with world.store.writer() as session:
        correct(session, "Ann.Bo@x.example", "U7", "U1", NOON)
        correct(session, "cy@x.example", "", "U1", NOON)
    with slack(monkeypatch) as (client, asked):
        refresh(world.store, client, NOON + timedelta(days=30))
        assert asked == []
    assert links(world) == {"ann.bo@x.example": "U7", "cy@x.example": ""}
    assert users(world, f"supplier:odoo:erp/{world.glass}") == []


def test_a_large_company_is_asked_for_bit_by_bit(world, monkeypatch):
    for number in range(MOST_AT_ONCE):
        world.customer(f"c{number}", owner=f"p{number:02}@x.example")
    with slack(monkeypatch) as (client, asked):
        refresh(world.store, client, NOON)
        assert len(asked) == MOST_AT_ONCE
        refresh(world.store, client, NOON + EVERY)
        assert len(set(asked)) == MOST_AT_ONCE + 2


def test_who_said_who_an_owner_is_is_kept_and_no_address_says_anything(world, monkeypatch):
    with slack(monkeypatch) as (client, _):
        refresh(world.store, client, NOON)
    with world.store.writer() as session:
        correct(session, " CY@x.example", "U9", "U0OPS", NOON)
        correct(session, "cy@x.example", "", "U0OPS", NOON + timedelta(hours=1))
        told = [
            (one.who, one.what, one.before, one.after)
            for one in corrections(session, "Cy@x.example")
        ]
        assert corrections(session, "ann.bo@x.example") == []
    assert told == [
        ("U0OPS", "owner cy@x.example", {"slack_user": "U9"}, {"slack_user": ""}),
        ("U0OPS", "owner cy@x.example", {"slack_user": "U2"}, {"slack_user": "U9"}),
    ]
