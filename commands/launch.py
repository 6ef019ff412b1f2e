"""How does a new item run against its plan, and will it run out?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
    Chart,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._basis import basis
from commands._churn_words import percent
from commands._grammar import Query, read
from commands._launch_rate import DAYS_OF, PlanError, Run, chance_of, read_plan, run, weeks
from commands._stock_chance import drawn_since, in_100, is_none_free
from commands._stock_seen import (
    Demand,
    Shelf,
    changed,
    demand,
    evidence,
    left_out,
    no_stock,
    shelf,
    used,
)
from commands._stock_words import days, next_receipt, on_day, quantity
from commands._window import midnight
from storage.forecasts._run_out import PATHS, SEED
from storage.known.uses import Use
from storage.metrics import days_of_cover
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import uses_of
from storage.metrics.run_out import METRIC, Chance

LONGEST, MOST_WEEKS, NEWEST = 400, 26, 10
# a chance that is less is not worth a note
LEAST_SAID = 0.01
LATEST = "later than any order did that came"
MONTH = DAYS_OF["month"]


@dataclass(frozen=True)
class _Launched:
    """All that is told of one item."""

    risk: Risk
    run: Run
    chance: Chance | None
    uses: list[Use]


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    try:
        plan, rest = read_plan(words)
    except PlanError:
        text = "Write it like `launch Desk plan 50 a month`: a number, and a day, week or month."
        return Notice("I can't read that plan", text, error=True)
    query = read(session, ask, rest, command=COMMAND.name, kinds=("item",), by=())
    if isinstance(query, Notice):
        return query
    seen = shelf(session, ask, query)
    if not seen.stock:
        return no_stock(query)
    wants = demand(session, ask, seen)
    if not query.named:
        return _newest(session, ask, query, seen, wants)
    since = ask.today - timedelta(days=LONGEST)
    every = used(session, ask, seen, since, changed(session, ask, since))
    risk = wants.risks[0]
    uses = uses_of(risk.cover, every)
    one = _Launched(risk, run(uses, plan, ask.today, since), chance_of(risk, wants), uses)
    return _of_one(session, ask, seen, wants, one)


def _of_one(session: Session, ask: Ask, seen: Shelf, wants: Demand, one: _Launched) -> Answer:
    name = one.risk.cover.item.name
    return Answer(
        title=f"Launch {name}",
        summary=Sentence(_summary(one), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(one)),
        readings=_readings(one),
        chart=_chart(ask, one),
        evidence=evidence(seen, wants) if ask.wants_evidence else None,
        basis=_basis(session, ask, seen, wants, one),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(one)),
        follow_ups=(
            FollowUp("Stock in full", f"stock {name}"),
            FollowUp("Lead time", f"lead-time {name}"),
            FollowUp("Newest items", "launch"),
        ),
    )


def _summary(one: _Launched) -> str:
    name, here = one.risk.cover.item.name, one.run
    if here.per_day is None:
        if here.first_use is None:
            return f"**Nothing of {name} was used yet**."
        return f"**{name} is too new**: used since {on_day(here.first_use, one.risk.cover.today)}."
    text = f"**{name} runs at {quantity(round(here.per_day * MONTH))} a month**"
    if here.plan and here.against_plan is not None:
        said = "a plan of" if here.plan.is_given else "its first 4 weeks at"
        planned = quantity(round(here.plan.per_day * MONTH))
        text += f" against {said} {planned} ({here.against_plan:.0%})".replace("%", " %")
    return f"{text}; {_risk(one)}."


def _risk(one: _Launched) -> str:
    if one.risk.cover.state == "out":
        return "none of it is free now" if is_none_free(one.risk) else "it is out now"
    if one.chance is None:
        return "the chance to run out can't be told"
    return f"{in_100(one.chance.share)} to run out before more comes"


def _detail(one: _Launched) -> list[str]:
    cover, today = one.risk.cover, one.risk.cover.today
    said = []
    if cover.days is not None:
        said.append(f"{quantity(cover.available)} available last {days(cover.days)}")
    if one.risk.next:
        said.append(f"{quantity(one.risk.next.qty)} more: {next_receipt(one.risk.next, today)}")
    elif one.chance and one.chance.wait is not None:
        said.append(f"nothing is on order; half of new orders are there in {days(one.chance.wait)}")
    else:
        said.append("nothing is on order")
    text = "; ".join(said)
    return [f"{text[0].upper()}{text[1:]}."]


def _readings(one: _Launched) -> tuple[Reading, ...]:
    cover, here, risk = one.risk.cover, one.run, one.chance
    monthly = None if here.per_day is None else here.per_day * MONTH
    planned = here.plan.per_day * MONTH if here.plan else None
    of_cover = days_of_cover.METRIC.id
    return (
        Reading("used a month", monthly, "", "supply", of_cover),
        Reading("plan a month", planned, "", "supply", of_cover),
        Reading("of the plan", here.against_plan, "share", "supply", of_cover),
        Reading("available", cover.available, "", "supply", of_cover),
        Reading("cover", cover.days, "d", "supply", of_cover),
        Reading(
            "chance to run out", risk.share if risk else None, "share", "supply", METRIC.id,
            low=risk.low if risk else None, high=risk.high if risk else None,
        ),
        Reading("days until more comes", risk.wait if risk else None, "d", "supply", METRIC.id),
    )  # fmt: skip


def _chart(ask: Ask, one: _Launched) -> Chart | None:
    """What was used each week since the first, and the plan."""
    first = one.run.first_use
    count = min(MOST_WEEKS, (ask.today - first).days // 7) if first else 0
    if count < 3:
        return None
    used_ = weeks(one.uses, ask.today, count)
    series = [Series("used", tuple(qty for _, qty in used_))]
    if one.run.plan:
        series.append(Series("plan", (one.run.plan.per_day * 7,) * count))
    labels = tuple(f"{day:%-d %b}" for day, _ in used_)
    name, uom = one.risk.cover.item.name, one.risk.cover.stock[0].uom
    return Chart("line", f"{name} used a week", labels, tuple(series), "supply", uom or "")


def _newest(session: Session, ask: Ask, query: Query, seen: Shelf, wants: Demand) -> Answer:
    """The items that first moved last."""
    begun = sorted(
        (one for one in wants.risks if one.cover.key in wants.first),
        key=lambda one: (wants.first[one.cover.key], one.cover.item.name), reverse=True,
    )  # fmt: skip
    shown = begun[:NEWEST]
    chances = [chance_of(one, wants) for one in shown]
    rows: list[tuple[Value, ...]] = [
        (
            one.cover.item.name, on_day(wants.first[one.cover.key], ask.today),
            round(float(one.cover.per_day) * MONTH, 1) if one.cover.per_day is not None else None,
            one.cover.days, next_receipt(one.next, ask.today), risk.share if risk else None,
        )
        for one, risk in zip(shown, chances, strict=True)
    ]  # fmt: skip
    columns = (
        Column("Item", "supply"),
        Column("First moved", "supply"),
        Column("A month", "supply", "", days_of_cover.METRIC.id),
        Column("Cover", "supply", "d", days_of_cover.METRIC.id),
        Column("Next", "supply"),
        Column("Runs out", "supply", "share", METRIC.id),
    )
    bold = frozenset(at for at, risk in enumerate(chances) if risk and risk.share >= 0.5)
    text = "**No item has moved yet**."
    if shown:
        text = f"**The newest item is {rows[0][0]}**, first moved {rows[0][1]}."
    if len(begun) > 1:
        text = f"{text[:-1]}; the {len(rows)} newest of {len(begun)}:"
    start = midnight(ask.today - timedelta(days=days_of_cover.WINDOW), ask.zone)
    return Answer(
        title="Launch",
        summary=Sentence(text, ("supply",)),
        table=Table(columns, tuple(rows), bold, len(rows)) if rows else None,
        evidence=evidence(seen, wants) if ask.wants_evidence else None,
        basis=(
            basis(
                session,
                ask,
                METRIC,
                drawn_since(ask, wants),
                ask.now,
                n=len(begun),
                notes=left_out(seen),
            ),
            basis(session, ask, days_of_cover.METRIC, start, ask.now, n=len(begun)),
        ),
        follow_ups=tuple(
            FollowUp(one.cover.item.name, f"launch {one.cover.item.name}") for one in shown[:3]
        ),
    )


def _notes(one: _Launched) -> list[str]:
    notes = []
    if one.run.plan and not one.run.plan.is_given:
        notes.append("No plan was given: its first 4 weeks stand for one.")
    if one.run.plan is None:
        notes.append("To compare with a plan, write it: `plan 50 a month`.")
    if one.chance is None:
        notes.append("Too few purchases or days of demand to draw a chance to run out from.")
    elif one.chance.never >= LEAST_SAID:
        late = "in a year at the earliest" if one.chance.followed else LATEST
        notes.append(f"With a chance of {percent(one.chance.never)} more comes {late}.")
    if one.risk.lead.of == "supplier" and not one.risk.lead.is_fitted:
        notes.append("Too few purchases of it: the lead time is that of its suppliers.")
    return notes


def _basis(
    session: Session, ask: Ask, seen: Shelf, wants: Demand, one: _Launched
) -> tuple[Basis, ...]:  # fmt: skip
    start = midnight(ask.today - timedelta(days=days_of_cover.WINDOW), ask.zone)
    lead = one.risk.lead.duration
    drawn = Sentence(f"{PATHS:,} paths from seed {SEED}", ("supply",))
    return (
        basis(session, ask, METRIC, drawn_since(ask, wants), ask.now, n=lead.n if lead else 0,
              open=lead.open if lead else 0, notes=(drawn,)),
        basis(session, ask, days_of_cover.METRIC, start, ask.now, n=len(seen.stock),
              notes=left_out(seen)),
    )  # fmt: skip


COMMAND = Command(
    name="launch",
    summary="How a new item runs against its plan, how long it lasts, the chance to run out.",
    usage="launch [item] [plan NUMBER a day | week | month] [in site]",
    examples=("launch",),
    topics=("supply",),
    answer=answer,
    synonyms=("new item", "ramp up", "new products"),
    asks=(
        "how is the launch going",
        "launch of a new item",
        "product launch",
    ),
)
