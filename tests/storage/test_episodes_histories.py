"""Random histories are written down as the model of the machine says."""

from random import Random

import pytest
from sqlalchemy import update
from sqlmodel import col

from storage.episodes import Sight, advance, running
from storage.models import Episode, Silence
from tests.storage import watch_histories as histories
from tests.storage.test_telling import do, quiet_of, watch_of
from tests.storage.watch_model import Model


class Stored:
    """The machine as it is, in a store."""

    def __init__(self, store, rule):
        self.store, self.rule = store, rule

    def look(self, seen):
        sight = Sight(seen.data, seen.values, n=seen.n, is_fleeting=self.rule.is_fleeting)
        with self.store.writer() as session:
            done = advance(session, "r", watch_of(self.rule), sight, self.rule.every, seen.now,
                           quiet=quiet_of(self.rule))  # fmt: skip
            return done and {
                (change.episode.entity, how, change.news)
                for how, some in
                (("told", done.changes), ("held", done.held), ("released", done.released))
                for change in some
                if change.news
            } | ({(None, "told", (done.data,))} if done.data else set())  # fmt: skip

    def silence(self, one):
        rule = "" if one.is_everything or one.entity else "r"
        with self.store.writer() as session:
            session.add(Silence(rule=rule, entity=one.entity, owner="U1", begun_at=one.begin,
                                until=one.until))  # fmt: skip

    def do(self, deed):
        changed = {
            "ack": {"acked_at": deed.now}, "snooze": {"snoozed_until": deed.until},
            "snooze out": {"is_snoozed_out": True},
            "wake": {"snoozed_until": None, "is_snoozed_out": False},
        }[deed.what]  # fmt: skip
        which = update(Episode).where(
            col(Episode.entity) == deed.entity, col(Episode.ended_at).is_(None)
        )
        with self.store.writer() as session:
            session.execute(which.values(changed))


@pytest.mark.parametrize("seed", range(2_000, 2_004))
def test_random_histories_are_written_down_as_the_tables_say(store, seed):
    walk(store, seed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "seed"),
    # what the machine does is the same on both: the second engine need not see all
    [("sqlite", seed) for seed in range(3_000, 3_060)]
    + [("postgres", seed) for seed in range(3_000, 3_015)],
    indirect=["store"],
)
def test_more_random_histories_are_written_down_as_the_tables_say(store, seed):
    walk(store, seed)


def walk(store, seed):
    random = Random(seed)
    rule = histories.sane(histories.rule(random))
    model, code = Model(rule), Stored(store, rule)
    for event in histories.history(random, rule):
        if isinstance(event, histories.Deed):
            do(model, event)
            code.do(event)
        elif isinstance(event, histories.Silenced):
            code.silence(event)
            model.silences.append((event.entity, event.begin, event.until))
        else:
            assert code.look(event) == model.look(event.data, event.values, event.n, event.now)
            with store.reader() as session:
                stands = {one.entity: (one.phase, one.streak) for one in running(session, "r")}
            assert stands == {name: (one.phase, one.streak) for name, one in model.open.items()}
