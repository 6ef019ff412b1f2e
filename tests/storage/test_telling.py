"""What is told of alerts, against the model that is made from the written tables."""

from datetime import timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

import pytest

from storage.episode_rows import Kept
from storage.evaluation import Case, outcome
from storage.hush import Silences, read_quiet
from storage.sight import Ground, Sight
from storage.watch import Bound, Watch
from tests.storage import watch_histories as histories
from tests.storage.watch_model import Model, Rule, cells, gravest, notices, of_data, phases

UTC = ZoneInfo("UTC")


class Code:
    """The machine as it is, its episodes kept in memory."""

    def __init__(self, rule):
        self.rule, self.watch = rule, watch_of(rule)
        self.quiet = quiet_of(rule)
        self.at, self.ground, self.ids = None, Ground(), count()
        self.open, self.ended, self.silences = {}, [], []

    def look(self, seen):
        case = Case(
            "r", self.watch,
            Sight(seen.data, seen.values, n=seen.n, is_fleeting=self.rule.is_fleeting),
            self.rule.every, self.quiet,
        )  # fmt: skip
        done = outcome(
            case, self.ground, [*self.open.values(), *self.ended], self.hush(seen.now), seen.now
        )
        self.ground = done.after
        self.keep(done.steps)
        told = {
            (one.entity, one.telling.how, one.telling.news)
            for one in done.steps
            if one.telling.news
        }
        return told | ({(None, "told", (done.news,))} if done.news else set())

    def keep(self, steps):
        self.open, self.ended = {}, []
        for one in steps:
            if one.after.never_was:
                continue
            kept = Kept(next(self.ids), one.entity, one.after)
            if one.after.ended_at is None:
                assert one.entity not in self.open
                self.open[one.entity] = kept
            elif one.after.held:
                self.ended.append(kept)

    def hush(self, now):
        pairs = {
            ("" if one.is_everything else "r" if one.entity == "" else "", one.entity)
            for one in self.silences
            if one.begin <= now < one.until
        }
        return Silences(frozenset(pairs))

    def do(self, deed):
        kept = self.open.get(deed.entity)
        if kept:
            changed = {
                "ack": {"acked_at": deed.now}, "snooze": {"snoozed_until": deed.until},
                "snooze out": {"is_snoozed_out": True},
                "wake": {"snoozed_until": None, "is_snoozed_out": False},
            }[deed.what]  # fmt: skip
            self.open[deed.entity] = kept._replace(course=kept.course._replace(**changed))


def watch_of(rule):
    when, clear = Bound("above", rule.above), Bound("below", rule.below)
    return Watch(when, clear, rule.pending, rule.recovering, rule.keep, rule.repeat, rule.is_new)


def quiet_of(rule):
    return read_quiet(f"{rule.quiet[0]}:00-{rule.quiet[1]}:00", UTC) if rule.quiet else None


def do(model, deed):
    alert = model.open.get(deed.entity)
    if alert is None:
        return
    if deed.what == "ack":
        alert.acked = True
    elif deed.what == "snooze":
        alert.snooze = deed.until
    else:
        alert.out = deed.what == "snooze out"
        alert.snooze = alert.snooze if alert.out else None


def compare(seed):
    """Walks one random history by both; what was told."""
    random = Random(seed)
    rule = histories.sane(histories.rule(random))
    model, code, told = Model(rule), Code(rule), []
    for event in histories.history(random, rule):
        if isinstance(event, histories.Deed):
            do(model, event)
            code.do(event)
        elif isinstance(event, histories.Silenced):
            code.silences.append(event)
            model.silences.append((event.entity, event.begin, event.until))
        else:
            expected = model.look(event.data, event.values, event.n, event.now)
            if expected is None:
                continue
            found = code.look(event)
            assert found == expected, (seed, event)
            stands = {name: (one.phase, one.streak) for name, one in model.open.items()}
            assert stands == {n: (k.course.phase, k.course.streak) for n, k in code.open.items()}
            told.append((event, found))
    return told


def test_the_tables_are_whole():
    assert len(phases()) == 16
    assert [name for name, *_ in notices()] == ["fired", "resolved", "worse", "woken", "again"]
    assert len(cells()) == 30
    assert len(of_data()) == 2
    assert sorted(gravest()) == sorted(name for name, *_ in notices())


def test_random_histories_go_as_the_tables_say():
    news = dict.fromkeys(("fired", "worse", "again", "resolved", "blind", "sighted"), 0)
    hows = dict.fromkeys(("told", "held", "released"), 0)
    for seed in range(150):
        for _, found in compare(seed):
            for _, how, names in found:
                hows[how] += 1
                for name in names:
                    news[name] += 1
    assert all(news.values()), news
    assert all(hows.values()), hows


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("repeat", [None, timedelta(minutes=30)])
def test_noise_round_the_threshold_is_told_once(seed, repeat):
    """1,000 samples of ±1 %, after which it falls; *again* is by the clock, not by the noise."""
    random, rule = Random(seed), Rule(repeat=repeat)
    code, news = Code(rule), []
    for step in range(1_010):
        value = 40 * random.uniform(0.99, 1.01) if step < 1_000 else 30.0
        now = histories.NOON + step * rule.every
        news += [one[2] for one in code.look(histories.Look(now, "ok", {"": value}))]
    assert [one for one in news if one != ("again",)] == [("fired",), ("resolved",)]
    assert len(news) <= (2 if repeat is None else 2 + 1_000 // 3)


@pytest.mark.slow
def test_ten_thousand_histories_go_as_the_tables_say():
    for seed in range(10_000):
        compare(seed)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_no_alert_is_over_before_it_began_or_without_good_data(seed):
    stands = {}
    for event, found in compare(seed):
        # what quiet hours held back of two alerts of an entity: the one that is over came first
        for entity, how, names in sorted(found, key=lambda one: one[2][-1] != "resolved"):
            for name in names if how != "held" and entity is not None else ():
                before = stands.get(entity, "resolved")
                assert before != "resolved" or name == "fired"
                assert how == "released" or event.data == "ok"
                stands[entity] = name
