"""Random histories of a rule: what it sees, what people do, and a clock that jumps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from tests.storage.watch_model import Rule

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENTITIES = ("a", "b", "")
MINUTES = timedelta(minutes=1)
VALUES = (20.0, 33.9, 34.0, 37.0, 40.0, 40.1, 44.0, 50.0, 58.1, 70.0, None)


@dataclass(frozen=True)
class Look:
    """An evaluation."""

    now: datetime
    data: str
    values: dict = field(default_factory=dict)
    n: int | None = None


@dataclass(frozen=True)
class Deed:
    """What a person does to the alert of an entity: ack, snooze, snooze out, wake."""

    what: str
    entity: str
    now: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Silenced:
    """A silence of an entity, of the rule, of everything."""

    entity: str
    is_everything: bool
    begin: datetime
    until: datetime


def rule(random):
    return Rule(
        above=random.choice((40.0, 40.0, 40.0, 0.0)),
        below=random.choice((34.0, 39.0)) if random.random() < 0.8 else -1.0,
        pending=random.choice((1, 1, 2, 3)),
        recovering=random.choice((1, 1, 2, 3)),
        keep=timedelta(minutes=random.choice((0, 0, 25, 60))),
        repeat=random.choice((None, timedelta(minutes=30), timedelta(hours=2))),
        quiet=random.choice((None, (20, 7), (12, 14), (13, 12))),
        is_fleeting=random.random() < 0.3,
        is_new=random.random() < 0.2,
    )


def sane(made):
    """The same with thresholds that do not contradict each other."""
    made.below = min(made.below, made.above)
    if made.is_new:
        made.above, made.below, made.is_fleeting = 0.999, 0.999, False
    return made


def history(random: Random, made, steps=30):
    """Evaluations, with deeds and silences between them."""
    now, calm = NOON, random.random()
    for _ in range(steps):
        now = max(now + _gap(random), NOON - timedelta(days=30))
        yield from _between(random, now)
        yield _look(random, made, now, calm)


def _gap(random):
    if random.random() < 0.06:
        return -random.choice((0.2, 1, 5, 61, 26 * 60)) * MINUTES
    return random.choice((3, 9.99, 10, 10, 10, 10, 10, 10, 12, 31, 60, 300, 1500)) * MINUTES


def _between(random, now):
    if random.random() < 0.12:
        what = random.choice(("ack", "ack", "snooze", "snooze", "snooze out", "wake"))
        until = now + random.choice((5, 30, 60, 600)) * MINUTES if what == "snooze" else None
        yield Deed(what, random.choice(ENTITIES), now, until)
    if random.random() < 0.06:
        begin = now + random.choice((-5, 0, 15)) * MINUTES
        until = now + random.choice((5, 20, 45, 300)) * MINUTES
        everything = random.random() < 0.3
        yield Silenced(
            "" if everything else random.choice(("a", "b", "")), everything, begin, until
        )


def _look(random, made, now, calm):
    if random.random() < 0.12:
        return Look(now, random.choice(("stale", "error", "no-data")))
    there = [one for one in ENTITIES if random.random() < 0.85]
    choices = VALUES if calm < 0.7 else VALUES[3:8]
    values = {one: 1.0 if made.is_new else random.choice(choices) for one in there}
    return Look(now, "ok", values, random.choice((None, 100, 100, 90, 100, 30, 0)))
