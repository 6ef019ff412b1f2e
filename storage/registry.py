"""Finds what is made of one module each: the commands, the sources and the metrics."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

# What a module that is broken raises while it is imported.
BROKEN = (
    ArithmeticError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError,
)  # fmt: skip


class BadModule(Exception):
    """A module can't be used; the message names it and says what is wrong with it."""


def discover(
    package: str, constant: str, kind: type[T], name_of: Callable[[T], str]
) -> dict[str, T]:
    """What the modules of a package define as `constant`, by name; `BadModule` for the first fault.

    The package may lie in several folders. A module with a leading `_` is not looked at, but its
    name counts as taken like any other: only one of two would ever be imported.
    """
    found: dict[str, T] = {}
    for name in _modules(package):
        made = getattr(_imported(name), constant, None)
        if not isinstance(made, kind):
            raise BadModule(f"{name} must define {constant} = {kind.__name__}(...)")
        if name_of(made) in found:
            raise BadModule(f"{name}: there is a {constant} named {name_of(made)!r} already")
        found[name_of(made)] = made
    return found


def _modules(package: str) -> Iterator[str]:
    taken: set[str] = set()
    for folder in importlib.import_module(package).__path__:
        for module in pkgutil.iter_modules([folder]):
            if module.name in taken:
                path = Path(folder) / module.name
                raise BadModule(f"{path}: there is a {package}.{module.name} already; rename it")
            taken.add(module.name)
            if not module.name.startswith("_"):
                yield f"{package}.{module.name}"


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except BROKEN as error:
        raise BadModule(f"{name}: {type(error).__name__}: {error}") from error
