"""How the pace of the house is said: stage by stage, what moved, what does not add up."""

from collections.abc import Sequence

from commands._contract import Column, Sentence, Table, Value
from storage.known import Named
from storage.links import Key
from storage.metrics._durations import least_change
from storage.metrics._flow import Passed
from storage.metrics._stages import DELIVERY, DOCK, FINISHED, MATERIAL, PRODUCTION, Stage
from storage.metrics.velocity import METRIC, Velocity

WHERE = {
    DOCK: "at the dock", MATERIAL: "in material stock", PRODUCTION: "in production",
    FINISHED: "in finished stock", DELIVERY: "in delivery",
}  # fmt: skip
WANTS = {
    DOCK: "the day from which on a receipt could be used",
    MATERIAL: "what production used and the days on which it came, or stock levels",
    PRODUCTION: "the days on which production began and ended",
    FINISHED: "what was sent to customers and the days on which it came, or stock levels",
    DELIVERY: "the day on which a shipment was at the customer",
}  # fmt: skip


def summary(of: str, found: Velocity) -> str:
    """How long it takes in all and in each stage."""
    told = [one for one in found.stages if one.days is not None]
    parts = ", ".join(f"{one.days:.1f} {WHERE[one.name]}" for one in told)
    if len(told) == len(found.stages):
        whole = f"**{of} takes {found.total:.0f} days** from the receipt of material to delivery"
    else:
        whole = f"**{of} takes {found.total:.0f} days** in the stages that are told"
    return f"{whole}: {parts}."


def moved_most(found: Velocity, before: Velocity) -> Stage | None:
    """The stage that moved most against the time before; null where none did by enough."""
    moved = [
        (abs(one.days - then.days), one)
        for one, then in zip(found.stages, before.stages, strict=True)
        if one.days is not None and then.days is not None
        and abs(one.days - then.days) >= least_change(then.days)
    ]  # fmt: skip
    return max(moved, key=lambda pair: pair[0])[1] if moved else None


def compared(found: Velocity, before: Velocity, label: str) -> str:
    """Which stage moved most since the time that `label` names."""
    then = {one.name: one.days for one in before.stages}
    if not any(days is not None for days in then.values()):
        return f"Nothing is known {label} to compare with."
    one = moved_most(found, before)
    if one is None:
        return f"● No stage moved much: {before.total:.0f} days in all {label}."
    was = then[one.name]
    assert one.days is not None
    assert was is not None
    word = "▲ slower" if one.days > was else "▼ faster"
    change = abs(one.days - was)
    return (
        f"{one.name.capitalize()} moved most: {word} by {change:.1f} days,"
        f" {was:.1f} days {label}."
    )  # fmt: skip


def through(found: Velocity, within: int | None) -> str | None:
    """How fast what was sent went through; null where that can't be told."""
    half, most = found.by(0.5), found.by(0.9)
    if half is None or most is None:
        return None
    if within is not None:
        share = f"{found.within(within):.0%}"
        return f"{share} of what was delivered had come as material at most {within} days before."
    return (
        f"Half of what was delivered had come as material at most {half} days before, 9 in 10 at"
        f" most {most}."
    )


def faults(found: Velocity) -> list[str]:
    """Where open = rate × mean time does not hold."""
    return [_fault(one) for one in found.stages if one.is_faulty]


def _fault(one: Stage) -> str:
    assert one.seen is not None
    assert one.counted is not None
    if one.open is not None:
        expected = one.open * one.seen / one.counted
        text = (
            f"{one.open:.0f} open on the average where their rate × mean time makes {expected:.0f}"
        )
        why = (
            "some that are over may never have been closed"
            if one.counted > one.seen
            else "some may have been closed that never were counted as open"
        )
    else:
        text = (
            f"what lies there lasts {one.counted:.0f} days, what left had lain for {one.seen:.0f}"
        )
        why = "movements or counts of stock may be missing"
    return f"Check the data of {one.name}: {text}; {why}, or a change is under way."


def missing(found: Velocity) -> list[str]:
    """What each stage without figures would need."""
    return [
        f"{one.name.capitalize()} is n/a: it needs {WANTS[one.name]}."
        for one in found.stages
        if one.days is None
    ]


def table(found: Velocity, before: Velocity) -> Table:
    """A row for each stage and one for the sum."""
    most = moved_most(found, before)
    rows: list[tuple[Value, ...]] = [
        (
            one.name.capitalize(), _round(one.days), _round(then.days),
            _change(one.days, then.days), one.n if one.days is not None else None, _how(one),
        )
        for one, then in zip(found.stages, before.stages, strict=True)
    ]  # fmt: skip
    rows.append(
        ("In all", _round(found.total), _round(before.total),
         _change(found.total, before.total) if _alike(found, before) else None, None, "sum")
    )  # fmt: skip
    columns = (
        Column("Stage", "supply"),
        Column("Days", "supply", "d", METRIC.id),
        Column("Before", "supply", "d", METRIC.id),
        Column("Change", "supply", "d", METRIC.id),
        Column("Left it", "supply", "", METRIC.id),
        Column("Known by", "supply"),
    )
    bold = frozenset(
        at for at, one in enumerate(found.stages) if one.is_faulty or (most and one is most)
    )
    return Table(columns, tuple(rows), bold, len(rows))


def evidence(passed: Sequence[Passed], names: Sequence[Named]) -> Table:
    """Each part of each movement out of stock, and what it counted as."""
    called = {(one.source, one.ref): one.name for one in names}
    rows: list[tuple[Value, ...]] = [
        (
            _called(one.item, called), one.out_on.isoformat(),
            _called(one.into, called) if one.into else "a customer", one.lot.qty,
            one.lot.came_on.isoformat() if one.lot.came_on else None, one.lay, _round(one.took),
            one.share, _state(one),
        )
        for one in passed
    ]  # fmt: skip
    names_ = ("Item", "Left on", "Into", "Quantity", "Came on", "Days in stock",
              "Days since material", "Share of a movement", "State")  # fmt: skip
    return Table(tuple(Column(name, "supply") for name in names_), tuple(rows), total=len(rows))


def notes(found: Velocity) -> tuple[Sentence, ...]:
    """What does not add up, what is not told, and what was followed by inference."""
    said = [*faults(found), *missing(found)]
    if found.untold:
        said.append(
            f"Of {found.untold:.0%} of what was sent it is not known when its material came."
        )
    said.append("Stock is taken to leave first in, first out.")
    return tuple(Sentence(text, ("supply",)) for text in said)


def _alike(found: Velocity, before: Velocity) -> bool:
    """Whether the same stages are told, so that the sums can be compared."""
    return all(
        (one.days is None) == (then.days is None)
        for one, then in zip(found.stages, before.stages, strict=True)
    )


def _state(one: Passed) -> str:
    if one.lay is None:
        return "left out: when it came is not known"
    return "sent" if one.into is None else "used"


def _how(one: Stage) -> str:
    if one.days is None:
        return "n/a"
    return "dated movements" if one.how == "dated" else "stock / throughput"


def _called(key: Key, called: dict[Key, str]) -> str:
    return called.get(key, key[1])


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _change(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else round(now - then, 1) + 0.0  # never -0.0
