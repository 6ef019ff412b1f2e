"""An alert goes without what its channel may see no more, and is refused only if that is all."""

from functools import partial

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.facts import Touch
from bot.alerts.lessened import lessen
from bot.alerts.scene import Scene, amend, read_card
from bot.claims import Message
from bot.outbox import Sender
from bot.post import Slack
from commands import Grant
from storage.models import AlertMessage, Outbox
from tests.bot.alerts.stage import BERLIN, Stage
from tests.bot.sending import World
from tests.bot.slack_server import slack_server

SUPPLY = Grant({"supply": "full"})
TOUCH = Touch("**Acme** waits for it.", ("customers",))


@pytest.fixture
def stage(tmp_path):
    """An alert that was written with whom it touches, and not sent yet."""
    made = Stage(tmp_path)
    made.begin("")
    made.happens(["fired"])
    with made.message() as (session, row):
        card = msgspec.structs.replace(read_card(row), touches=(TOUCH,))
        row.card = msgspec.to_builtins(card)
        amend(Scene(session, Grant.everything(), made.now, BERLIN), row, card)
        session.add(row)
    yield made
    made.store.close()


@pytest.fixture
def world(stage, tmp_path):
    with slack_server() as server:
        made = World(f"sqlite:///{tmp_path / 'out.db'}", server)
        made.store.close()
        made.store, made.clock.at = stage.store, stage.now
        plain = made.sender

        def sender(kind=Slack):
            found: Sender = plain(kind)
            found.lessen = partial(lessen, stage.store, made.clock, BERLIN)
            return found

        made.sender = sender
        yield made


def shown(world):
    return [str(one["blocks"]) for one in world.server.messages]


def test_the_post_goes_without_the_sentence_that_its_channel_may_not_see_any_more(world):
    world.grant = SUPPLY
    world.send()
    (post,) = shown(world)
    assert "Firing" in post
    assert "43 days" in post
    assert "Acme" not in post
    assert [one.state for one in world.rows().values()] == ["sent"]


def test_it_goes_whole_where_the_channel_may_see_it(world):
    world.send()
    assert "Acme" in shown(world)[0]


def test_an_edit_that_was_written_before_the_right_was_lost_goes_without_it_too(stage, world):
    world.send()
    stage.happens(["worse"], value=90.0, worst=90.0)
    world.clock.at, world.grant = stage.now, SUPPLY
    world.send()
    post, *_ = shown(world)
    assert "90 days" in post
    assert "Acme" not in post


def test_an_alert_that_may_not_be_seen_at_all_is_refused(world):
    world.grant = Grant({"customers": "full"})
    world.send()
    (row,) = world.rows().values()
    assert (row.state, row.error) == ("failed", "the channel may not see supply")
    assert shown(world) == []


def test_nothing_is_left_of_any_other_message(stage):
    other = Message("digest:a:1", "C1", "text", [], ("customers",))
    assert lessen(stage.store, lambda: stage.now, BERLIN, other, SUPPLY) is None
    with stage.store.reader() as session:
        row = session.exec(select(Outbox)).one()
        assert row.topics == ["customers", "supply"]
        assert session.exec(select(AlertMessage)).one().key == row.key
