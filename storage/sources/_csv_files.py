"""The files that a name means: one, or all that a pattern fits, the newest first."""

import glob
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from storage.sources import SourceError

# what a workbook leaves beside itself while somebody has it open
BESIDE = "~$"


@dataclass(frozen=True)
class File:
    """A file to be read: its name, when it was last written, and how it is opened (as bytes)."""

    name: str
    at: datetime
    opened: Callable[[], IO[bytes]]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()


def is_pattern(name: str) -> bool:
    return glob.has_magic(name)


def found(folder: str, name: str) -> list[File]:
    """The file of this name, or all that a pattern fits, the newest first; never none."""
    path = Path(folder) / name
    if not is_pattern(name):
        if not path.is_file():
            raise SourceError(f"there is no file {path}", permanent=True)
        return [_file(path)]
    paths = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    files = [_file(one) for one in paths if one.is_file() and not one.name.startswith(BESIDE)]
    if not files:
        raise SourceError(f"no file is called like {path}", permanent=True)
    return sorted(files, key=lambda one: (one.at, one.name), reverse=True)


def _file(path: Path) -> File:
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return File(path.name, at, lambda: path.open("rb"))
