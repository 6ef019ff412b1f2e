"""How models would have done in the past: looks back on the store, and prints what it found."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.table import Table

from bot._values import UNITS, SettingsError
from bot.terminal import printed
from storage.forecasts import Model, Progress, load
from storage.forecasts._origins import Plan
from storage.forecasts._report import IN_USE, Report
from storage.forecasts._scores import Scores
from storage.store import Store

Shape = Literal["text", "json"]
WIDTH = 110
SHARES = ("cover80", "cover90")
ERRORS = ("pinball", "brier", "mae")
COARSE = ("pinball", "mae", "lift10", "slope")  # in days, in money, or about one
LEAST_CHANGE = 0.0005


def models_named(names: Sequence[str]) -> list[Model]:
    """The models of some names, all where none is given."""
    known = load()
    for name in names:
        if name not in known:
            raise SettingsError(f"there is no model {name!r}; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def backtested(
    store: Store, models: Sequence[Model], now: datetime, zone: ZoneInfo, plan: Plan,
    progress: Progress,
) -> list[Report]:  # fmt: skip
    """The report of each model on what the store holds, as known at `now`."""
    with store.reader() as session:
        return [model.backtest(session, now, zone, plan, progress) for model in models]


def shaped(reports: Sequence[Report], form: Shape, *, is_one: bool) -> str:
    """The reports as text or JSON; as JSON an object where it `is_one`, else a list."""
    if form == "json":
        made = [one.as_json() for one in reports]
        return msgspec.json.format(msgspec.json.encode(made[0] if is_one else made)).decode()
    return "\n\n".join(_text(one) for one in reports)


def _text(report: Report) -> str:
    head = f"{report.model}: {report.rows:,} rows"
    if report.start and report.end:
        head += f", begun {report.start:%-d %b %Y} to {report.end:%-d %b %Y}"
    if not report.methods:
        return f"{head}\nToo little history to look back on."
    if report.unit:
        head += f", errors in {UNITS.get(report.unit, report.unit)}"
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None)
    console.print(head)
    console.print(_methods(report.methods))
    if report.origins:
        console.print(_origins(report))
    for name, methods in list(report.parts.items())[1:]:
        console.print(f"Of {name}:")
        console.print(_methods(methods))
    for name, one in report.gains.items():
        console.print(
            f"Error against {name}: {_change(-one.pinball)}"
            f" (95 %: {_change(-one.high)} to {_change(-one.low)})"
        )
    if report.hits:
        told = ", ".join(f"{name} {share:.1%}" for name, share in report.hits.items())
        console.print(f"Of the likeliest offers to each customer it took: {told}.")
    if report.calibration:
        pairs = (f"{one.said:.0%} {one.came:.0%}" for one in report.calibration)
        console.print(f"Told and came: {', '.join(pairs)}")
    if report.origins:
        console.print(
            f"{report.unknown:,} begun at these origins have no outcome yet, or never will."
        )
    return printed(console)


def _methods(methods: Mapping[str, Scores]) -> Table:
    """A row a method, with every figure that any of them has."""
    told = [
        name for name in Scores(0).figures()
        if any(one.figures()[name] is not None for one in methods.values())
    ]  # fmt: skip
    grid = _grid("method", *told)
    for name, scores in methods.items():
        grid.add_row(name, *(_figure(one, scores.figures()[one]) for one in told))
    return grid


def _origins(report: Report) -> Table:
    """A row an origin, with the error of each method and what the one in use covered."""
    shares = () if report.methods[IN_USE].pinball is None else SHARES
    grid = _grid(f"{_measure(report.methods[IN_USE])} from", "n", *report.methods, *shares)
    for origin in report.origins:
        mine = origin.methods[IN_USE].figures()
        grid.add_row(
            f"{origin.at:%Y-%m-%d}", f"{origin.n:,}",
            *(_error(origin.methods[name]) for name in report.methods),
            *(_figure(name, mine[name]) for name in shares),
        )  # fmt: skip
    return grid


def _error(scores: Scores) -> str:
    name = _measure(scores)
    return _figure(name, scores.figures()[name])


def _measure(scores: Scores) -> str:
    """The error by which a method is judged: the pinball loss; of one that tells chances the Brier
    score, of amounts the MAE."""
    figures = scores.figures()
    return next((one for one in ERRORS if figures[one] is not None), ERRORS[0])


def _change(share: float) -> str:
    """A share as a change; without a sign where it rounds to none."""
    return f"{share:+.1%}" if abs(share) >= LEAST_CHANGE else "0.0%"


def _grid(first: str, *names: str) -> Table:
    grid = Table(box=None, pad_edge=False)
    grid.add_column(first)
    for name in names:
        grid.add_column(name, justify="right")
    return grid


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "n/a"
    if name == "n":
        return f"{value:,}"
    return f"{value:,.2f}" if name in COARSE else f"{value:.3f}"
