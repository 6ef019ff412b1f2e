"""Figures of the bench: what is asked of a forecast on which data, and what it reached."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

WIDTH = 170
DRAWS = 1_000
MET = {True: "met", False: "NOT MET", None: "told only"}


@dataclass(frozen=True)
class Figure:
    """One row of the table: a figure that was `asked` of some `data`, in words, and what was
    `reached`, with its 95 % interval where one can be had.

    `form` is the format of the numbers, such as ".3f" or "+.1%". `is_met` is null of a figure
    that is told beside the others and not asked for; `reached` is null of one that could not be
    measured, and `note` says why then, or on which rows it rests.
    """

    data: str
    asked: str
    reached: float | None
    is_met: bool | None = None
    low: float | None = None
    high: float | None = None
    form: str = ".3f"
    note: str = ""

    def said(self) -> str:
        """What was reached, as text."""
        if self.reached is None:
            return "n/a"
        whole = format(self.reached, self.form)
        if self.low is None or self.high is None:
            return whole
        return f"{whole} [{self.low:{self.form}}, {self.high:{self.form}}]"


def left_out(data: str, asked: str) -> Figure:
    """The row of a set that is not on this machine."""
    return Figure(data, asked, None, note="left out: the data are not on this machine")


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, a row each."""
    grid = Table(box=None, pad_edge=False)
    for name in ("data", "figure asked", "reached [95 %]", "", "note"):
        grid.add_column(name, overflow="fold")
    for one in figures:
        verdict = "left out" if one.reached is None else MET[one.is_met]
        grid.add_row(one.data, one.asked, one.said(), verdict, one.note)
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, markup=False)
    console.print(grid)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def as_json(figures: Sequence[Figure]) -> str:
    """The figures as a list of objects; numbers and flags may be numpy's."""
    return json.dumps([asdict(one) for one in figures], indent=2, default=np.generic.item)


def interval(
    statistic: Callable[..., float], parts: Sequence[Sequence[np.ndarray]], draws: int = DRAWS
) -> tuple[float, float]:
    """The 95 % bootstrap interval of a statistic of columns: the columns of each part (an origin,
    a fold) are drawn anew together, within it, always from the same seed."""
    rng = np.random.default_rng(0)
    found = np.empty(draws)
    for at in range(draws):
        picks = [rng.integers(0, len(one[0]), len(one[0])) for one in parts]
        columns = zip(*parts, strict=True)
        found[at] = statistic(*(
            np.concatenate([column[pick] for column, pick in zip(one, picks, strict=True)])
            for one in columns
        ))  # fmt: skip
    low, high = np.nanquantile(found, (0.025, 0.975))
    return float(low), float(high)
