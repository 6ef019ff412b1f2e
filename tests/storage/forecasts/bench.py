"""What the forecasts reach beside what is asked of them, as one table.

`python -m tests.storage.forecasts.bench [PART …] [--format json]`. A part is a `bench_PART.py`
beside this file, whose `measured()` gives its figures; all of them where none is named. A set of
data that is not on this machine is left out, and its rows say so.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from time import process_time

import tests.storage.forecasts as here
from tests.storage.forecasts.figures import Figure, as_json, table

PREFIX = "bench_"
Measured = Callable[[], Sequence[Figure]]


def parts() -> dict[str, Measured]:
    """What can be measured, by the name of the part; the judges of one are needed when it is."""
    names = [one.name for one in iter_modules(here.__path__) if one.name.startswith(PREFIX)]
    return {name.removeprefix(PREFIX): partial(_measured, name) for name in names}


def _measured(module: str) -> Sequence[Figure]:
    found: Sequence[Figure] = import_module(f"{here.__name__}.{module}").measured()
    return found


def chosen(known: Mapping[str, Measured], names: Sequence[str]) -> dict[str, Measured]:
    """The parts of some names, all where none is given."""
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"there is no part {unknown[0]!r}; there are {', '.join(known)}")
    return {name: known[name] for name in names or known}


def measured(wanted: Mapping[str, Measured]) -> list[Figure]:
    """The figures of the parts, telling on standard error how far it is."""
    found: list[Figure] = []
    for name, part in wanted.items():
        begun = process_time()
        sys.stderr.write(f"{name} … ")
        sys.stderr.flush()
        found += part()
        sys.stderr.write(f"{process_time() - begun:.0f} s of processor\n")
    return found


def main(words: Sequence[str]) -> None:
    asked = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    asked.add_argument("parts", nargs="*", metavar="PART", help="all if absent")
    asked.add_argument("--format", choices=("text", "json"), default="text", dest="form")
    given = asked.parse_args(words)
    figures = measured(chosen(parts(), given.parts))
    said = table(figures) if given.form == "text" else as_json(figures)
    sys.stdout.write(f"{said}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
