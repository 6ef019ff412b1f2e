"""How far one model can be trusted: what it told and what came, its methods, its calibration."""

from datetime import date, datetime

from sqlmodel import Session

from commands._basis import basis
from commands._contract import (
    Answer,
    Ask,
    Basis,
    Chart,
    Column,
    FollowUp,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._track_record import FEWEST_TOLD, WORDS, Track, record
from commands._trust_words import change, looked_back, method, rests_on, summary
from commands._window import midnight
from storage.fits import Standing
from storage.forecasts import Model
from storage.forecasts._report import DAYS, IN_USE, MONEY
from storage.issued import told_last
from storage.metrics.forecast_record import METRIC, Tally, tally

# figures of a method: their column and digits (null: a share)
FIGURES: dict[str, tuple[str, int | None]] = {
    "n": ("Scored", 0),
    "pinball": ("Error", 2),
    "mae": ("Off by", 2),
    "cover80": ("8 in 10", None),
    "cover90": ("9 in 10", None),
    "brier": ("Brier", 3),
    "auc": ("AUC", 3),
    "ece": ("Calibration error", 3),
    "slope": ("Slope", 2),
    "lift10": ("Lift", 2),
}
COVERS = {name: FIGURES[name][0] for name in ("cover80", "cover90")}
# those in the unit of what is told
IN_UNIT = ("pinball", "mae")
# what they mean, for who never met them
MEANS: dict[str, str] = {
    "pinball": "Error: how far all that was told lay off",
    "mae": "Off by: how far its middle did",
    "cover80": "8 in 10: how many came within it",
    "brier": "Brier: the mean square of how far a chance lay off, 0 is best",
    "auc": "AUC: whether what happened had the higher chances, 1 is best, 0.5 is luck",
    "ece": "Calibration error: how far chances and what came lie apart, 0 is best",
    "slope": "Slope: 1 is best, below it chances are too bold",
    "lift10": "Lift: how many times as many as in all came in the tenth told the most",
}
MOST_BEHIND = 1_000


def of_model(session: Session, ask: Ask, model: Model, last: Standing | None) -> Answer:
    track = record(session, model.id, ask.now)
    counted = tally(session, model.id, ask.now)
    return Answer(
        title=f"Trust in {model.title.lower()}",
        summary=Sentence(summary(model, last, track), (model.topic,)),
        detail=tuple(Sentence(text, (model.topic,)) for text in _detail(track, counted)),
        readings=_readings(model, last, track, counted),
        table=_table(model, last),
        chart=_chart(model, last, track),
        evidence=_evidence(session, ask, model) if ask.wants_evidence else None,
        basis=(_basis(session, ask, model, last, counted),),
        notes=_meant(model, last),
        follow_ups=(
            FollowUp("All models", "trust"), FollowUp("Status", "status"),
            FollowUp("How is this computed?", f"define {METRIC.id}"),
        ),
    )  # fmt: skip


def _detail(track: Track, counted: Tally) -> list[str]:
    if not counted.told:
        return ["Nothing of it has been told yet: what answers tell is kept from now on."]
    shares = [
        f"{WORDS[share]}: {one.held} of {one.n} held"
        for share, one in track.shares.items() if track.share and one.n
    ]  # fmt: skip
    never = f", {counted.never:,} will never be known" if counted.never else ""
    times = "once" if counted.told == 1 else f"{counted.told:,} times"
    text = f"Told {times}, {counted.open:,} not decided yet{never}."
    things = f"The last {track.last.n} were about {track.last.things} different things."
    return [
        *([f"Said and held: {'; '.join(shares)}."] if shares else []),
        f"{text} {things}" if track.last.n > 1 else text,
    ]


def _readings(
    model: Model, last: Standing | None, track: Track, counted: Tally
) -> tuple[Reading, ...]:
    found = track.last
    mine = looked_back(last).get(IN_USE, {})
    figures: list[tuple[str, float | None, str]] = [
        ("statements", found.n, ""),
        ("held", found.held if found.n else None, ""),
        ("expected", round(found.expected, 1) if found.n else None, ""),
        ("share held", found.held / found.n if found.n else None, "share"),
        ("told", counted.told, ""),
        ("not decided", counted.open, ""),
        ("error against the baseline", change(model, last), "share"),
        *((f"{word} looking back", mine[name], "share")
          for name, word in COVERS.items() if mine.get(name) is not None),
    ]  # fmt: skip
    return tuple(
        Reading(name, value, unit, model.topic, METRIC.id) for name, value, unit in figures
    )


def _table(model: Model, last: Standing | None) -> Table | None:
    """A row a method of the look back that has any figure, the one in use first."""
    methods = looked_back(last)
    unit = last.backtest.get("unit", "") if last else ""
    shown = [name for name in FIGURES if methods.get(IN_USE, {}).get(name) is not None]
    if not shown:
        return None
    columns = [
        Column("Looking back", model.topic),
        *(_column(name, model, unit) for name in shown),
    ]  # fmt: skip
    rows = [
        (method(name, model.id), *(_figure(figure, one.get(figure), unit) for figure in shown))
        for name, one in methods.items()
        if any(one.get(figure) is not None for figure in shown if figure != "n")
    ]
    return Table(tuple(columns), tuple(rows), frozenset({0}), len(rows))


def _meant(model: Model, last: Standing | None) -> tuple[Sentence, ...]:
    mine = looked_back(last).get(IN_USE, {})
    said = [words for name, words in MEANS.items() if mine.get(name) is not None]
    return (Sentence(f"{'; '.join(said)}.", (model.topic,)),) if said else ()


def _column(figure: str, model: Model, unit: str) -> Column:
    """How far money is off tells of revenue."""
    name, digits = FIGURES[figure]
    is_money = figure in IN_UNIT and unit not in ("", DAYS)
    return Column(name, "revenue" if is_money else model.topic,
                  "share" if digits is None else "", METRIC.id)  # fmt: skip


def _figure(figure: str, value: float | None, unit: str) -> Value:
    digits = FIGURES[figure][1]
    if value is None or not digits:
        return value
    number = f"{value:,.{digits}f}"
    if figure not in IN_UNIT or unit in ("", MONEY):
        return number
    return f"{number} {unit}" if unit == DAYS else f"{unit} {number}"


def _chart(model: Model, last: Standing | None, track: Track) -> Chart | None:
    """What share came of what was told with each chance: looking back, and since."""
    pairs = last.backtest.get("calibration", ()) if last else ()
    if len(pairs) < 2:
        return None
    said = [one["said"] for one in pairs]
    came = tuple(one["came"] for one in pairs)
    lines = [Series("told", tuple(said)), Series("came, looking back", came)]
    since = [track.shares.get(share) for share in said]
    if all(one and one.n >= FEWEST_TOLD for one in since):
        lines.append(Series("came since", tuple(one.held / one.n for one in since if one)))
    return Chart(
        "line", "Chance told, and what share came",
        tuple(WORDS.get(share, f"{100 * share:.1f} %") for share in said), tuple(lines),
        model.topic, "share",
    )  # fmt: skip


def _basis(
    session: Session, ask: Ask, model: Model, last: Standing | None, counted: Tally
) -> Basis:
    start = counted.since or _begun(last, ask) or ask.now
    notes = (Sentence(rests_on(model, last, ask.zone), (model.topic,)),) if last else ()
    return basis(
        session, ask, METRIC, start, ask.now, n=counted.counts, open=counted.open, notes=notes
    )


def _begun(last: Standing | None, ask: Ask) -> datetime | None:
    start = last.backtest.get("data", {}).get("start") if last else None
    return midnight(date.fromisoformat(start), ask.zone) if start else None


def _evidence(session: Session, ask: Ask, model: Model) -> Table:
    """The last statements, one a row."""
    rows = told_last(session, model.id, ask.now, MOST_BEHIND)
    names = ("About", "Event", "Chance", "By", "Told on", "State")
    columns = [Column(name, model.topic, "share" if name == "Chance" else "") for name in names]
    return Table(
        tuple(columns),
        tuple(
            (one.subject, one.event, one.share, one.by.isoformat(), one.issued_on.isoformat(), came)
            for one, came in rows
        ),
        total=len(rows),
    )  # fmt: skip
