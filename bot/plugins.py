"""Loads all commands, sources and metrics, with those of a folder outside of the program."""

import importlib
from collections.abc import Mapping
from pathlib import Path

from commands import load as load_commands
from storage.metrics import load as load_metrics
from storage.registry import BadModule
from storage.sources import Kind
from storage.sources import load as load_sources

PACKAGES = ("commands", "storage.sources", "storage.metrics")


def loaded(plugins: Path | None) -> Mapping[str, Kind]:
    """The kinds of source. What can't be used of a folder is a `BadModule` now, not when asked.

    Our own commands and metrics are loaded by who needs them: a long sync does not.
    """
    if plugins:
        _take_in(plugins)
        load_commands()
        load_metrics()
    return load_sources()


def _take_in(folder: Path) -> None:
    """Makes the folder part of the three packages that discover their modules."""
    if not folder.is_dir():
        raise BadModule(f"there is no folder {folder}")
    for name in PACKAGES:
        more = str(folder.joinpath(*name.split(".")).resolve())
        package = importlib.import_module(name)
        if Path(more).is_dir() and more not in package.__path__:
            package.__path__.append(more)
