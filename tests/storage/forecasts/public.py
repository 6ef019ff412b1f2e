"""Public data as a store: exports that the csv source reads, looked back on by the verb `backtest`.

None of them is part of the project. They lie in shared/data beside it where there are any.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session
from typer.testing import CliRunner

from bot.__main__ import cli
from storage.store import Store

DATA = Path(__file__).parents[3].parent / "shared/data"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """A store that was filled by `sync`, in a folder."""

    folder: Path
    env: Mapping[str, str | None]

    def looked_back(self, *words: str) -> dict[str, Any]:
        """What `python -m bot backtest …` prints as JSON."""
        words = ("backtest", *words, "--format", "json")
        done = CliRunner().invoke(cli, list(words), env=self.env, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    @contextmanager
    def session(self) -> Iterator[Session]:
        store = Store(f"sqlite:///{self.folder}/leadline.db")
        with store.reader() as session:
            yield session
        store.close()


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of the data, such as "olist/orders"."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def written(file: Path, every: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a CSV file with a header."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.DictWriter(lines, list(every[0]))
        out.writeheader()
        out.writerows(every)


@contextmanager
def kept(
    streams: Mapping[str, tuple[Sequence[Mapping[str, Any]], str]], now: datetime = NOW
) -> Iterator[Kept]:
    """A store of some streams: of each its rows, and its settings in leadline.toml."""
    with TemporaryDirectory() as place:
        folder, config = Path(place), '[sources.x]\nkind = "csv"\n'
        for stream, (every, settings) in streams.items():
            written(folder / f"{stream}.csv", every)
            config += f'[sources.x.streams.{stream}]\nfile = "{stream}.csv"\n{settings}\n'
        (folder / "leadline.toml").write_text(config, "utf-8")
        env = {"LEADLINE_CONFIG": str(folder / "leadline.toml"), "DATABASE_URL": None,
               "LEADLINE_NOW": now.isoformat()}  # fmt: skip
        done = CliRunner().invoke(cli, ["sync"], env=env, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        yield Kept(folder, env)
