"""How far can the forecasts be trusted? What was told and what came of it, beside looking back."""

from collections.abc import Sequence

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Topic,
    Value,
)
from commands._audience import refusal
from commands._basis import basis
from commands._grammar import nearest, shorten
from commands._track_record import Track, record
from commands._trust_one import of_model
from commands._trust_words import IN_USE_NOW, brief, change, state
from storage.fits import Standing, standing
from storage.forecasts import Model, load
from storage.metrics.forecast_record import METRIC, tally

NAMES = ("Model", "State", "Error against its baseline", "Held", "Expected", "Of")


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    models = [one for one in load().values() if ask.grant.allows(one.topic)]
    if not models:
        return refusal(ask.line)
    last = {one.model: one for one in standing(session, ask.now)}
    if not words:
        return _of_all(session, ask, models, last)
    phrase = " ".join(words)
    names = {name: one for one in models for name in (one.id, one.title)}
    for name, model in names.items():
        if _plain(name) == _plain(phrase):
            return of_model(session, ask, model, last.get(model.id))
    near = dict.fromkeys(names[name] for name in nearest(phrase, names))
    choices = tuple(FollowUp(one.title, f"trust {one.id}") for one in near or models)
    title = f"I have no model “{shorten(phrase)}”"
    return Notice(title, "Do you mean one of these?", choices, error=True)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum()).removesuffix("s")


def _of_all(
    session: Session, ask: Ask, models: Sequence[Model], last: dict[str, Standing]
) -> Answer:
    """A row a model."""
    tracks = [record(session, one.id, ask.now) for one in models]
    told = [tally(session, one.id, ask.now) for one in models]
    topics = tuple(sorted({one.topic for one in models}))
    used = sum(brief(one, last.get(one.id)) == IN_USE_NOW for one in models)
    return Answer(
        title="Trust in the forecasts",
        summary=Sentence(_summary(models, used, tracks), topics),
        readings=_readings(len(models), used, tracks, topics[-1]),
        table=_table(models, last, tracks, topics),
        basis=(
            basis(
                session, ask, METRIC, min([ask.now, *(one.since for one in told if one.since)]),
                ask.now, n=sum(one.counts for one in told), open=sum(one.open for one in told),
            ),
        ),
        notes=tuple(
            Sentence(f"{one.title}: {text}.", (one.topic,))
            for one in models
            if (text := state(one, last.get(one.id))) != brief(one, last.get(one.id))
        ),
        follow_ups=(
            *(FollowUp(one.title, f"trust {one.id}", (one.topic,)) for one in models),
            FollowUp("How is this computed?", f"define {METRIC.id}"),
        ),
    )  # fmt: skip


def _summary(models: Sequence[Model], used: int, tracks: Sequence[Track]) -> str:
    text = f"**{used} of {len(models)} models {'is' if used == 1 else 'are'} in use**"
    n, held, expected = _sums(tracks)
    if not n:
        return f"{text}; nothing that was told is decided yet."
    return f"{text}; of {n} statement{'' if n == 1 else 's'} {held} held ({expected:.0f} expected)."


def _sums(tracks: Sequence[Track]) -> tuple[int, int, float]:
    found = [one.last for one in tracks]
    return (
        sum(one.n for one in found), sum(one.held for one in found),
        sum(one.expected for one in found),
    )  # fmt: skip


def _readings(count: int, used: int, tracks: Sequence[Track], topic: Topic) -> tuple[Reading, ...]:
    n, held, expected = _sums(tracks)
    figures: list[tuple[str, float | None]] = [
        ("models", count), ("in use", used), ("statements", n), ("held", held if n else None),
        ("expected", round(expected, 1) if n else None),
    ]  # fmt: skip
    return tuple(Reading(name, value, "", topic, METRIC.id) for name, value in figures)


def _table(
    models: Sequence[Model], last: dict[str, Standing], tracks: Sequence[Track],
    topics: Sequence[Topic],
) -> Table:  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            model.title, brief(model, last.get(model.id)), change(model, last.get(model.id)),
            track.last.held if track.last.n else None,
            round(track.last.expected, 1) if track.last.n else None, track.last.n,
        )
        for model, track in zip(models, tracks, strict=True)
    ]  # fmt: skip
    units = ("", "", "share", "", "", "")
    # who may see one topic only gets no table that speaks of both
    columns = [Column(NAMES[0], topics[0]), Column(NAMES[1], topics[-1])] + [
        Column(name, topics[-1], unit, METRIC.id)
        for name, unit in zip(NAMES[2:], units[2:], strict=True)
    ]
    bold = frozenset(
        at for at, model in enumerate(models)
        if (one := last.get(model.id)) and not one.is_used
    )  # fmt: skip
    return Table(tuple(columns), tuple(rows), bold, len(rows))


COMMAND = Command(
    name="trust",
    summary="How far the forecasts can be trusted: what was told of the future, and what came.",
    usage="trust [model]",
    examples=("trust", "trust lead-time"),
    topics=("supply", "customers"),
    answer=answer,
    synonyms=("track record", "forecast accuracy", "calibration"),
    asks=(
        "can i trust the forecasts",
        "how far can i trust the predictions",
        "how often were the forecasts right",
        "how accurate are the predictions",
        "how reliable are the predictions",
        "is the forecast calibrated",
    ),
)
