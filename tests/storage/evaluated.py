"""Evaluations of one rule every ten minutes, in few words."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from storage.episodes import Sight, advance, running
from storage.models import Episode
from storage.watch import read_watch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVERY = timedelta(minutes=10)
STEEL = read_watch("above 40", "below 34")


def run(store, values):
    """Evaluations every ten minutes; what was told."""
    told = []
    for number, one in enumerate(values):
        with store.writer() as session:
            sight = Sight(one.data, {"": one.value} if one.data == "ok" else {})
            done = advance(session, "steel", STEEL, sight, EVERY, NOON + number * EVERY)
            told += [done.data] if done.data else []
            told += [news for change in done.changes for news in change.news]
    return told


def look(store, values, at, watch=STEEL, **more):
    """One evaluation; what was told, held and released as {(entity, news)}, None if not due."""
    sight = values if isinstance(values, Sight) else Sight("ok", values)
    with store.writer() as session:
        done = advance(session, "steel", watch, sight, EVERY, at, **more)
        return done and tuple(
            {(change.episode.entity, change.news) for change in some if change.news}
            for some in (done.changes, done.held, done.released)
        )


def told(store, values, at, watch=STEEL, **more):
    return look(store, values, at, watch, **more)[0]


def change(store, **values):
    with store.writer() as session:
        session.execute(update(Episode).values(**values))


def phases(store):
    with store.reader() as session:
        return [one.phase for one in running(session, "steel")]
